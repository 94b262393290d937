#include "counts/window_scan.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "storage/row_codec.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// An array indexed by refs of which only the pages that are touched take memory.
template <typename T>
class PagedArray {
 public:
  T& operator[](uint32_t index) {
    const size_t page = index / kPageSize;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (!pages_[page]) pages_[page] = std::make_unique<std::array<T, kPageSize>>();
    return (*pages_[page])[index % kPageSize];
  }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t page = 0; page < pages_.size(); ++page) {
      if (!pages_[page]) continue;
      for (size_t i = 0; i < kPageSize; ++i) {
        visit(static_cast<uint32_t>(page * kPageSize + i), (*pages_[page])[i]);
      }
    }
  }

 private:
  static constexpr size_t kPageSize = 1024;
  std::vector<std::unique_ptr<std::array<T, kPageSize>>> pages_;
};

// The maxima of one thing (a series, a metric's sum) of the source at hand, by span. Months come newest
// first, so a value of month i back belongs to every span from the narrowest that reaches it.
struct Maxima {
  uint32_t source_number = 0;  // whose they are; others' are void
  size_t narrowest = 0;
  std::array<double, 3> max{};

  // True when this is the source's first.
  bool Add(uint32_t number, size_t span, double value) {
    if (source_number != number) {
      source_number = number;
      narrowest = span;
      for (size_t s = span; s < 3; ++s) max[s] = value;
      return true;
    }
    for (size_t s = span; s < 3; ++s) max[s] = std::max(max[s], value);
    return false;
  }
};

struct SeriesSlot {
  MetricRef metric;
  Maxima maxima;
  TotalsRow totals;
};

struct MetricSlot {
  Maxima maxima;
  TotalsRow totals;
};

class Accumulator {
 public:
  // False: the row is damaged.
  bool AddRow(std::string_view row, size_t span) {
    uint32_t active_days = 0;
    return storage::VisitPeaks(
        row, active_days,
        [&](MetricRef metric, double report_sum_peak) {
          if (metrics_[metric.value].maxima.Add(source_number_, span, report_sum_peak)) {
            touched_metrics_.push_back(metric.value);
          }
        },
        [&](MetricRef metric, LabelSetRef label_set, double peak, bool) {
          SeriesSlot& slot = series_[label_set.value];
          if (slot.maxima.Add(source_number_, span, peak)) {
            slot.metric = metric;
            touched_series_.push_back(label_set.value);
          }
        });
  }

  void CloseSource() {
    for (const uint32_t label_set : touched_series_) {
      SeriesSlot& slot = series_[label_set];
      MetricSlot& metric = metrics_[slot.metric.value];
      for (size_t s = slot.maxima.narrowest; s < 3; ++s) {
        const ExactSum peak = ExactSum::Of(slot.maxima.max[s]);
        slot.totals.spans[s].sources += 1;
        slot.totals.spans[s].sum += peak;
        metric.totals.spans[s].sum += peak;
      }
    }
    for (const uint32_t metric : touched_metrics_) {
      MetricSlot& slot = metrics_[metric];
      for (size_t s = slot.maxima.narrowest; s < 3; ++s) {
        slot.totals.spans[s].sources += 1;
        slot.totals.spans[s].report_sum += ExactSum::Of(slot.maxima.max[s]);
      }
    }
    touched_series_.clear();
    touched_metrics_.clear();
    ++source_number_;
  }

  TotalsMap Take(const storage::WindowKey& window) const {
    TotalsMap totals;
    series_.ForEach([&](uint32_t label_set, const SeriesSlot& slot) {
      if (slot.totals != TotalsRow()) {
        totals[{window.last, window.fleet, slot.metric, {label_set}}] = slot.totals;
      }
    });
    metrics_.ForEach([&](uint32_t metric, const MetricSlot& slot) {
      if (slot.totals != TotalsRow()) {
        totals[{window.last, window.fleet, {metric}, LabelSetRef{}}] = slot.totals;
      }
    });
    return totals;
  }

 private:
  uint32_t source_number_ = 1;
  PagedArray<SeriesSlot> series_;
  PagedArray<MetricSlot> metrics_;
  std::vector<uint32_t> touched_series_;
  std::vector<uint32_t> touched_metrics_;
};

// One month's rows, in order of the sources.
struct MonthRows {
  storage::Scan scan;
  size_t span;  // the narrowest that reaches this month
  uint32_t source = UINT32_MAX;  // of the row at hand; the maximum at the end

  Status Read() {
    if (!scan.Valid()) {
      source = UINT32_MAX;
      return scan.status();
    }
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode peaks key: not a key");
    source = key->source.value;
    return Status::Ok();
  }
};

}  // namespace

Result<TotalsMap> ScanWindows(const storage::Store& store, const storage::WindowKey& window,
                              const storage::Snapshot& snapshot) {
  std::vector<MonthRows> months;
  const FleetRef next_fleet{static_cast<uint16_t>(window.fleet.value + 1)};
  for (int back = 0; back < kMaxWindowMonths; ++back) {
    if (window.last.number < static_cast<uint32_t>(back)) break;
    const uint32_t month = window.last.Plus(-back).number;
    size_t span = 0;
    while (back >= MonthsOf(kSpans[span])) ++span;
    months.push_back({store.NewScan(Table::kPeaks, storage::EncodePrefix(month, window.fleet),
                                    storage::EncodePrefix(month, next_fleet), &snapshot),
                      span});
    ROLLCALL_RETURN_IF_ERROR(months.back().Read());
    if (months.back().source == UINT32_MAX) months.pop_back();
  }
  Accumulator accumulator;
  while (!months.empty()) {
    uint32_t source = UINT32_MAX;
    for (const MonthRows& month : months) source = std::min(source, month.source);
    if (source == UINT32_MAX) break;
    for (MonthRows& month : months) {
      if (month.source != source) continue;
      if (!accumulator.AddRow(month.scan.value(), month.span)) {
        return Status::DataLoss("decode peaks of source " + std::to_string(source) +
                                ": not a whole row");
      }
      month.scan.Next();
      ROLLCALL_RETURN_IF_ERROR(month.Read());
    }
    accumulator.CloseSource();
  }
  return accumulator.Take(window);
}

}  // namespace rollcall::counts
