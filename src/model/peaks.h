// The peaks of one source: per series its maximum within a window, per metric the maximum of its
// sum within one report. One row is one source × one calendar month; rows of several months merge
// into the row of a longer window.
//
// Why both: summed peaks count a node twice when a kernel upgrade gives it a new label set. The
// contract's total_nodes is that sum; the per-report peak is the honest figure beside it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/ids.h"
#include "model/report.h"

namespace rollcall {

struct SeriesPeak {
  LabelSetRef label_set;
  // In the latest report that carried the metric.
  bool current = false;
  double peak = 0;  // finite

  bool operator==(const SeriesPeak&) const = default;
};

struct MetricPeaks {
  MetricRef metric;
  double report_sum_peak = 0;  // ±inf only through overflow; summed by ExactSum
  size_t end = 0;              // one past the metric's last series in PeaksRow::series

  bool operator==(const MetricPeaks&) const = default;
};

// Sorted by metric, within a metric by label set; every metric has at least one series. A plain
// value; not thread-safe.
struct PeaksRow {
  uint32_t active_days = 0;  // bit n: a report came on day n + 1 of the month
  std::vector<MetricPeaks> metrics;
  std::vector<SeriesPeak> series;

  std::span<const SeriesPeak> SeriesOf(size_t metric_index) const;
  bool operator==(const PeaksRow&) const = default;
};

// What a report changed in a row.
struct PeaksChange {
  bool row = false;   // anything at all, so the row has to be written
  bool peak = false;  // a peak rose or a series was new, so totals change
};

// Sets `next` to a month's row after one more report; it equals `row` where nothing changed.
// Infinite values are skipped, so a metric may add nothing. Requires `report` sorted by metric,
// then label set, each label set once; `day_of_month` in 1..31; `next` another object than `row`.
PeaksChange AddReport(std::span<const SeriesValue> report, unsigned day_of_month,
                      const PeaksRow& row, PeaksRow& next);
// The same in place.
PeaksChange AddReport(std::span<const SeriesValue> report, unsigned day_of_month, PeaksRow& row);

// Returns the maxima of both rows. Active days and `current` belong to one month and are left out.
PeaksRow MergePeaks(const PeaksRow& a, const PeaksRow& b);

}  // namespace rollcall
