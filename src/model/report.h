// A report: what a source posts at one instant. As the parser leaves it label sets are text; as the
// store knows it they are refs. Plain values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "model/ids.h"

namespace rollcall {

// A report as parsed: no label set twice, no NaN, no label that names the source. Label sets live
// in one arena, so that a report is a handful of allocations whatever its size.
class ParsedReport {
 public:
  struct Sample {
    uint32_t offset;  // into the arena
    uint32_t size;    // of the canonical label set, bytes
    double value;     // finite or infinite, never NaN
    Hash128 hash;     // of the canonical label set, by the parser's seed
  };

  std::string_view LabelSet(const Sample& sample) const {
    return std::string_view(arena).substr(sample.offset, sample.size);
  }
  void Clear() {
    arena.clear();
    samples.clear();
    has_multiline_value = false;
  }

  std::string arena;
  std::vector<Sample> samples;
  // A label value holds a raw newline, so a line is not one sample each and a fingerprint of lines
  // says nothing about this report.
  bool has_multiline_value = false;
};

// How many reports of one stream and one second stay apart in an export and its import: an export
// writes layer n of a second (model/second_layers.h) n milliseconds late. Reports beyond these
// become one with the last.
inline constexpr int kMostReportsOfSecond = 16;

// A series' value within one report.
struct SeriesValue {
  LabelSetRef label_set;
  MetricRef metric;
  double value;  // finite or infinite, never NaN

  bool operator==(const SeriesValue&) const = default;
};

// Returns whether any metric is in both. Requires both sorted by metric.
inline bool ShareMetric(std::span<const SeriesValue> a, std::span<const SeriesValue> b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].metric == b[j].metric) return true;
    a[i].metric < b[j].metric ? ++i : ++j;
  }
  return false;
}

inline bool SameSeries(std::span<const SeriesValue> a, std::span<const SeriesValue> b) {
  return a.size() == b.size() &&
         (a.data() == b.data() || std::equal(a.begin(), a.end(), b.begin()));
}

// Returns the hash that tells streams apart: that of the distinct metrics. Requires `series` sorted
// by metric.
inline uint64_t HashOfMetrics(std::span<const SeriesValue> series) {
  uint64_t hash = 0;
  MetricRef last;
  for (const SeriesValue& s : series) {
    if (s.metric == last) continue;
    last = s.metric;
    hash = (hash ^ s.metric.value) * 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
  }
  return hash;
}

}  // namespace rollcall
