// Export: the stored reports as samples, in a form that an import takes, piece by piece in bounded
// memory.
//
// Order: day, source by its id, then in text by second and label set, in JSON lines by label set
// and second; a JSON line holds what a series had on one day, or on a part of it where the source
// sent tens of thousands of samples that day. Nothing of it depends on the numbers that a store
// gives out, so what is exported and imported into an empty store is exported in the same bytes.
// The reports that a source sent within one second are one, as they are for an import.
//
// Consistency: each day of a source is read at one moment, not all of them at the same one; nothing
// in the store is held up, however slowly the export is read. What comes in, is erased or falls to
// retention meanwhile is in it or not.
//
// Owned by whoever exports; one thread at a time. Memory: some megabytes, and the chunk that is
// read.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "parse/selector.h"
#include "query/chunk_window.h"
#include "query/export_series.h"
#include "storage/stores.h"

namespace rollcall::query {

struct ExportOptions {
  static constexpr size_t kMaxSelectors = 64;
  // Far beyond any clock of ours.
  static constexpr UnixSeconds kEndOfTime{std::chrono::seconds(int64_t{1} << 36)};

  FleetRef fleet;
  UnixSeconds from{};               // inclusive
  UnixSeconds to = kEndOfTime;      // exclusive
  std::vector<Selector> selectors;  // a series that one of them wants is exported; none: all are
  ExportFormat format = ExportFormat::kText;
};

class Exporter {
 public:
  // `stores` outlive the exporter. No more than kMaxSelectors.
  Exporter(storage::Stores& stores, ExportOptions options);

  // Appends some more to `out`, whole lines. True: there is more, though this time nothing may have
  // come, for a call takes some milliseconds at most; false: that was all. DataLoss or Unavailable:
  // what is stored cannot be read; the export is over.
  Result<bool> Next(std::string& out);

  uint64_t samples() const { return exported_; }

 private:
  struct Source {
    SourceRef ref;
    std::string id;
  };

  // One step on: the next window of a source, the next sources, or the next day.
  Status Advance();
  Status NextDay();
  Status ReadSources();
  Status ReadWindow(const Source& source);
  void RankSeries();
  // Until `out` has `full` bytes or the window ends.
  void WriteText(size_t full, std::string& out);
  void WriteJsonLines(size_t full, std::string& out);

  storage::Stores& stores_;
  const ExportOptions options_;
  ExportSeriesTable table_;
  bool done_ = false;

  Day day_;  // whose sources are gone through
  bool has_day_ = false;
  std::vector<Source> sources_;  // some of them, by id
  size_t next_source_ = 0;
  std::string after_key_;  // where the next ones begin
  bool more_sources_ = false;
  UnixSeconds from_{};  // of the next window of the source

  ChunkWindow window_;
  std::string source_id_;  // whose the samples are
  size_t next_sample_ = 0;
  std::vector<const ExportSeries*> series_;  // by their number in the window
  uint64_t exported_ = 0;
};

}  // namespace rollcall::query
