// The samples of one series that lie in windows which move forward in time, as runs of equal
// values. Plain values; one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "query/promql/series_source.h"

namespace rollcall::promql {

// Sets positions[i] to how many of `times`, which ascend, are at or before instants[i], which do
// not descend.
void FindPositions(std::span<const int64_t> times, std::span<const int64_t> instants,
                   std::vector<uint32_t>& positions);

// A window for each instant: its samples are at times[from[i]] to times[to[i] - 1].
struct Windows {
  std::span<const int64_t> times;
  std::span<const Run> runs;
  std::span<const int64_t> starts;  // exclusive
  std::span<const int64_t> ends;    // inclusive
  std::span<const uint32_t> from;
  std::span<const uint32_t> to;
};

// Stands at one window after the other.
class WindowWalker {
 public:
  explicit WindowWalker(const Windows& windows) : w_(windows) {}

  // Moves to window i, which must not be before the one it stands at. Returns how many samples are
  // in it; what follows requires that there is one.
  size_t MoveTo(size_t i) {
    from_ = w_.from[i];
    to_ = w_.to[i];
    while (first_ < w_.runs.size() && w_.runs[first_].end <= from_) {
      before_first_ += w_.runs[first_].end - w_.runs[first_].begin;
      ++first_;
    }
    while (end_ < w_.runs.size() && w_.runs[end_].begin < to_) {
      before_end_ += w_.runs[end_].end - w_.runs[end_].begin;
      ++end_;
    }
    if (first_ >= end_) {
      return count_ = 0;
    }
    const Run& first = w_.runs[first_];
    const Run& last = w_.runs[end_ - 1];
    const size_t skipped = before_first_ + (from_ > first.begin ? from_ - first.begin : 0);
    const size_t reached = before_end_ - (last.end > to_ ? last.end - to_ : 0);
    return count_ = reached - skipped;
  }

  // The runs that have a sample in the window: from first() to end() - 1.
  size_t first() const { return first_; }
  size_t end() const { return end_; }
  size_t count() const { return count_; }
  // A run, without what is not in the window.
  Run At(size_t run) const {
    const Run& r = w_.runs[run];
    return {std::max(r.begin, from_), std::min(r.end, to_), r.value};
  }
  double first_value() const { return w_.runs[first_].value; }
  double last_value() const { return w_.runs[end_ - 1].value; }
  int64_t first_time() const { return w_.times[At(first_).begin]; }
  int64_t last_time() const { return w_.times[At(end_ - 1).end - 1]; }

 private:
  const Windows& w_;
  uint32_t from_ = 0;
  uint32_t to_ = 0;
  size_t first_ = 0;
  size_t end_ = 0;
  size_t before_first_ = 0;  // samples
  size_t before_end_ = 0;
  size_t count_ = 0;
};

}  // namespace rollcall::promql
