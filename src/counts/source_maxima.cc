#include "counts/source_maxima.h"

#include <algorithm>

#include "storage/row_codec.h"

namespace rollcall::counts {

bool SourceMaxima::Maxima::Add(uint32_t number, size_t span, double value) {
  if (source_number != number) {
    source_number = number;
    narrowest = static_cast<uint32_t>(span);
    for (size_t s = span; s < 3; ++s) max[s] = value;
    return true;
  }
  for (size_t s = span; s < 3; ++s) max[s] = std::max(max[s], value);
  return false;
}

void SourceMaxima::Gains::Add(const Maxima& maxima) {
  size_t s = maxima.narrowest;
  ExactSum narrower = ExactSum::Of(maxima.max[s]);
  sources[s] += 1;
  sums[s] += narrower;
  for (++s; s < 3; ++s) {
    if (maxima.max[s] == maxima.max[s - 1]) continue;
    const ExactSum wider = ExactSum::Of(maxima.max[s]);
    sums[s] += wider - narrower;
    narrower = wider;
  }
}

uint32_t& SourceMaxima::Numbers::Of(uint32_t ref) {
  const size_t page = ref / kPageSize;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (!pages_[page]) pages_[page] = std::make_unique<std::array<uint32_t, kPageSize>>();
  return (*pages_[page])[ref % kPageSize];
}

SourceMaxima::Maxima& SourceMaxima::Find(Numbers& numbers, uint32_t ref, MetricRef metric,
                                         LabelSetRef label_set) {
  uint32_t& number = numbers.Of(ref);
  if (number == 0) {
    seen_.push_back({metric, label_set, {}});
    maxima_.emplace_back();
    number = static_cast<uint32_t>(maxima_.size());
  }
  return maxima_[number - 1];
}

bool SourceMaxima::AddRow(std::string_view row, size_t span) {
  const auto add = [&](Maxima& maxima, double value) {
    if (maxima.Add(source_number_, span, value)) {
      touched_.push_back(static_cast<uint32_t>(&maxima - maxima_.data()));
    }
  };
  uint32_t active_days = 0;
  return storage::VisitPeaks(
      row, active_days,
      [&](MetricRef metric, double report_sum_peak) {
        add(Find(metrics_, metric.value, metric, {}), report_sum_peak);
      },
      [&](MetricRef metric, LabelSetRef label_set, double peak, bool) {
        add(Find(label_sets_, label_set.value, metric, label_set), peak);
      });
}

void SourceMaxima::CloseSource() {
  for (const uint32_t at : touched_) seen_[at].gains.Add(maxima_[at]);
  touched_.clear();
  ++source_number_;
}

void SourceMaxima::AddTo(const storage::WindowKey& window, TotalsMap& totals) const {
  for (const Seen& seen : seen_) {
    TotalsRow& of_metric = totals[{window.last, window.fleet, seen.metric, {}}];
    TotalsRow& row = totals[{window.last, window.fleet, seen.metric, seen.label_set}];
    SpanTotals so_far;
    for (size_t s = 0; s < 3; ++s) {
      so_far.sources += seen.gains.sources[s];
      so_far.sum += seen.gains.sums[s];
      if (seen.label_set.value == 0) {
        // A metric's sum is that of its label sets, below; what was gathered here is the report's.
        row.spans[s].sources += so_far.sources;
        row.spans[s].report_sum += so_far.sum;
      } else {
        row.spans[s] += so_far;
        of_metric.spans[s].sum += so_far.sum;
      }
    }
  }
}

}  // namespace rollcall::counts
