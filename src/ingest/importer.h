// Bulk import: history as text with timestamps, in any order and any number of lines, into the same
// store and through the same counting as live reports, in bounded memory.
//
// Samples gather in memory; when the buffer is full, and at the end, they are sorted, grouped into a
// source's reports by second, and merged with what the store has of these days. A month's peaks are
// worked out again from its reports, totals that the change touches are dropped or raised with it. What
// is imported twice changes nothing.
//
// One import at a time uses an Importer, on one thread; live reports go on beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/hash.h"
#include "base/status.h"
#include "ingest/chunk_merge.h"
#include "ingest/import_reader.h"
#include "ingest/ingester.h"
#include "model/ids.h"
#include "model/source_id.h"
#include "model/totals.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct ImportOptions {
  FleetRef fleet;
  std::string source_label = "cluster_id";  // names the source, and is no part of the label set
  bool strict = false;                      // the first bad line ends the import
  UnixSeconds latest{};                     // later timestamps are refused
  // Samples that gather before they are written; each takes 24 bytes.
  size_t max_buffered_samples = 8'000'000;
};

struct ImportTally {
  uint64_t lines = 0;
  uint64_t samples = 0;      // that were taken
  uint64_t not_numbers = 0;  // NaN: dropped
  uint64_t refused = 0;      // bad lines
  uint64_t sources = 0;      // distinct, of the import
  uint64_t series = 0;       // distinct source × label set, of the import
  uint64_t reports_added = 0;  // that the store did not have
  uint64_t samples_added = 0;
  std::vector<std::string> errors;  // of the first bad lines: "line N: reason"

  static constexpr size_t kMaxErrors = 20;
};

class Importer {
 public:
  // `ingester`: the server's, null where none runs on these stores.
  Importer(storage::Stores& stores, Ingester* ingester, const ImportOptions& options);

  // Takes the next piece. Unavailable: the disk; InvalidArgument: a bad line, where the import is strict.
  // After a failure the import is over; what was written before stays, and may be imported again.
  Status Feed(std::string_view piece);
  Status Finish();
  const ImportTally& tally() const { return tally_; }

 private:
  struct Sample {
    uint32_t source;     // index into sources_
    uint32_t label_set;  // index into label_sets_
    uint32_t time;       // unix seconds
    double value;
  };
  struct Source {
    SourceId id;
    SourceRef ref;  // 0: not asked for yet
  };
  struct LabelSet {
    std::string text;  // until it has its numbers
    Hash128 hash;
    storage::LabelDictionary::Refs refs;
  };
  std::string Take(const ImportedSample& sample);
  void Refuse(uint64_t line, const std::string& reason);
  Status Check();
  Status Write();
  Status InternLabelSets();
  Status WriteSources(std::span<const Sample>& rest);
  Status WriteSource(std::span<const Sample> of_source, storage::Batch& batch, TotalsMap& gains,
                     MergeTally& tally);

  storage::Stores& stores_;
  Ingester* const ingester_;
  const ImportOptions options_;
  ImportReader reader_;
  ImportTally tally_;
  Status strict_failure_;

  std::vector<Source> sources_;
  std::unordered_map<std::string, uint32_t> source_index_;
  std::string id_;  // scratch
  std::vector<LabelSet> label_sets_;
  std::unordered_map<Hash128, uint32_t, Hash128Hasher> label_set_index_;
  size_t first_new_label_set_ = 0;
  std::unordered_set<uint64_t> series_;  // source and label set index
  std::vector<Sample> samples_;
};

}  // namespace rollcall::ingest
