// What an import is made of between its reader and its writer: numbers instead of texts. A plain
// value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "model/report.h"
#include "model/source_id.h"

namespace rollcall::ingest {

// Numbers here count from 0 in the order in which the import met them.
struct ImportSample {
  uint32_t series : 28;
  uint32_t order : 4;  // of its report among those of its second: see kMostReportsOfSecond
  uint32_t time;       // unix seconds
  double value;        // never NaN
};
inline constexpr uint32_t kMostImportSeries = 1U << 28;

// Milliseconds that are no rollcall's say nothing about the order.
inline ImportSample MakeImportSample(uint32_t series, int64_t milliseconds, double value) {
  const auto rest = static_cast<uint32_t>(milliseconds % 1000);
  const uint32_t order = rest < kMostReportsOfSecond ? rest : 0;
  return {series & (kMostImportSeries - 1), order & 15U, static_cast<uint32_t>(milliseconds / 1000),
          value};
}

struct ImportSeries {
  uint32_t source;
  uint32_t label_set;
};

struct ImportLabelSet {
  std::string text;  // canonical
  Hash128 hash;      // the label dictionary's
};

// Samples on their way to the store, and what earlier loads did not have yet.
struct ImportLoad {
  std::vector<SourceId> new_sources;
  std::vector<ImportLabelSet> new_label_sets;
  std::vector<ImportSeries> new_series;
  std::vector<ImportSample> samples;
};

}  // namespace rollcall::ingest
