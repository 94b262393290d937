#include "query/report_gaps.h"

#include <algorithm>
#include <array>

#include "base/civil_time.h"

namespace rollcall::query {
namespace {

constexpr size_t kMostGaps = 64;
constexpr int64_t kMostInterval = 8 * kMsPerDay;

int64_t Rounded(int64_t median) {
  const int64_t unit = median >= 5 * 60'000 ? 60'000 : 1'000;
  return std::clamp((median + unit / 2) / unit * unit, unit, kMostInterval);
}

}  // namespace

std::optional<int64_t> IntervalOf(std::span<const int64_t> times) {
  const size_t gaps = times.size() - 1;
  if (gaps == 0) return std::nullopt;
  const size_t count = std::min(gaps, kMostGaps);
  std::array<int64_t, kMostGaps> some;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = i * gaps / count;
    some[i] = times[at + 1] - times[at];
  }
  const auto median = some.begin() + static_cast<ptrdiff_t>(count / 2);
  std::nth_element(some.begin(), median, some.begin() + static_cast<ptrdiff_t>(count));
  return Rounded(*median);
}

void ReportGaps::Clear() {
  stretches_.clear();
  reports_ = 0;
  longest_of_spans_ = 0;
}

void ReportGaps::AddReport(int64_t time) { AddSpan(time, time, 0, 1); }

void ReportGaps::AddSpan(int64_t first, int64_t last, int64_t longest_gap, uint32_t reports) {
  if (reports_ > 0) AddGaps(1, first - last_, true);
  if (reports > 1) AddGaps(reports - 1, longest_gap, reports == 2);
  AddLongest(longest_gap, reports);
  reports_ += reports;
  last_ = last;
}

void ReportGaps::AddLongest(int64_t longest_gap, uint32_t reports) {
  if (reports > 2) longest_of_spans_ = std::max(longest_of_spans_, longest_gap);
}

void ReportGaps::AddGaps(uint32_t gaps, int64_t at_most, bool is_exact) {
  if (!stretches_.empty() && stretches_.back().at_most == at_most &&
      stretches_.back().is_exact == is_exact && stretches_.back().gaps <= UINT32_MAX - gaps) {
    stretches_.back().gaps += gaps;
    return;
  }
  stretches_.push_back({gaps, is_exact, at_most});
}

std::optional<ReportGaps::Interval> ReportGaps::interval() const {
  if (reports_ < 2) return std::nullopt;
  const uint64_t gaps = reports_ - 1;
  const size_t count = std::min(gaps, uint64_t{kMostGaps});
  std::array<int64_t, kMostGaps> some;
  bool is_exact = true;
  size_t stretch = 0;
  uint64_t end = stretches_[0].gaps;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t at = i * gaps / count;
    while (at >= end) end += stretches_[++stretch].gaps;
    some[i] = stretches_[stretch].at_most;
    is_exact &= stretches_[stretch].is_exact;
  }
  const auto median = some.begin() + static_cast<ptrdiff_t>(count / 2);
  std::nth_element(some.begin(), median, some.begin() + static_cast<ptrdiff_t>(count));
  return Interval{Rounded(*median), is_exact};
}

}  // namespace rollcall::query
