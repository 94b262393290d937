// A scanner of peaks rows for those who want few of their series. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/ids.h"
#include "storage/coding.h"

namespace rollcall::storage {

// Reads an encoded peaks row as VisitPeaks does, but only the series of the metrics that are
// wanted. Calls days(uint32_t active_days), which returns whether the row is wanted at all; then
// wants(MetricRef) for each metric and, where that is true, on_series(LabelSetRef, double peak) for
// each of its series, until one of these returns false. Returns false where the row is damaged,
// perhaps after some calls.
template <typename Days, typename Wants, typename OnSeries>
bool ScanPeaks(std::string_view bytes, Days days, Wants wants, OnSeries on_series) {
  Reader reader(bytes);
  const uint32_t active_days = reader.Varint32();
  const uint64_t metrics = reader.Varint();
  if (!reader.ok()) return false;
  if (!days(active_days)) return true;
  uint64_t metric = 0;
  for (uint64_t m = 0; m < metrics; ++m) {
    const uint64_t step = reader.Varint32();
    const uint64_t count = reader.Varint();
    reader.Value();
    metric += step;
    if (!reader.ok() || step == 0 || metric > UINT32_MAX || count == 0) return false;
    const bool wanted = wants(MetricRef{static_cast<uint32_t>(metric)});
    uint64_t label_set = 0;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t head = reader.Varint();
      label_set += head >> 1;
      const double peak = reader.Value();
      if (!reader.ok() || head >> 1 == 0 || label_set > UINT32_MAX) return false;
      if (wanted && !on_series(LabelSetRef{static_cast<uint32_t>(label_set)}, peak)) return true;
    }
  }
  return reader.AtEnd();
}

}  // namespace rollcall::storage
