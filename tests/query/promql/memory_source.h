// Series in memory, as a source for the engine: for tests. Filled by one thread; any number may
// then select.
#pragma once

#include <vector>

#include "query/promql/engine.h"
#include "query/promql/series_source.h"

namespace rollcall::promql::test {

class MemorySource : public SeriesSource {
 public:
  // The lookback of a request that gives none.
  static constexpr int64_t kLookbackMs = 5 * 60 * 1000;

  // `points` ascend. Points of a series that is there already come after those it has.
  void Add(const Labels& labels, const std::vector<Point>& points);

  Result<std::vector<std::unique_ptr<SeriesPart>>> Select(const SelectRequest& request,
                                                          Budget& budget) override;

  struct Series {
    Labels labels;
    std::vector<int64_t> times;
    std::vector<Run> runs;
  };

 private:
  std::vector<Series> series_;  // sorted by labels
};

}  // namespace rollcall::promql::test
