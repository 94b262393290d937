#include "model/peaks.h"

#include <algorithm>
#include <cmath>

#include "model/exact_sum.h"

namespace rollcall {
namespace {

// Builds a row in order: series first, then the metric that closes them.
void CloseMetric(MetricRef metric, double report_sum_peak, PeaksRow& row) {
  const size_t begin = row.metrics.empty() ? 0 : row.metrics.back().end;
  if (row.series.size() > begin)
    row.metrics.push_back({metric, report_sum_peak, row.series.size()});
}

// Copies the metric at `index` of `from` to the end of `to`.
void CopyMetric(const PeaksRow& from, size_t index, PeaksRow& to) {
  const auto series = from.SeriesOf(index);
  to.series.insert(to.series.end(), series.begin(), series.end());
  CloseMetric(from.metrics[index].metric, from.metrics[index].report_sum_peak, to);
}

// The series of one metric after a report that carried it.
void AddSeries(std::span<const SeriesPeak> old, std::span<const SeriesValue> report, PeaksRow& out,
               PeaksChange& change) {
  size_t i = 0;
  const auto retire = [&](const SeriesPeak& gone) {
    change.row |= gone.current;
    out.series.push_back({gone.label_set, false, gone.peak});
  };
  for (const SeriesValue& now : report) {
    if (!std::isfinite(now.value)) continue;
    while (i < old.size() && old[i].label_set < now.label_set) retire(old[i++]);
    if (i < old.size() && old[i].label_set == now.label_set) {
      const bool raised = now.value > old[i].peak;
      change.peak |= raised;
      change.row |= raised || !old[i].current;
      out.series.push_back({now.label_set, true, raised ? now.value : old[i].peak});
      ++i;
    } else {
      change.row = change.peak = true;
      out.series.push_back({now.label_set, true, now.value});
    }
  }
  while (i < old.size()) retire(old[i++]);
}

}  // namespace

std::span<const SeriesPeak> PeaksRow::SeriesOf(size_t metric_index) const {
  const size_t begin = metric_index == 0 ? 0 : metrics[metric_index - 1].end;
  return std::span(series).subspan(begin, metrics[metric_index].end - begin);
}

PeaksChange AddReport(std::span<const SeriesValue> report, unsigned day_of_month, PeaksRow& row) {
  PeaksRow next;
  const PeaksChange change = AddReport(report, day_of_month, row, next);
  if (change.row) row = std::move(next);
  return change;
}

PeaksChange AddReport(std::span<const SeriesValue> report, unsigned day_of_month,
                      const PeaksRow& row, PeaksRow& next) {
  PeaksChange change;
  const uint32_t day_bit = 1U << (day_of_month - 1);
  change.row = (row.active_days & day_bit) == 0;

  next.active_days = row.active_days | day_bit;
  next.metrics.clear();
  next.series.clear();
  next.metrics.reserve(row.metrics.size() + 1);
  next.series.reserve(std::max(row.series.size(), report.size()));

  size_t old_index = 0;
  for (size_t begin = 0; begin < report.size();) {
    const MetricRef metric = report[begin].metric;
    size_t end = begin;
    ExactSum sum;
    bool any_finite = false;
    for (; end < report.size() && report[end].metric == metric; ++end) {
      if (!std::isfinite(report[end].value)) continue;
      any_finite = true;
      sum += ExactSum::Of(report[end].value);
    }
    while (old_index < row.metrics.size() && row.metrics[old_index].metric < metric) {
      CopyMetric(row, old_index++, next);
    }
    const bool known = old_index < row.metrics.size() && row.metrics[old_index].metric == metric;
    double sum_peak = known ? row.metrics[old_index].report_sum_peak : sum.ToDouble();
    if (any_finite && sum.ToDouble() > sum_peak) {
      sum_peak = sum.ToDouble();
      change.row = change.peak = true;
    }
    AddSeries(known ? row.SeriesOf(old_index) : std::span<const SeriesPeak>(),
              report.subspan(begin, end - begin), next, change);
    CloseMetric(metric, sum_peak, next);
    if (known) ++old_index;
    begin = end;
  }
  while (old_index < row.metrics.size()) CopyMetric(row, old_index++, next);
  return change;
}

PeaksRow MergePeaks(const PeaksRow& a, const PeaksRow& b) {
  PeaksRow out;
  size_t ia = 0;
  size_t ib = 0;
  while (ia < a.metrics.size() || ib < b.metrics.size()) {
    if (ib == b.metrics.size() ||
        (ia < a.metrics.size() && a.metrics[ia].metric < b.metrics[ib].metric)) {
      CopyMetric(a, ia++, out);
      continue;
    }
    if (ia == a.metrics.size() || b.metrics[ib].metric < a.metrics[ia].metric) {
      CopyMetric(b, ib++, out);
      continue;
    }
    const auto sa = a.SeriesOf(ia);
    const auto sb = b.SeriesOf(ib);
    for (size_t i = 0, j = 0; i < sa.size() || j < sb.size();) {
      if (j == sb.size() || (i < sa.size() && sa[i].label_set < sb[j].label_set)) {
        out.series.push_back(sa[i++]);
      } else if (i == sa.size() || sb[j].label_set < sa[i].label_set) {
        out.series.push_back(sb[j++]);
      } else {
        out.series.push_back({sa[i].label_set, false, std::max(sa[i].peak, sb[j].peak)});
        ++i;
        ++j;
      }
    }
    CloseMetric(a.metrics[ia].metric,
                std::max(a.metrics[ia].report_sum_peak, b.metrics[ib].report_sum_peak), out);
    ++ia;
    ++ib;
  }
  for (SeriesPeak& series : out.series) series.current = false;
  return out;
}

}  // namespace rollcall
