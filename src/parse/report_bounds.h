// The bounds on one report, so that none costs as much as thousands of others. Real senders send
// about 35 series, controllers a few hundred; names and values of labels have some dozens of bytes.
// Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

enum class ReportBound : size_t {
  kSeries,
  kMetricNameBytes,
  kLabelNameBytes,
  kLabelValueBytes,
  kMonthLabelSets,
  kEnd,  // not a bound: the number of bounds
};

// All inclusive.
struct ReportBounds {
  // Several times what the largest controller sends. While so many new series are written, the
  // reports of others wait.
  size_t series = 2'000;
  size_t metric_name_bytes = 256;
  size_t label_name_bytes = 256;
  size_t label_value_bytes = 4'096;
  // Per source. Each change of its peaks walks through all of them.
  size_t month_label_sets = 20'000;
};

inline constexpr ReportBounds kNoReportBounds{SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};

struct ReportBoundRow {
  ReportBound bound;
  std::string_view name;  // in /metrics
  std::string_view flag;
  std::string_view what;  // "more than 5 " + what
  size_t ReportBounds::*field;
};

inline constexpr auto kReportBounds = std::to_array<ReportBoundRow>({
    {ReportBound::kSeries, "series", "--max-report-series", "series", &ReportBounds::series},
    {ReportBound::kMetricNameBytes, "metric_name_bytes", "--max-metric-name-bytes",
     "bytes in a metric's name", &ReportBounds::metric_name_bytes},
    {ReportBound::kLabelNameBytes, "label_name_bytes", "--max-label-name-bytes",
     "bytes in a label's name", &ReportBounds::label_name_bytes},
    {ReportBound::kLabelValueBytes, "label_value_bytes", "--max-label-value-bytes",
     "bytes in a label's value", &ReportBounds::label_value_bytes},
    {ReportBound::kMonthLabelSets, "month_label_sets", "--max-month-label-sets",
     "label sets of one source in one month", &ReportBounds::month_label_sets},
});

// A bound without a row, or a row in another's place, does not compile.
static_assert(kReportBounds.size() == static_cast<size_t>(ReportBound::kEnd));
static_assert([] {
  for (size_t i = 0; i < kReportBounds.size(); ++i) {
    if (kReportBounds[i].bound != static_cast<ReportBound>(i)) return false;
  }
  return true;
}());

// Returns what a report that exceeds a bound is answered with: "more than 2000 series
// (--max-report-series)". FailedPrecondition, since only the operator can raise the bound.
inline Status TooLarge(ReportBound bound, const ReportBounds& bounds) {
  const ReportBoundRow& row = kReportBounds[static_cast<size_t>(bound)];
  return Status::FailedPrecondition("more than " + std::to_string(bounds.*row.field) + " " +
                                    std::string(row.what) + " (" + std::string(row.flag) + ")");
}

}  // namespace rollcall
