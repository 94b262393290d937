#include "demo/fleet.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "demo/plan.h"

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

Result<std::unique_ptr<DemoFleet>> DemoFleet::Make(const fleets::Declaration& declaration,
                                                   const DemoFleetOptions& options) {
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
  auto body = declaration.format == fleets::ReportFormat::kJson ? MakeJsonBody(declaration)
                                                                : MakeTextBody(declaration);
  if (!body.ok()) return body.status();
  const Month first = Month::Of(options.end).Plus(1 - static_cast<int>(options.months));
  // Fleets that are shown together are not alike.
  const uint64_t seed = SeedOf(options.seed, DemoSeedOf(declaration.fleet.name));
  return std::unique_ptr<DemoFleet>(
      new DemoFleet(options, first.Start(), seed, std::move(body).value()));
}

DemoFleet::DemoFleet(const DemoFleetOptions& options, UnixSeconds begin, uint64_t seed,
                     std::unique_ptr<DemoBody> body)
    : begin_(begin),
      span_(static_cast<uint32_t>((options.end - begin).count())),
      interval_(static_cast<uint32_t>(options.interval.count())),
      jitter_(std::min<uint32_t>(3, interval_ / 20)),
      body_(std::move(body)) {
  sources_.reserve(options.sources);
  for (uint32_t number = 0; number < options.sources; ++number) {
    const DemoSource& source = sources_.emplace_back(SeedOf(seed, number), span_);
    total_reports_ += CountReports(source);
    const Rhythm rhythm = RhythmOf(source);
    if (const auto time = NextTime(source, FirstIndexFrom(rhythm, source.joins))) {
      due_.push_back({*time, number});
    }
  }
  std::make_heap(due_.begin(), due_.end(), std::greater<>());
}

DemoFleet::Rhythm DemoFleet::RhythmOf(const DemoSource& source) const {
  const uint64_t seed = SeedOf(source.seed, 10);
  return {DemoRandom(seed).Below(interval_), seed};
}

uint64_t DemoFleet::TimeOf(const Rhythm& rhythm, uint64_t index) const {
  const uint64_t jitter = jitter_ == 0 ? 0 : SeedOf(rhythm.seed, index) % (jitter_ + 1);
  return rhythm.phase + index * interval_ + jitter;
}

// The jitter is below the interval: times rise with the index, and only one index is in doubt.
uint64_t DemoFleet::FirstIndexFrom(const Rhythm& rhythm, uint64_t time) const {
  const uint64_t base = uint64_t{rhythm.phase} + jitter_;
  if (time <= base) return TimeOf(rhythm, 0) >= time ? 0 : 1;
  const uint64_t index = (time - base + interval_ - 1) / interval_;
  return TimeOf(rhythm, index) >= time ? index : index + 1;
}

uint64_t DemoFleet::CountReports(const DemoSource& source) const {
  const Rhythm rhythm = RhythmOf(source);
  const uint64_t stop = std::min<uint64_t>(source.leaves, uint64_t{span_} + 1);
  const auto between = [&](uint64_t from, uint64_t until) {
    return from < until ? FirstIndexFrom(rhythm, until) - FirstIndexFrom(rhythm, from) : 0;
  };
  return between(source.joins, stop) -
         between(source.silent_from, std::min<uint64_t>(source.silent_until, stop));
}

std::optional<uint32_t> DemoFleet::NextTime(const DemoSource& source, uint64_t index) const {
  const Rhythm rhythm = RhythmOf(source);
  uint64_t time = TimeOf(rhythm, index);
  if (time >= source.silent_from && time < source.silent_until) {
    time = TimeOf(rhythm, FirstIndexFrom(rhythm, source.silent_until));
  }
  if (time > span_ || time >= source.leaves) return std::nullopt;
  return static_cast<uint32_t>(time);
}

std::optional<UnixSeconds> DemoFleet::next_time() const {
  if (due_.empty()) return std::nullopt;
  return begin_ + std::chrono::seconds(due_.front().time);
}

bool DemoFleet::Next(DemoReport& report) {
  if (due_.empty()) return false;
  std::pop_heap(due_.begin(), due_.end(), std::greater<>());
  const Due now = due_.back();
  due_.pop_back();

  const DemoSource& source = sources_[now.source];
  const Rhythm rhythm = RhythmOf(source);
  const uint64_t index = (now.time - rhythm.phase) / interval_;
  report.time = begin_ + std::chrono::seconds(now.time);
  report.source.clear();
  AppendDemoUuid(source.seed, report.source);
  body_->Write({source.seed, source.joins, span_, now.time}, report.source,
               SeedOf(~rhythm.seed, index), report.body);

  if (const auto next = NextTime(source, index + 1)) {
    due_.push_back({*next, now.source});
    std::push_heap(due_.begin(), due_.end(), std::greater<>());
  }
  return true;
}

}  // namespace rollcall::demo
