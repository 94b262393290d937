// Random histories through the real ingest path, compared with the oracle after random steps.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/counts/oracle.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::testing {
namespace {

std::string BodyOf(const std::vector<Oracle::Series>& series) {
  std::string body;
  for (const Oracle::Series& s : series) {
    body += s.metric;
    if (!s.labels.empty()) {
      body += '{';
      for (const auto& [name, value] : s.labels) body += name + "=\"" + value + "\",";
      body += '}';
    }
    char value[64];
    std::snprintf(value, sizeof value, " %.17g\n", s.value);
    body += std::isinf(s.value) ? (s.value > 0 ? " +Inf\n" : " -Inf\n") : value;
  }
  return body;
}

// A fleet that lives through some months: joins, upgrades, grows and shrinks, falls silent, leaves.
class RandomFleet {
 public:
  explicit RandomFleet(unsigned seed) : random_(seed) {
    const size_t sources = Below(12) + 1;
    for (size_t i = 0; i < sources; ++i) {
      clusters_.push_back({"cluster-" + std::to_string(i), Below(4), Below(3), {}, Below(3) == 0});
    }
  }

  size_t Below(size_t n) { return random_() % n; }
  size_t size() const { return clusters_.size(); }

  // The next report of some cluster: of its operator or its controller.
  std::pair<std::string, std::vector<Oracle::Series>> Next() {
    Cluster& cluster = clusters_[Below(clusters_.size())];
    if (Below(6) == 0) cluster.kernel = Below(5);
    if (Below(6) == 0) cluster.version = Below(4);
    std::vector<Oracle::Series> series;
    if (Below(2) == 0 || cluster.apps.empty()) {
      series.push_back({"cozy_cluster_info",
                        {{"cozystack_version", "v1." + std::to_string(cluster.version)}},
                        Below(20) == 0 ? INFINITY : 1});
      for (size_t os = 0; os <= Below(2); ++os) {
        series.push_back({"cozy_nodes_count",
                          {{"os", "os" + std::to_string(os)},
                           {"kernel", "6." + std::to_string(cluster.kernel)}},
                          Value()});
      }
      // A metric that comes and goes makes streams with overlapping metrics.
      if (Below(3) == 0) series.push_back({"cozy_pvs_count", {{"size", "5Gi"}}, Value()});
      if (cluster.apps.empty()) cluster.apps = {"Tenant"};
    } else {
      if (Below(4) == 0) cluster.apps.push_back("App" + std::to_string(Below(5)));
      if (Below(5) == 0 && cluster.apps.size() > 1) cluster.apps.pop_back();
      std::sort(cluster.apps.begin(), cluster.apps.end());
      cluster.apps.erase(std::unique(cluster.apps.begin(), cluster.apps.end()),
                         cluster.apps.end());
      for (const std::string& app : cluster.apps) {
        series.push_back({"cozy_application_count", {{"kind", app}}, Value()});
      }
      if (cluster.odd && Below(3) == 0) series.push_back({"cozy_application_count", {}, Value()});
    }
    std::shuffle(series.begin(), series.end(), random_);
    last_ = {cluster.id, series};
    return last_;
  }

  // The same content again, in another order of lines.
  std::pair<std::string, std::vector<Oracle::Series>> Again() {
    std::shuffle(last_.second.begin(), last_.second.end(), random_);
    return last_;
  }
  bool has_last() const { return !last_.first.empty(); }

 private:
  struct Cluster {
    std::string id;
    size_t kernel;
    size_t version;
    std::vector<std::string> apps;
    bool odd;
  };

  double Value() {
    switch (Below(12)) {
      case 0: return 0;
      case 1: return 1000000;
      case 2: return static_cast<double>(Below(16)) / 4;
      case 3: return INFINITY;
      default: return static_cast<double>(Below(20));
    }
  }

  std::mt19937 random_;
  std::vector<Cluster> clusters_;
  std::pair<std::string, std::vector<Oracle::Series>> last_;
};

struct Tally {
  int histories = 0;
  int windows = 0;
};

// Steps of up to this long: some histories dwell within days, others skip months.
constexpr int kStepHours[] = {1, 9, 40, 200, 900};

void LiveThrough(unsigned seed, UnixSeconds start, Tally& tally) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  // Every third history lives with a source cache that holds next to nothing.
  Harness rollcall(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024);
  Oracle oracle;
  RandomFleet fleet(seed);
  UnixSeconds now = start;
  const int step_hours = kStepHours[seed % std::size(kStepHours)];
  const int steps = 120;
  for (int step = 0; step < steps; ++step) {
    now += std::chrono::seconds(fleet.Below(static_cast<size_t>(step_hours) * 3600));
    // Now and then right on, and right before, a month's boundary.
    const Month next = Month::Of(now).Plus(1);
    if (fleet.Below(25) == 0) now = next.Start() - std::chrono::seconds(1);
    if (fleet.Below(25) == 0) now = next.Start();
    rollcall.SetTime(now);
    const auto [id, series] =
        fleet.has_last() && fleet.Below(3) == 0 ? fleet.Again() : fleet.Next();
    const Status status = rollcall.Report(id, BodyOf(series));
    ASSERT_TRUE(status.ok()) << status.message();
    oracle.Add({now, id, series});
    if (fleet.Below(40) == 0) rollcall.Restart();
    if (fleet.Below(12) == 0) {
      const Month asked = Month::Of(now).Plus(static_cast<int>(fleet.Below(6)) - 4);
      ASSERT_EQ(rollcall.OverviewAt(asked), oracle.Overview(asked)) << asked.ToString();
      tally.windows += 3;
    }
  }
  for (Month month = Month::Of(start).Plus(-1); month <= Month::Of(now).Plus(2);
       month = month.Plus(1)) {
    ASSERT_EQ(rollcall.OverviewAt(month), oracle.Overview(month)) << month.ToString();
    tally.windows += 3;
  }
  ASSERT_EQ(rollcall.Verify(), "");
  ++tally.histories;
}

TEST(RandomHistory, EveryOverviewEqualsTheOracles) {
  Tally tally;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    // Over a year's end, over a leap February, over an ordinary one.
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    LiveThrough(seed, At(starts[seed % 3]), tally);
    if (HasFatalFailure()) return;
  }
  std::printf("%d random histories, %d windows compared with the oracle, 0 differences\n",
              tally.histories, tally.windows);
  EXPECT_EQ(tally.histories, 60);
}

}  // namespace
}  // namespace rollcall::testing
