// The codec of rows of the peaks, totals and windows column families. Pure functions;
// storage/FORMAT.md defines the bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/peaks.h"
#include "model/totals.h"
#include "storage/coding.h"

namespace rollcall::storage {

std::string EncodePeaks(const PeaksRow& row);
// DataLoss where the bytes are not what the encoder writes; `row` or `record` is then unspecified.
Status DecodePeaks(std::string_view bytes, PeaksRow& row);

std::string EncodeTotals(const TotalsRow& row);
Status DecodeTotals(std::string_view bytes, TotalsRow& row);

// What is stored of the windows that end with one month. The row is there exactly while their
// totals are kept.
struct WindowRecord {
  // Whether an overview of the closed month was given out. Then the next two are when, and the
  // names of the app list it had: they keep the overview of a closed month the same for ever.
  bool final = false;
  UnixSeconds computed_at{};
  std::vector<std::string> app_names;

  bool operator==(const WindowRecord&) const = default;
};

std::string EncodeWindow(const WindowRecord& record);
Status DecodeWindow(std::string_view bytes, WindowRecord& record);

// Reads an encoded peaks row without building it, for scans over millions of series. Sets
// `active_days`; calls `on_metric(MetricRef, double report_sum_peak)` for each metric and then
// `on_series(MetricRef, LabelSetRef, double peak, bool current)` for each of its series. Returns
// false where the row is damaged, perhaps after some calls.
template <typename OnMetric, typename OnSeries>
bool VisitPeaks(std::string_view bytes, uint32_t& active_days, OnMetric on_metric,
                OnSeries on_series) {
  Reader reader(bytes);
  active_days = reader.Varint32();
  const uint64_t metrics = reader.Varint();
  uint64_t metric = 0;
  for (uint64_t m = 0; m < metrics; ++m) {
    const uint64_t step = reader.Varint32();
    const uint64_t count = reader.Varint();
    const double report_sum_peak = reader.Value();
    metric += step;
    if (!reader.ok() || step == 0 || metric > UINT32_MAX || count == 0) return false;
    const MetricRef metric_ref{static_cast<uint32_t>(metric)};
    on_metric(metric_ref, report_sum_peak);
    uint64_t label_set = 0;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t head = reader.Varint();
      label_set += head >> 1;
      const double peak = reader.Value();
      if (!reader.ok() || head >> 1 == 0 || label_set > UINT32_MAX) return false;
      on_series(metric_ref, LabelSetRef{static_cast<uint32_t>(label_set)}, peak, (head & 1) != 0);
    }
  }
  return reader.ok() && reader.AtEnd();
}

}  // namespace rollcall::storage
