// The instant queries by which a Prometheus API computes the numbers of an overview: their texts,
// the instants at which they are evaluated, and their URLs. See api/README.md, "Contract". Pure
// functions; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "model/fleet.h"
#include "model/window.h"

namespace rollcall::query {

// The instant at which a window's queries are evaluated, and the range that they look back. The
// range does not include its first instant, as in PromQL.
struct Evaluation {
  UnixSeconds at;
  int64_t range_seconds = 0;
};

// Returns the evaluation of a window: at its last second, or at `now` before that, over the time
// since its start, but at least 300 s. Requires that the window has begun.
Evaluation EvaluationOf(const Window& window, UnixSeconds now);

// Return the query for the number of sources, for a figure's total, and for a breakdown's totals by
// label value. `range_seconds`: as in Evaluation.
std::string SourcesQuery(const Fleet& fleet, int64_t range_seconds);
std::string FigureQuery(const Figure& figure, int64_t range_seconds);
std::string BreakdownQuery(const Breakdown& breakdown, int64_t range_seconds);

// Returns the URL of an instant query. `base` is the http or https URL of a cluster's
// vmselect, whose tenant 0 is then asked below /select/0/prometheus, or a URL whose path
// already ends in /prometheus.
std::string InstantQueryUrl(const std::string& base, const std::string& query, UnixSeconds at);

}  // namespace rollcall::query
