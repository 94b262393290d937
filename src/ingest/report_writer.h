// Turns one prepared report into changes of the batch under way: the chunk's entry, the month's
// peaks, what the totals gain. It decides nothing about durability: the committer does.
//
// Used by the committer, under the store's writer lock.
#pragma once

#include <string>
#include <vector>

#include "ingest/prepared_report.h"
#include "ingest/source_table.h"
#include "model/totals.h"
#include "storage/label_dictionary.h"
#include "storage/store.h"
#include "storage/totals_ledger.h"

namespace rollcall::ingest {

// What became of a report that was written.
enum class Outcome {
  kSame,         // its lines were those of the stream's last report
  kChanged,      // stored as a difference
  kFull,         // stored whole: the stream's first of the day
  kEmpty,        // no series: nothing stored
  kForwardOnly,  // put into the outbox alone
};

class ReportWriter {
 public:
  ReportWriter(storage::LabelDictionary& labels, storage::TotalsLedger& ledger,
               SourceTable& sources)
      : labels_(labels), ledger_(ledger), sources_(sources) {}

  // InvalidArgument: the report does not parse, and the batch is as it was. Any other failure: the
  // batch must be abandoned.
  Result<Outcome> Write(PreparedReport& report, UnixSeconds time, storage::Batch& batch,
                        TotalsMap& gains);

 private:
  StreamState* FindSame(SourceState& source, const Hash128& fingerprint) const;
  StreamState& FindSlot(SourceState& source, uint64_t metrics_hash);
  Status Intern(const PreparedReport& report, storage::Batch& batch);
  Result<Outcome> WriteSame(SourceState& source, StreamState& stream, UnixSeconds time,
                            storage::Batch& batch, TotalsMap& gains);
  Result<Outcome> WriteSeries(SourceState& source, const PreparedReport& report, UnixSeconds time,
                              storage::Batch& batch, TotalsMap& gains);
  // Appends the entry at hand to the day's chunk.
  void AppendEntry(SourceState& source, StreamState& stream, UnixSeconds time,
                   storage::Batch& batch) const;
  // Takes the series at hand into the month's peaks.
  Status UpdatePeaks(SourceState& source, Day day, storage::Batch& batch, TotalsMap& gains);
  void MarkOverlaid(SourceState& source, StreamState& by);

  storage::LabelDictionary& labels_;
  storage::TotalsLedger& ledger_;
  SourceTable& sources_;

  // On the report at hand. Kept from report to report for its memory alone.
  struct Work {
    std::vector<SeriesValue> series;  // of the report, sorted by metric, then label set
    std::vector<SeriesValue> other;   // of a report before
    std::string encoded;              // series
    std::string full;                 // a full entry
    std::string entry;                // the one that is stored
    PeaksRow peaks;
    PeaksRow next_peaks;
  };
  // The memory of more is given back with the next report.
  static constexpr size_t kMaxKeptSeries = 16'384;
  Work work_;
};

}  // namespace rollcall::ingest
