#include "tests/bench/cluster.h"

#include <algorithm>

namespace rollcall::bench {
namespace {

constexpr uint32_t kDay = Timeline::kDay;
constexpr uint16_t kMaxNodes = 200;
constexpr uint16_t kMaxAppsOfAKind = 2'000;

// A quarter of the clusters is there from the start; the fleet grows faster and faster. No cluster
// joins so late that it is never seen.
uint32_t DrawJoin(demo::DemoRandom& random, uint32_t span) {
  if (random.Percent(25)) return 0;
  const uint32_t a = random.Below(span - span / 20);
  const uint32_t b = random.Below(span - span / 20);
  return std::max(a, b);
}

uint16_t DrawNodes(demo::DemoRandom& random) {
  const uint32_t size = random.Below(100);
  if (size < 15) return 1;
  if (size < 65) return 3;
  if (size < 95) return static_cast<uint16_t>(random.Between(4, 12));
  return static_cast<uint16_t>(random.Between(13, 60));
}

}  // namespace

int Timeline::ReleaseAt(uint32_t t, uint32_t age) const {
  const int64_t since = int64_t{t} - int64_t{age} - int64_t{new_era};
  const int64_t every = kReleaseEvery;
  return static_cast<int>(since >= 0 ? since / every : -((-since + every - 1) / every));
}

Cluster::Cluster(uint64_t seed, const Timeline& timeline)
    : seed_(seed), random_(demo::SeedOf(seed, 0)) {
  const uint32_t span = timeline.span;
  joins_ = DrawJoin(random_, span);
  const uint32_t stay = span - joins_;
  // Lengths shrink with the span, so that a fleet of one month has leavers and silences as well.
  if (random_.Percent(9)) leaves_ = joins_ + stay / 10 + random_.Below(stay);
  if (random_.Percent(12)) {
    random_.Next();  // when it falls silent, and
    random_.Next();  // for how long: of no concern here
  }

  upgrade_lag_ = random_.Percent(6) ? demo::kDemoNever : random_.Between(kDay, 120 * kDay);
  const uint32_t first_age = joins_ == 0 && upgrade_lag_ != demo::kDemoNever ? upgrade_lag_ : 0;
  first_release_ = static_cast<int16_t>(timeline.ReleaseAt(joins_, first_age));
  release_ = first_release_;
  if (first_release_ >= 0) {
    two_senders_from_ = joins_;
  } else if (upgrade_lag_ != demo::kDemoNever) {
    two_senders_from_ = timeline.new_era + upgrade_lag_;
  }

  kubernetes_ = static_cast<uint16_t>(timeline.KubernetesAt(joins_) - random_.Below(4));
  kernel_ = static_cast<uint16_t>(timeline.KernelAt(joins_) - random_.Below(3));
  talos_ = random_.Percent(85);
  nodes_ = DrawNodes(random_);
  gpus_ = static_cast<uint16_t>(random_.Percent(10) ? random_.Between(1, 8) : 0);
  apps_[kTenantKind] = static_cast<uint16_t>(random_.Between(1, 3));
  for (uint32_t i = random_.Below(6 + 2 * std::min<uint32_t>(nodes_, 10)); i > 0; --i) {
    ++apps_[random_.Below(kKinds.size())];
  }
  next_change_ = joins_ + random_.Below(6 * kDay);
}

int Cluster::ReleaseOf(uint32_t t, const Timeline& timeline) const {
  if (upgrade_lag_ == demo::kDemoNever) return first_release_;
  return std::max<int>(first_release_, timeline.ReleaseAt(t, upgrade_lag_));
}

void Cluster::AdvanceTo(uint32_t t, const Timeline& timeline) {
  while (next_change_ <= t) {
    Change(next_change_, timeline);
    next_change_ += random_.Between(kDay / 2, 7 * kDay);
  }
  release_ = static_cast<int16_t>(ReleaseOf(t, timeline));
}

void Cluster::Change(uint32_t t, const Timeline& timeline) {
  const uint32_t what = random_.Below(100);
  if (what < 60) {
    ChangeApps();
  } else if (what < 75) {
    ChangeNodes();
  } else if (what < 92) {
    ChangeKernel(t, timeline);
  } else if (kubernetes_ < timeline.KubernetesAt(t)) {
    ++kubernetes_;
  }
}

void Cluster::ChangeApps() {
  // A quarter of the changes concerns tenants. More apps come than go.
  const size_t kind =
      random_.Percent(25) ? kTenantKind : random_.Below(static_cast<uint32_t>(kKinds.size()));
  const uint16_t by = static_cast<uint16_t>(random_.Between(1, 1 + apps_[kind] / 4));
  if (random_.Percent(62)) {
    apps_[kind] = static_cast<uint16_t>(std::min<int>(apps_[kind] + by, kMaxAppsOfAKind));
  } else {
    apps_[kind] = static_cast<uint16_t>(apps_[kind] - std::min(apps_[kind], by));
  }
}

void Cluster::ChangeNodes() {
  if (random_.Percent(62)) {
    nodes_ = static_cast<uint16_t>(std::min<int>(nodes_ + 1 + nodes_ / 8, kMaxNodes));
  } else if (old_nodes_ > 0) {
    --old_nodes_;
  } else if (nodes_ > 1) {
    --nodes_;
  }
}

void Cluster::ChangeKernel(uint32_t t, const Timeline& timeline) {
  if (old_nodes_ > 0) {
    // Finishes the upgrade that is under way, or does half of the rest.
    const auto moved =
        static_cast<uint16_t>(random_.Percent(50) ? old_nodes_ : (old_nodes_ + 1) / 2);
    old_nodes_ = static_cast<uint16_t>(old_nodes_ - moved);
    nodes_ = static_cast<uint16_t>(nodes_ + moved);
  } else if (kernel_ < timeline.KernelAt(t)) {
    ++kernel_;
    old_nodes_ = static_cast<uint16_t>(nodes_ - 1);
    nodes_ = 1;
  }
}

}  // namespace rollcall::bench
