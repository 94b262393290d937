// The layers of the reports of one second: a report is one layer above the highest earlier one of
// its second that shares a metric with it, or in layer 0 where there is none. So reports of streams
// that share nothing are in one layer, and two reports of one stream are not. An export and an
// import number the reports of a second alike by it. One thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "base/clock.h"
#include "model/report.h"

namespace rollcall {

class SecondLayers {
 public:
  // Returns the layer of the next report of `second`. Linear in `series`, however many reports the
  // second has. Requires `series` sorted by metric; a second that is left for another begins anew.
  size_t Add(UnixSeconds second, std::span<const SeriesValue> series) {
    size_t layer = 0;
    ForEachMetric(series, [&](uint32_t metric) {
      const auto at = last_.find(metric);
      if (at == last_.end() || at->second.second != second) return;
      layer = std::max(layer, at->second.layer + 1);
    });
    ForEachMetric(series, [&](uint32_t metric) {
      last_.insert_or_assign(metric, Last{second, layer});
    });
    return layer;
  }

 private:
  template <typename Visit>
  static void ForEachMetric(std::span<const SeriesValue> series, Visit visit) {
    MetricRef last;
    for (const SeriesValue& one : series) {
      if (one.metric != last) visit(one.metric.value);
      last = one.metric;
    }
  }

  struct Last {
    UnixSeconds second;
    size_t layer = 0;
  };
  std::unordered_map<uint32_t, Last> last_;  // by metric: its highest report of the second
};

}  // namespace rollcall
