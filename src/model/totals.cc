#include "model/totals.h"

#include <algorithm>
#include <optional>

namespace rollcall {
namespace {

// Walks one sorted row beside another: finds metrics, and series within the metric found last.
class Cursor {
 public:
  explicit Cursor(const PeaksRow& row) : row_(row) {}

  // Metrics are asked for in ascending order.
  void SeekMetric(MetricRef metric) {
    while (index_ < row_.metrics.size() && row_.metrics[index_].metric < metric) ++index_;
    found_ = index_ < row_.metrics.size() && row_.metrics[index_].metric == metric;
    series_ = found_ ? row_.SeriesOf(index_) : std::span<const SeriesPeak>();
  }
  bool has_metric() const { return found_; }
  double report_sum_peak() const { return row_.metrics[index_].report_sum_peak; }

  // Label sets are asked for in ascending order within a metric.
  std::optional<double> PeakOf(LabelSetRef label_set) {
    while (!series_.empty() && series_.front().label_set < label_set) series_ = series_.subspan(1);
    if (series_.empty() || series_.front().label_set != label_set) return std::nullopt;
    return series_.front().peak;
  }

 private:
  const PeaksRow& row_;
  size_t index_ = 0;
  bool found_ = false;
  std::span<const SeriesPeak> series_;
};

// What a maximum over (before, month) gains when the month's part goes from `old_peak` to
// `new_peak`.
Totals Gain(std::optional<double> before, std::optional<double> old_peak, double new_peak) {
  Totals gain;
  if (!before && !old_peak) {
    gain.sources = 1;
    gain.sum = ExactSum::Of(new_peak);
    return gain;
  }
  const double old_max =
      before && old_peak ? std::max(*before, *old_peak) : before.value_or(old_peak.value_or(0));
  gain.sum = ExactSum::Of(std::max(old_max, new_peak)) - ExactSum::Of(old_max);
  return gain;
}

}  // namespace

void AddPeaksChange(Month last, FleetRef fleet, const PeaksRow& old_row, const PeaksRow& new_row,
                    const PeaksRow& quarter_before, const PeaksRow& year_before,
                    TotalsMap& totals) {
  static const PeaksRow kNothing;
  Cursor old_cursor(old_row);
  std::array<Cursor, 3> before = {Cursor(kNothing), Cursor(quarter_before), Cursor(year_before)};

  for (size_t i = 0; i < new_row.metrics.size(); ++i) {
    const MetricPeaks& metric = new_row.metrics[i];
    old_cursor.SeekMetric(metric.metric);
    for (Cursor& cursor : before) cursor.SeekMetric(metric.metric);

    TotalsRow of_metric;
    bool metric_changed = false;
    for (const SeriesPeak& series : new_row.SeriesOf(i)) {
      const std::optional<double> old_peak = old_cursor.PeakOf(series.label_set);
      if (old_peak == series.peak) continue;
      TotalsRow gain;
      for (const Span span : kSpans) {
        const auto at = static_cast<size_t>(span);
        gain[span] = Gain(before[at].PeakOf(series.label_set), old_peak, series.peak);
        of_metric[span].sum += gain[span].sum;
      }
      metric_changed = true;
      if (gain != TotalsRow()) {
        totals[{last, fleet, metric.metric, series.label_set}] += gain;
      }
    }
    const std::optional<double> old_sum =
        old_cursor.has_metric() ? std::optional(old_cursor.report_sum_peak()) : std::nullopt;
    if (!metric_changed && old_sum == metric.report_sum_peak) continue;
    for (const Span span : kSpans) {
      const Cursor& cursor = before[static_cast<size_t>(span)];
      const Totals gain =
          Gain(cursor.has_metric() ? std::optional(cursor.report_sum_peak()) : std::nullopt,
               old_sum, metric.report_sum_peak);
      of_metric[span].sources = gain.sources;
      of_metric[span].report_sum = gain.sum;
    }
    if (of_metric != TotalsRow()) totals[{last, fleet, metric.metric, LabelSetRef{}}] += of_metric;
  }
}

}  // namespace rollcall
