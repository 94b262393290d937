// An overview as one line of text that a test can compare.
#pragma once

#include <cstdio>
#include <string>

#include "model/overview.h"

namespace rollcall::query {

// "2026-03 1775026860: 42 210 (5.0) 84 (2.0) | quarter | year | kafka=2 redis=0": month, when it
// was generated, then of each period the clusters, the nodes and the tenants. "none", "failed:
// why".
inline std::string Rendered(const Result<std::optional<Overview>>& read) {
  if (!read.ok()) return "failed: " + read.status().message();
  if (!read->has_value()) return "none";
  const Overview& overview = **read;
  std::string text = overview.month.ToString() + " " +
                     std::to_string(overview.generated_at.time_since_epoch().count()) + ":";
  for (const PeriodCounts& period : overview.periods) {
    text += " " + std::to_string(period.sources);
    for (const FigureCount& figure : period.figures) {
      char average[64];
      std::snprintf(average, sizeof average, " (%.1f)", figure.average);
      text += " " + std::to_string(figure.total) + average;
    }
    text += " |";
  }
  for (const auto& [name, total] : overview.breakdowns.at(0)) {
    text += " " + name + "=" + std::to_string(total);
  }
  return text;
}

}  // namespace rollcall::query
