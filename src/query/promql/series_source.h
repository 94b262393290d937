// Where the engine's samples come from: the stored reports, or what a test holds in memory.
//
// Samples are in columns: a series' values are runs of equal values over a list of times, which
// many series may share. So a source that reported the same for a month is one run.
//
// Times are Unix milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "query/promql/ast.h"
#include "query/promql/budget.h"
#include "query/promql/labels.h"
#include "query/promql/value.h"

namespace rollcall::promql {

// The samples at times[begin] to times[end - 1], all of one value.
struct Run {
  uint32_t begin = 0;
  uint32_t end = 0;
  double value = 0;  // never absent; NaN where a sample is
};

// One series, borrowed for as long as a visit lasts.
struct SeriesView {
  const Labels& labels;  // with the metric's name and the source's id
  std::span<const int64_t>
      times;                  // ascending, each once; also ones at which the series has no sample
  std::span<const Run> runs;  // ascending, disjoint, none empty; neighbours may be equal
  // How long a sample stands for the instants after it: at t counts the latest sample in
  // (t - lookback_ms, t].
  int64_t lookback_ms = 0;
  // Tells the lists of times of one part apart: two views with the same number, other than 0, one
  // visited right after the other, have the same times and lookback.
  uint64_t axis = 0;
};

struct SelectRequest {
  std::span<const Matcher> matchers;
  // Wanted are the samples in (after, to]. With `latest`, also those before that stand for instants
  // after `after`, as far as the series' lookback goes.
  int64_t after = 0;
  int64_t to = 0;
  bool latest = false;
  int64_t step_ms = 0;                 // of the query; 0 of an instant one
  std::optional<int64_t> lookback_ms;  // of every series; nullopt: as each source reports
  // Where this is not empty, only values matter, at these instants, which ascend: with `latest`
  // that of the latest sample, else which values there are in (instant - range_ms, instant], but
  // neither how many nor when. A source may then leave samples out, and give others times.
  std::span<const int64_t> instants = {};
  int64_t range_ms = 0;
};

// Some of the series that a request selects.
class SeriesPart {
 public:
  virtual ~SeriesPart() = default;
  // Calls visit for each series that has a sample, once and whole; ends with the first visit that
  // fails. Called once, on any thread, beside other parts.
  virtual Status Visit(const std::function<Status(const SeriesView&)>& visit) = 0;
};

class SeriesSource {
 public:
  virtual ~SeriesSource() = default;

  // Returns parts that together hold each matching series once. Their order, and that of the series
  // in them, is the same whenever the data is. Charges `budget` for what it reads: each series, and
  // as samples each run and, where windows are wanted, each list of times once, however many series
  // share it; of instants the engine charges the steps. `budget` and
  // the request's matchers and instants must outlive the parts. Thread-safe.
  virtual Result<std::vector<std::unique_ptr<SeriesPart>>> Select(const SelectRequest& request,
                                                                  Budget& budget) = 0;

  // Returns the value of a whole expression where the source knows it without its samples; nullopt
  // where it does not. The engine asks for aggregations and calls, outermost first. Thread-safe.
  virtual Result<std::optional<Vector>> Known(const Expr& /*expr*/, const Steps& /*steps*/,
                                              Budget& /*budget*/) {
    return std::optional<Vector>();
  }
};

}  // namespace rollcall::promql
