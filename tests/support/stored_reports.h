// The reports that a store holds, read back one by one from its chunks: every report that was taken
// in must be there. Any thread.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/label_set.h"
#include "storage/chunk_codec.h"
#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/stores.h"

namespace rollcall::test {

// One stored report: its values by label set, in canonical form.
struct StoredReport {
  std::string source;  // its id
  UnixSeconds time;
  std::map<std::string, double> series;
};

// Calls `visit` for each report of all chunks, in the order of their keys. Requires that the store
// is not open. Whatever cannot be read fails the test.
inline void ForEachStoredReport(const std::string& data_dir,
                                const std::function<void(const StoredReport&)>& visit) {
  storage::StoreOptions options;
  options.directory = data_dir;
  options.create_if_missing = false;
  const auto stores = storage::Stores::Open(options);
  ASSERT_TRUE(stores.ok()) << stores.status().message();
  storage::Store& store = (*stores)->store();

  std::map<LabelSetRef, std::string> texts;
  storage::Scan scan = store.NewScan(storage::Table::kChunks, "", "");
  for (; scan.Valid(); scan.Next()) {
    const auto key = storage::DecodeChunkKey(scan.key());
    ASSERT_TRUE(key.has_value());
    const auto source_key = store.Get(storage::Table::kSourceIds, storage::EncodeKey(key->source));
    ASSERT_TRUE(source_key.ok() && source_key->has_value()) << "source " << key->source.value;
    StoredReport report;
    report.source = (*source_key)->substr(storage::EncodeSourceKey(key->fleet, "").size());
    storage::ChunkReader reader(key->day, scan.value());
    while (reader.Next()) {
      report.time = reader.time();
      report.series.clear();
      for (const SeriesValue& one : reader.series()) {
        std::string& text = texts[one.label_set];
        if (text.empty()) {
          const auto stored = (*stores)->labels().TextOf(one.label_set, nullptr);
          ASSERT_TRUE(stored.ok()) << stored.status().message();
          text = FormatLabelSet(*stored);
        }
        report.series[text] = one.value;
      }
      visit(report);
    }
    ASSERT_TRUE(reader.status().ok()) << reader.status().message();
  }
  ASSERT_TRUE(scan.status().ok()) << scan.status().message();
}

}  // namespace rollcall::test
