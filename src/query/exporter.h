// The exporter: writes the stored reports as samples in a format that an import reads, piece by
// piece in bounded memory.
//
// Order: by day, then by the source's id, then in text by second and label set, in JSON lines by
// label set and second. A JSON line holds the samples of a series on one day, or on a part of it
// where the source sent tens of thousands of samples that day. The order does not depend on the
// numbers that a store assigns, so an export that is imported into an empty store is exported
// again as the same bytes. The reports that a source sent within one second are one, as they are
// for an import.
//
// Consistency: each day of a source is read at one moment, but different days at different moments;
// nothing in the store has to wait, however slowly the export is read. Reports that are stored,
// erased or removed by retention meanwhile may or may not be in it.
//
// Owned by whoever exports; one thread at a time. Memory: some megabytes, and the chunk that is
// being read.
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
  // Later than any report.
  static constexpr UnixSeconds kEndOfTime{std::chrono::seconds(int64_t{1} << 36)};

  FleetRef fleet;
  std::string source_label;         // holds the source's id; the fleet's Fleet::id_label
  UnixSeconds from{};               // inclusive
  UnixSeconds to = kEndOfTime;      // exclusive
  std::vector<Selector> selectors;  // a series is exported if one of them matches; none: all are
  ExportFormat format = ExportFormat::kText;
};

class Exporter {
 public:
  // Requires at most kMaxSelectors selectors. `stores` must outlive the exporter.
  Exporter(storage::Stores& stores, ExportOptions options);

  // Appends the next lines to `out`, always whole ones. Returns true where there may be more, even
  // where it appended nothing, because a call takes some milliseconds at most; false where the
  // export is complete. DataLoss, Unavailable: the store cannot be read, and the export is over.
  Result<bool> Next(std::string& out);

  // Returns how many samples were exported so far.
  uint64_t samples() const { return exported_; }

 private:
  struct Source {
    SourceRef ref;
    std::string id;
  };

  // Goes one step on: to the next window of a source, the next sources, or the next day.
  Status Advance();
  Status NextDay();
  Status ReadSources();
  Status ReadWindow(const Source& source);
  void RankSeries();
  // Append samples until `out` has `full` bytes or more, or the window ends.
  void WriteText(size_t full, std::string& out);
  void WriteJsonLines(size_t full, std::string& out);

  storage::Stores& stores_;
  const ExportOptions options_;
  ExportSeriesTable table_;
  bool done_ = false;

  Day day_;  // the day being exported
  bool has_day_ = false;
  std::vector<Source> sources_;  // some of the day's, by id
  size_t next_source_ = 0;
  std::string after_key_;  // the next sources are those after this key
  bool more_sources_ = false;
  UnixSeconds from_{};  // where the source's next window begins

  ChunkWindow window_;
  std::string source_id_;  // of the samples in window_
  size_t next_sample_ = 0;
  std::vector<const ExportSeries*> series_;  // by their number in the window
  uint64_t exported_ = 0;
};

}  // namespace rollcall::query
