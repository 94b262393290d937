// Bulk import: history as text with timestamps or as series in JSON lines, in any order and of any
// length. It goes into the same store as live reports and is counted the same way. Importing the
// same samples twice changes nothing.
//
// Samples gather in memory into a load, which the writer stores while the next one is read.
// Loads are as large as memory allows, since each one costs a merge for every source in it;
// but where samples come in order of time, an idle writer gets a smaller one. The peaks of a
// month are computed again from its reports; totals that change are raised, or dropped, in the
// same transaction.
//
// Memory: options.max_buffered_samples, some 60 bytes for each distinct series, and for JSON lines
// the contents of one line (parse/series_json_reader.h).
//
// An Importer serves one import, on one thread; live reports go on in the meantime.
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
  std::string id_label;      // of the fleet; dropped from label sets
  std::string source_label;  // names the source; not part of the label set. Empty: the id_label
  ImportFormat format = ImportFormat::kAuto;
  bool strict = false;   // the first bad line ends the import
  UnixSeconds latest{};  // later timestamps are refused
  Day kept_from;  // retention: samples of earlier days are counted, but their reports are not kept
  // The most samples in memory, apart from those of one piece; each takes up to 40 bytes.
  size_t max_buffered_samples = 6'000'000;
  std::stop_token stop;  // a request ends the import soon, between two parts
};

// Returns the latest time that an import accepts: now by the clock or by the store's time,
// whichever is later. So a clock that is behind refuses no history.
UnixSeconds LatestImportable(storage::Stores& stores, const Clock& clock);

struct ImportTally {
  uint64_t lines = 0;
  uint64_t samples = 0;      // accepted
  uint64_t not_numbers = 0;  // NaN: dropped
  uint64_t refused = 0;      // bad lines
  uint64_t sources = 0;      // distinct in the import
  uint64_t series = 0;       // distinct pairs of source and label set in the import
  // What the store did not have. Series of one second that share no metric make one report if they
  // are in one load, else two; where a load ends depends on how fast the writer is.
  uint64_t reports_added = 0;
  uint64_t samples_added = 0;
  // Samples of days that retention does not keep: counted, but in no report that stays.
  uint64_t samples_not_kept = 0;
  std::vector<std::string> errors;  // for the first bad lines: "line N: reason"

  static constexpr size_t kMaxErrors = 20;
};

class Importer {
 public:
  // `ingester`: the server's; null if none runs on these stores. `stores` and `ingester` outlive
  // the importer.
  static Result<std::unique_ptr<Importer>> Start(storage::Stores& stores, Ingester* ingester,
                                                 const ImportOptions& options);
  // Waits for the load that is being written.
  ~Importer();
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // Takes the next piece. Unavailable: the disk failed, or a stop was requested. InvalidArgument: a
  // bad line, if the import is strict. After a failure the import is over; what was already written
  // stays, and importing it again does no harm.
  Status Feed(std::string_view piece);
  // Takes what is left after the last piece, and returns once everything is stored. Fails as
  // Feed does.
  Status Finish();

  // Returns the counts of what was read so far. The *_added fields count what is written so far,
  // which after Finish is everything.
  const ImportTally& tally() const { return tally_; }

 private:
  // The range of the samples' times, in Unix seconds, both inclusive.
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
  // Gathers the first bytes until they show the format; returns what is then to be read.
  std::string_view DetectFormat(std::string_view piece, bool is_last);
  // Updates the tally after some reading; returns whether the import may go on.
  Status Check();
  // Returns whether the load should go to the writer now.
  bool IsDue() const;
  bool WriterIsIdle() const;
  // Hands the load to the writer, once it is done with the one before.
  Status HandOver();
  Status AwaitWriter();

  storage::Stores& stores_;
  const ImportOptions options_;
  const std::string source_label_;
  ImportFormat format_;
  std::string start_;  // the first bytes, until the format is known
  ImportReader text_reader_;
  SeriesImportReader series_reader_;
  ImportTally tally_;
  Status failure_;  // the first failure; it ends the import

  std::unordered_map<std::string, uint32_t> sources_;  // by valid id
  std::string id_;                                     // scratch
  std::unordered_map<Hash128, uint32_t, Hash128Hasher> label_sets_;
  SeriesIndex series_;
  uint64_t samples_handed_over_ = 0;
  TimeRange times_handed_over_;
  ImportLoad load_;
  TimeRange load_times_;

  // Used by the writer while writing_ is under way.
  ImportWriter writer_;
  ImportLoad written_;
  std::future<Status> writing_;  // last: it uses the rest
};

}  // namespace rollcall::ingest
