// Bulk import: history as text with timestamps or as series in JSON lines, in any order and any
// number of lines, into the same store and through the same counting as live reports.
//
// Samples gather in memory; a load of them, and what is left at the end, goes to the writer, which
// works beside the reading of the next one. A load is as large as memory allows, for each one costs
// every source in it a merge; but where samples come in the order of their time a writer that has
// nothing to do gets a smaller one. A month's peaks are worked out again from its reports,
// totals that the change touches are dropped or raised with it. What is imported twice changes
// nothing.
//
// Memory: options.max_buffered_samples, some 60 bytes for each distinct series, and of JSON lines
// what one line holds (parse/series_json_reader.h).
//
// One import at a time uses an Importer, from one thread; live reports go on beside it.
#pragma once

#include <cstdint>
#include <future>
#include <limits>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/status.h"
#include "ingest/import_format.h"
#include "ingest/import_reader.h"
#include "ingest/import_sample.h"
#include "ingest/import_writer.h"
#include "ingest/ingester.h"
#include "ingest/series_import_reader.h"
#include "ingest/series_index.h"
#include "model/ids.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct ImportOptions {
  FleetRef fleet;
  std::string source_label = "cluster_id";  // names the source, and is no part of the label set
  ImportFormat format = ImportFormat::kAuto;
  bool strict = false;   // the first bad line ends the import
  UnixSeconds latest{};  // later timestamps are refused
  Day kept_from;  // retention: what is of earlier days is counted, and its reports are not kept
  // Samples that are in memory at most, a piece's aside; each takes up to 40 bytes.
  size_t max_buffered_samples = 6'000'000;
  std::stop_token stop;  // a request ends the import soon, between two parts
};

// Up to when an import may take samples: now, by the clock or by the store's time, whichever is
// later. A clock that is behind refuses no history.
UnixSeconds LatestImportable(storage::Stores& stores, const Clock& clock);

struct ImportTally {
  uint64_t lines = 0;
  uint64_t samples = 0;      // that were taken
  uint64_t not_numbers = 0;  // NaN: dropped
  uint64_t refused = 0;      // bad lines
  uint64_t sources = 0;      // distinct, of the import
  uint64_t series = 0;       // distinct source × label set, of the import
  // That the store did not have. Series of one second that share no metric are one report where
  // they come in one load, else two: where a load ends depends on how quick the writer is.
  uint64_t reports_added = 0;
  uint64_t samples_added = 0;
  // Of days before those that retention keeps: they are counted, and in no report that stays.
  uint64_t samples_not_kept = 0;
  std::vector<std::string> errors;  // of the first bad lines: "line N: reason"

  static constexpr size_t kMaxErrors = 20;
};

class Importer {
 public:
  // `ingester`: the server's, null where none runs on these stores; both outlive the importer.
  static Result<std::unique_ptr<Importer>> Start(storage::Stores& stores, Ingester* ingester,
                                                 const ImportOptions& options);
  // Waits for what is being written.
  ~Importer();
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // Takes the next piece. Unavailable: the disk, or stopped; InvalidArgument: a bad line, where the
  // import is strict. After a failure the import is over; what was written before stays, and may be
  // imported again.
  Status Feed(std::string_view piece);
  Status Finish();

  // Of all that was read; what was added is of what is written, all of it after Finish.
  const ImportTally& tally() const { return tally_; }

 private:
  // Of samples, in unix seconds.
  struct TimeRange {
    uint32_t earliest = std::numeric_limits<uint32_t>::max();
    uint32_t latest = 0;

    void Include(std::span<const ImportSample> samples);
    void Include(const TimeRange& other);
  };

  Importer(storage::Stores& stores, Ingester* ingester, const ImportOptions& options,
           const ImportReaderOptions& reading);
  Result<uint32_t> Resolve(std::string_view source_id, std::string_view label_set);
  Result<uint32_t> SourceNumber(std::string_view source_id);
  uint32_t LabelSetNumber(std::string_view label_set);
  bool Refuse(uint64_t line, const std::string& reason);
  void Read(std::string_view piece);
  // Gathers the first bytes until they show the format; what then is to be read.
  std::string_view DetectFormat(std::string_view piece, bool is_last);
  // After some reading: the tally, and whether to go on.
  Status Check();
  // Whether the load should go to the writer now.
  bool IsDue() const;
  bool WriterIsIdle() const;
  // Hands the load to the writer, once that is done with the one before.
  Status HandOver();
  Status AwaitWriter();

  storage::Stores& stores_;
  const ImportOptions options_;
  ImportFormat format_;
  std::string start_;  // while the format is not known
  ImportReader text_reader_;
  SeriesImportReader series_reader_;
  ImportTally tally_;
  Status failure_;  // the first; ends the import

  std::unordered_map<std::string, uint32_t> sources_;  // by valid id
  std::string id_;                                     // scratch
  std::unordered_map<Hash128, uint32_t, Hash128Hasher> label_sets_;
  SeriesIndex series_;
  uint64_t samples_handed_over_ = 0;
  TimeRange times_handed_over_;
  ImportLoad load_;
  TimeRange load_times_;

  // The writer's while writing_ is under way.
  ImportWriter writer_;
  ImportLoad written_;
  std::future<Status> writing_;  // last: it uses the rest
};

}  // namespace rollcall::ingest
