#include "demo/fleet.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace rollcall::demo {
namespace {

constexpr uint32_t kMaxSources = 1'000'000;
constexpr uint32_t kMaxMonths = 120;
constexpr std::chrono::seconds kMaxInterval = std::chrono::days(31);

Status OutOfBounds(const char* option, long long value, long long low, long long high) {
  return Status::InvalidArgument("demo fleet: " + std::string(option) + " is " +
                                 std::to_string(value) + ", want " + std::to_string(low) + ".." +
                                 std::to_string(high));
}

}  // namespace

Result<std::unique_ptr<DemoFleet>> DemoFleet::Make(const DemoFleetOptions& options) {
  if (options.sources < 1 || options.sources > kMaxSources) {
    return OutOfBounds("sources", options.sources, 1, kMaxSources);
  }
  if (options.months < 1 || options.months > kMaxMonths) {
    return OutOfBounds("months", options.months, 1, kMaxMonths);
  }
  if (options.interval.count() < 1 || options.interval > kMaxInterval) {
    return OutOfBounds("interval in seconds", options.interval.count(), 1, kMaxInterval.count());
  }
  // Times within the fleet are 32 bits wide; beyond these years, days and months are not.
  constexpr UnixSeconds kEarliest = std::chrono::sys_days(std::chrono::year(1980) / 1 / 1);
  constexpr UnixSeconds kLatest = std::chrono::sys_days(std::chrono::year(9999) / 1 / 1);
  if (options.end < kEarliest || options.end > kLatest) {
    return Status::InvalidArgument("demo fleet: its end is not in the years 1980 to 9998");
  }
  const Month first = Month::Of(options.end).Plus(1 - static_cast<int>(options.months));
  return std::unique_ptr<DemoFleet>(new DemoFleet(options, first.Start()));
}

DemoFleet::DemoFleet(const DemoFleetOptions& options, UnixSeconds begin)
    : options_(options),
      begin_(begin),
      interval_(static_cast<uint32_t>(options.interval.count())),
      jitter_(std::min<uint32_t>(3, interval_ / 20)) {
  timeline_.span = static_cast<uint32_t>((options.end - begin).count());
  timeline_.new_era = timeline_.span / 20 * 9;
  if (options.keep_truth) truth_.emplace(options.sources);

  clusters_.reserve(options.sources);
  for (uint32_t source = 0; source < options.sources; ++source) {
    clusters_.emplace_back(SeedOf(options.seed, source), timeline_);
    for (const uint32_t stream : {source * 2, source * 2 + 1}) {
      total_reports_ += CountReports(stream);
      const Stream about = StreamOf(stream);
      if (about.first == kDemoNever) continue;
      if (const auto time = NextTime(stream, FirstIndexFrom(about, about.first))) {
        due_.push_back({*time, stream});
      }
    }
  }
  std::make_heap(due_.begin(), due_.end(), std::greater<>());
}

DemoFleet::Stream DemoFleet::StreamOf(uint32_t stream) const {
  const DemoCluster& cluster = clusters_[stream / 2];
  const uint64_t seed = SeedOf(cluster.seed(), 10 + stream % 2);
  return {stream % 2 == 0 ? cluster.joins() : cluster.two_senders_from(),
          DemoRandom(seed).Below(interval_), seed};
}

uint64_t DemoFleet::TimeOf(const Stream& stream, uint64_t index) const {
  const uint64_t jitter = jitter_ == 0 ? 0 : SeedOf(stream.seed, index) % (jitter_ + 1);
  return stream.phase + index * interval_ + jitter;
}

// The jitter is below the interval: times rise with the index, and only one index is in doubt.
uint64_t DemoFleet::FirstIndexFrom(const Stream& stream, uint64_t time) const {
  const uint64_t base = uint64_t{stream.phase} + jitter_;
  if (time <= base) return TimeOf(stream, 0) >= time ? 0 : 1;
  const uint64_t index = (time - base + interval_ - 1) / interval_;
  return TimeOf(stream, index) >= time ? index : index + 1;
}

uint64_t DemoFleet::CountReports(uint32_t stream) const {
  const DemoCluster& cluster = clusters_[stream / 2];
  const Stream about = StreamOf(stream);
  const uint64_t stop = std::min<uint64_t>(cluster.leaves(), uint64_t{timeline_.span} + 1);
  const auto between = [&](uint64_t from, uint64_t until) {
    return from < until ? FirstIndexFrom(about, until) - FirstIndexFrom(about, from) : 0;
  };
  const uint64_t silent_from = std::max(cluster.silent_from(), about.first);
  return between(about.first, stop) -
         between(silent_from, std::min<uint64_t>(cluster.silent_until(), stop));
}

std::optional<uint32_t> DemoFleet::NextTime(uint32_t stream, uint64_t index) const {
  const DemoCluster& cluster = clusters_[stream / 2];
  const Stream about = StreamOf(stream);
  uint64_t time = TimeOf(about, index);
  if (time >= cluster.silent_from() && time < cluster.silent_until()) {
    time = TimeOf(about, FirstIndexFrom(about, cluster.silent_until()));
  }
  if (time > timeline_.span || time >= cluster.leaves()) return std::nullopt;
  return static_cast<uint32_t>(time);
}

bool DemoFleet::Next(DemoReport& report) {
  if (due_.empty()) return false;
  std::pop_heap(due_.begin(), due_.end(), std::greater<>());
  const Due now = due_.back();
  due_.pop_back();

  const uint32_t source = now.stream / 2;
  DemoCluster& cluster = clusters_[source];
  cluster.AdvanceTo(now.time, timeline_);
  const DemoSender sender = now.stream % 2 == 1     ? DemoSender::kController
                            : cluster.release() < 0 ? DemoSender::kLegacy
                                                    : DemoSender::kOperator;
  const Stream about = StreamOf(now.stream);
  const uint64_t index = (now.time - about.phase) / interval_;
  report.time = begin_ + std::chrono::seconds(now.time);
  report.source.clear();
  AppendDemoUuid(cluster.seed(), report.source);
  body_.Write(cluster, sender, SeedOf(~about.seed, index), report.body);
  if (truth_) truth_->Add(source, Month::Of(report.time), cluster, sender);

  if (const auto next = NextTime(now.stream, index + 1)) {
    due_.push_back({*next, now.stream});
    std::push_heap(due_.begin(), due_.end(), std::greater<>());
  }
  return true;
}

DemoTruth DemoFleet::Truth(Month last, uint32_t months) const {
  return truth_ ? truth_->Of(last, months) : DemoTruth();
}

DemoSizes DemoFleet::Sizes(Month last, uint32_t months) const {
  return truth_ ? truth_->SizesOf(last, months) : DemoSizes();
}

}  // namespace rollcall::demo
