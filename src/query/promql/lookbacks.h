// How long the samples of a query's series stand for the instants after them, over all series that
// it visited: what an answer says was used. Owned by the query's budget; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/mutex.h"

namespace rollcall::promql {

class Lookbacks {
 public:
  struct Summary {
    int64_t least_ms = 0;
    int64_t median_ms = 0;
    int64_t most_ms = 0;
  };

  // Adds what a part has gathered: how many of its series have each lookback, in milliseconds.
  void Add(const std::map<int64_t, uint64_t>& series) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    for (const auto& [lookback_ms, count] : series) series_[lookback_ms] += count;
  }

  // Returns how many series have each lookback.
  std::map<int64_t, uint64_t> All() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return series_;
  }

  // Returns nullopt where no series was visited whose lookback matters.
  std::optional<Summary> Summarize() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (series_.empty()) return std::nullopt;
    uint64_t all = 0;
    for (const auto& [lookback_ms, count] : series_) all += count;
    Summary summary{series_.begin()->first, 0, series_.rbegin()->first};
    uint64_t so_far = 0;
    for (const auto& [lookback_ms, count] : series_) {
      so_far += count;
      summary.median_ms = lookback_ms;
      if (so_far * 2 >= all) break;
    }
    return summary;
  }

 private:
  mutable Mutex mutex_;
  std::map<int64_t, uint64_t> series_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::promql
