#include "model/distribution.h"

#include <algorithm>
#include <cmath>

namespace rollcall {
namespace {

constexpr size_t kMostPending = 64 * 1024;

// The upper ends of the bins of positive numbers. An ExactSum has no number below 2^-32, and none
// above 2^64.
const std::vector<double>& BinEnds() {
  static const std::vector<double> ends = [] {
    std::vector<double> made;
    // Divided, for a negative power of ten is not exact.
    for (double scale = 1e10; scale >= 1e1; scale /= 10) {
      for (const double digit : {1, 2, 5}) made.push_back(digit / scale);
    }
    for (const double end : {1, 2, 3, 5}) made.push_back(end);
    for (double scale = 1e1; scale <= 1e18; scale *= 10) {
      for (const double digit : {1, 2, 5}) made.push_back(digit * scale);
    }
    made.push_back(1e19);
    made.push_back(std::ldexp(1, 64));
    return made;
  }();
  return ends;
}

// As the store has it: a sum in units of 2^-32.
double Rounded(double number) { return ExactSum::Of(number).ToDouble(); }

// The bin of a positive number, without its sources.
DistributionBin BinOf(double number, bool all_whole) {
  const std::vector<double>& ends = BinEnds();
  const auto end = std::find_if(ends.begin(), ends.end() - 1,
                                [&](double one) { return number <= Rounded(one); });
  const double before = end == ends.begin() ? 0 : *(end - 1);
  return {all_whole ? std::floor(before) + 1 : number, *end, 0};
}

// `runs` are ascending.
template <typename Run>
std::vector<DistributionBin> BinsOf(const std::vector<Run>& runs) {
  const bool all_whole = std::all_of(
      runs.begin(), runs.end(), [](const Run& run) { return std::trunc(run.first) == run.first; });
  std::vector<DistributionBin> bins;
  for (const auto& [number, sources] : runs) {
    DistributionBin bin{0, 0, 0};
    if (number > 0) bin = BinOf(number, all_whole);
    if (number < 0) {
      const DistributionBin mirrored = BinOf(-number, all_whole);
      bin = {-mirrored.to, -mirrored.from, 0};
    }
    const bool is_next =
        bins.empty() || (number > 0 ? bins.back().to != bin.to : bins.back().from != bin.from);
    if (is_next) bins.push_back(bin);
    // Ascending: of a bin of negative numbers the last is nearest to 0.
    if (number < 0) bins.back().to = bin.to;
    bins.back().sources += sources;
  }
  return bins;
}

}  // namespace

void DistributionBuilder::Add(double number) {
  pending_.push_back(Rounded(number));
  if (pending_.size() >= kMostPending) Sort();
}

void DistributionBuilder::Sort() {
  std::sort(pending_.begin(), pending_.end());
  std::vector<Run> merged;
  merged.reserve(runs_.size());
  const auto add = [&](double number, int64_t sources) {
    if (merged.empty() || merged.back().first != number) merged.emplace_back(number, 0);
    merged.back().second += sources;
  };
  auto at = runs_.begin();
  for (const double number : pending_) {
    for (; at != runs_.end() && at->first <= number; ++at) add(at->first, at->second);
    add(number, 1);
  }
  for (; at != runs_.end(); ++at) add(at->first, at->second);
  pending_.clear();
  runs_ = std::move(merged);
}

Distribution DistributionBuilder::Finish() {
  Sort();
  Distribution result;
  if (runs_.empty()) return result;
  for (const auto& [number, sources] : runs_) {
    result.sources += sources;
    result.sum += ExactSum::FromUnits(ExactSum::Of(number).units() * sources);
  }
  result.least = runs_.front().first;
  result.most = runs_.back().first;
  int64_t seen = 0;
  size_t next = 0;
  for (const auto& [number, sources] : runs_) {
    seen += sources;
    while (next < kPercentiles.size() && seen * 100 >= result.sources * kPercentiles[next]) {
      result.percentiles[next++] = number;
    }
  }
  result.bins = BinsOf(runs_);
  return result;
}

}  // namespace rollcall
