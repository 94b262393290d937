// Turns one prepared report into changes of the transaction under way: the chunk's entry, the
// month's peaks, what the totals gain. It parses nothing, and decides nothing about durability.
//
// Owned and used by the committer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest/prepared_report.h"
#include "ingest/report_counters.h"
#include "ingest/source_table.h"
#include "model/totals.h"
#include "storage/label_dictionary.h"
#include "storage/totals_ledger.h"
#include "storage/transaction.h"

namespace rollcall::ingest {

class ReportWriter {
 public:
  ReportWriter(storage::LabelDictionary& labels, storage::TotalsLedger& ledger,
               SourceTable& sources, size_t max_month_label_sets)
      : labels_(labels),
        ledger_(ledger),
        sources_(sources),
        max_month_label_sets_(max_month_label_sets) {}

  // nullopt: the body repeats no report after all; parsed, it can be written. kTooLarge: its source
  // would have too many label sets in the month; nothing of it is written. On a failure the
  // transaction must be abandoned.
  Result<std::optional<Outcome>> Write(const PreparedReport& report, UnixSeconds time,
                                       storage::Transaction& transaction, TotalsMap& gains);

 private:
  StreamState* FindSame(SourceState& source, const Hash128& fingerprint) const;
  StreamState& FindSlot(SourceState& source, uint64_t metrics_hash);
  // Puts the series that are known into work_.series, and the others' places into work_.unknown.
  Status FindSeries(const ParsedReport& parsed, const storage::Transaction& transaction);
  Status AddUnknown(const ParsedReport& parsed, storage::Transaction& transaction);
  Result<bool> HasRoomFor(SourceState& source, Month month);
  Result<Outcome> WriteSame(SourceState& source, StreamState& stream, UnixSeconds time,
                            storage::Transaction& transaction, TotalsMap& gains);
  Result<Outcome> WriteSeries(SourceState& source, const ParsedReport& parsed,
                              const Hash128& fingerprint, UnixSeconds time,
                              storage::Transaction& transaction, TotalsMap& gains);
  // Appends the entry at hand to the day's chunk.
  void AppendEntry(SourceState& source, StreamState& stream, UnixSeconds time,
                   storage::Transaction& transaction) const;
  // Takes the series at hand into the month's peaks.
  Status UpdatePeaks(SourceState& source, Day day, storage::Transaction& transaction,
                     TotalsMap& gains);
  Status AddGains(SourceState& source, TotalsMap& gains);
  void WritePeaks(SourceState& source, storage::Transaction& transaction);
  void MarkOverlaid(SourceState& source, StreamState& by);

  storage::LabelDictionary& labels_;
  storage::TotalsLedger& ledger_;
  SourceTable& sources_;
  const size_t max_month_label_sets_;

  // On the report at hand. Kept from report to report for its memory alone.
  struct Work {
    std::vector<SeriesValue> series;  // of the report, sorted by metric, then label set
    std::vector<size_t> unknown;      // samples whose label sets are new to the store
    std::vector<SeriesValue> other;   // of a report before
    std::string encoded;              // series
    std::string entry;                // the one that is stored
    PeaksRow peaks;
    PeaksRow next_peaks;
  };
  // The memory of more is given back with the next report.
  static constexpr size_t kMaxKeptSeries = 16'384;
  Work work_;
};

}  // namespace rollcall::ingest
