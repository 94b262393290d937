// The writing half of an import: takes loads of samples, groups them into reports by source,
// second and order, and merges them with what is stored. It commits in parts, each a transaction
// of its own.
//
// Owned by the importer; one thread at a time. Live reports go on in the meantime: other writers
// get their turn before its next transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "ingest/chunk_merge.h"
#include "ingest/import_sample.h"
#include "ingest/import_sort.h"
#include "ingest/ingester.h"
#include "model/ids.h"
#include "model/totals.h"
#include "storage/stores.h"

namespace rollcall::ingest {

class ImportWriter {
 public:
  // `ingester`: the server's; null if none runs on these stores. `kept_from`: reports of earlier
  // days do not count as added.
  ImportWriter(storage::Stores& stores, Ingester* ingester, FleetRef fleet, Day kept_from,
               std::stop_token stop);
  ~ImportWriter();

  // Stores the load durably and empties it. Unavailable: the disk failed, or a stop was requested;
  // the parts already committed stay.
  Status Write(ImportLoad& load);

  uint64_t reports_added() const { return added_.reports; }
  uint64_t samples_added() const { return added_.samples; }
  uint64_t samples_too_old() const { return added_.too_old; }

 private:
  struct Source {
    SourceId id;
    SourceRef ref;  // 0: not looked up yet
  };
  using Refs = storage::LabelDictionary::Refs;
  struct Part;

  Status InternLabelSets(const std::vector<ImportLabelSet>& label_sets);
  void RankLabelSets();
  // Puts the samples into sorted_, source by source; returns where the samples of each source end.
  std::vector<size_t> GroupBySource(std::span<const ImportSample> samples);
  Status WriteSource(uint32_t source, std::span<KeyedValue> samples);
  Status WriteMonth(uint32_t source, Month month, std::span<const KeyedValue> samples);
  // Begins a part if none is under way.
  Status Open();
  // Commits the part under way, if there is one.
  Status Close();
  bool PartIsFull() const;

  storage::Stores& stores_;
  Ingester* const ingester_;
  const FleetRef fleet_;
  const Day kept_from_;
  const std::stop_token stop_;
  MergeTally added_;  // in the parts that were committed

  std::vector<Source> sources_;
  std::vector<Refs> label_sets_;
  std::vector<ImportSeries> series_;
  std::vector<uint32_t> rank_of_;  // by label set: its position in the order within a report
  std::vector<uint32_t> by_rank_;
  std::unique_ptr<Part> part_;  // null: none is under way

  // Scratch.
  std::vector<KeyedValue> sorted_;
  std::vector<KeyedValue> sort_scratch_;
  std::vector<SeriesValue> month_series_;
  std::vector<Instant> month_instants_;
};

}  // namespace rollcall::ingest
