#include "counts/source_maxima.h"

#include <algorithm>

#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

uint64_t KeyOf(MetricRef metric, LabelSetRef label_set) {
  return uint64_t{metric.value} << 32 | label_set.value;
}

}  // namespace

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

bool SourceMaxima::AddRow(std::string_view row, size_t span) {
  Maxima* at = maxima_.data();
  Maxima* const end = at + maxima_.size();
  const auto add = [&](uint64_t key, double value) {
    while (at != end && at->key < key) ++at;
    if (at == end || at->key != key) {
      new_.push_back({key, {value, value, value}, span});
      return;
    }
    for (size_t s = span; s < 3; ++s) at->max[s] = std::max(at->max[s], value);
  };
  uint32_t active_days = 0;
  const bool whole = storage::VisitPeaks(
      row, active_days,
      [&](MetricRef metric, double report_sum_peak) { add(KeyOf(metric, {}), report_sum_peak); },
      [&](MetricRef metric, LabelSetRef label_set, double peak, bool) {
        add(KeyOf(metric, label_set), peak);
      });
  if (!new_.empty()) {
    const auto middle = static_cast<ptrdiff_t>(maxima_.size());
    maxima_.insert(maxima_.end(), new_.begin(), new_.end());
    std::inplace_merge(maxima_.begin(), maxima_.begin() + middle, maxima_.end(),
                       [](const Maxima& a, const Maxima& b) { return a.key < b.key; });
    new_.clear();
  }
  return whole;
}

void SourceMaxima::CloseSource() {
  for (const Maxima& maxima : maxima_) {
    const MetricRef metric{static_cast<uint32_t>(maxima.key >> 32)};
    const LabelSetRef label_set{static_cast<uint32_t>(maxima.key)};
    uint32_t& number =
        label_set.value == 0 ? metrics_.Of(metric.value) : label_sets_.Of(label_set.value);
    if (number == 0) {
      gains_.push_back({metric, label_set});
      number = static_cast<uint32_t>(gains_.size());
    }
    gains_[number - 1].Add(maxima);
  }
  maxima_.clear();
}

void SourceMaxima::AddTo(const storage::WindowKey& window, TotalsMap& totals) const {
  for (const Gains& gains : gains_) {
    TotalsRow& of_metric = totals[{window.last, window.fleet, gains.metric, {}}];
    TotalsRow& row = totals[{window.last, window.fleet, gains.metric, gains.label_set}];
    Totals so_far;
    for (size_t s = 0; s < 3; ++s) {
      so_far.sources += gains.sources[s];
      so_far.sum += gains.sums[s];
      if (gains.label_set.value == 0) {
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
