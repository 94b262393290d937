// The queries in which a Prometheus API gives the numbers of an overview: their texts, the instants
// at which they are asked, and the URLs. Pure functions. See api/README.md, "Contract".
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "model/fleet.h"
#include "model/window.h"

namespace rollcall::query {

// When a window is looked at, and how far back from there. The range leaves out its first instant,
// as ranges of PromQL do.
struct Evaluation {
  UnixSeconds at;
  int64_t range_seconds = 0;
};

// At the last second of a closed window, or now; at least 300 s back. The window has begun.
Evaluation EvaluationOf(const Window& window, UnixSeconds now);

std::string SourcesQuery(const Fleet& fleet, int64_t range_seconds);
std::string FigureQuery(const Figure& figure, int64_t range_seconds);
std::string BreakdownQuery(const Breakdown& breakdown, int64_t range_seconds);

// `base` is an http or https URL: of a cluster's vmselect, which serves tenant 0 below
// /select/0/prometheus, or one whose path ends in /prometheus already.
std::string InstantQueryUrl(const std::string& base, const std::string& query, UnixSeconds at);

}  // namespace rollcall::query
