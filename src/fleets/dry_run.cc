#include "fleets/dry_run.h"

#include <algorithm>
#include <cmath>

#include "model/breakdown_sums.h"
#include "model/label_set.h"

namespace rollcall::fleets {
namespace {

bool IsOf(const Figure& figure, std::string_view label_set) {
  return MetricOf(label_set) == figure.metric &&
         (figure.label.empty() || LabelValue(label_set, figure.label) == figure.label_value);
}

}  // namespace

void DryRun::Add(const std::string& id, const ParsedReport& report) {
  const std::vector<Figure>& figures = declaration_.fleet.figures;
  Source& source = sources_[id];
  source.report_totals.resize(figures.size());
  std::vector<double> totals(figures.size());
  for (const ParsedReport::Sample& sample : report.samples) {
    const std::string_view label_set = report.LabelSet(sample);
    const auto [peak, is_new] = source.peaks.emplace(label_set, sample.value);
    if (!is_new) peak->second = std::max(peak->second, sample.value);
    if (!std::isfinite(sample.value)) continue;
    for (size_t i = 0; i < figures.size(); ++i) {
      if (IsOf(figures[i], label_set)) totals[i] += sample.value;
    }
  }
  for (size_t i = 0; i < figures.size(); ++i) {
    source.report_totals[i] = std::max(source.report_totals[i], totals[i]);
  }
}

PeriodCounts DryRun::Counts() const {
  const Fleet& fleet = declaration_.fleet;
  PeriodCounts counts;
  std::vector<ExactSum> sums(fleet.figures.size());
  std::vector<ExactSum> at_once(fleet.figures.size());
  for (const auto& [_, source] : sources_) {
    counts.sources += std::any_of(source.peaks.begin(), source.peaks.end(), [&](const auto& peak) {
      return MetricOf(peak.first) == fleet.counted_metric;
    });
    for (size_t i = 0; i < fleet.figures.size(); ++i) {
      at_once[i] += ExactSum::Of(source.report_totals[i]);
      for (const auto& [label_set, value] : source.peaks) {
        if (std::isfinite(value) && IsOf(fleet.figures[i], label_set))
          sums[i] += ExactSum::Of(value);
      }
    }
  }
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    FigureCount count;
    count.total = sums[i].ToInt64();
    count.average = AverageToOneDecimal(count.total, counts.sources);
    if (!fleet.figures[i].peak_name.empty()) count.report_total = at_once[i].ToInt64();
    counts.figures.push_back(count);
  }
  return counts;
}

std::vector<BreakdownTotals> DryRun::Breakdowns() const {
  std::vector<BreakdownTotals> all;
  for (size_t i = 0; i < declaration_.fleet.breakdowns.size(); ++i) {
    const Breakdown& breakdown = declaration_.fleet.breakdowns[i];
    BreakdownSums sums;
    for (const auto& [_, source] : sources_) {
      for (const auto& [label_set, value] : source.peaks) {
        if (MetricOf(label_set) != breakdown.metric || !std::isfinite(value)) continue;
        sums.Add(LabelValue(label_set, breakdown.label), 1, ExactSum::Of(value));
      }
    }
    BreakdownRest rest;
    sums.Finish(declaration_.fleet.breakdowns[i].known_names, all.emplace_back(), rest);
  }
  return all;
}

}  // namespace rollcall::fleets
