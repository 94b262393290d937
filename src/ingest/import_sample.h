// The samples of an import on their way from its reader to its writer: numbers instead of texts.
// Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "model/report.h"
#include "model/source_id.h"

namespace rollcall::ingest {

// Series, sources and label sets are numbered from 0 in the order in which the import met them.
struct ImportSample {
  uint32_t series : 28;
  uint32_t order : 4;  // of its report within its second: see kMostReportsOfSecond
  uint32_t time;       // unix seconds
  double value;        // never NaN
};
inline constexpr uint32_t kMostImportSeries = 1U << 28;

// Makes a sample. The milliseconds give the order of the report within its second if an export of
// rollcall wrote them, that is, below kMostReportsOfSecond; others say nothing about the order.
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
  Hash128 hash;      // with the label dictionary's seed
};

// A load: samples on their way to the store, and the sources, label sets and series that earlier
// loads did not have.
struct ImportLoad {
  std::vector<SourceId> new_sources;
  std::vector<ImportLabelSet> new_label_sets;
  std::vector<ImportSeries> new_series;
  std::vector<ImportSample> samples;
};

}  // namespace rollcall::ingest
