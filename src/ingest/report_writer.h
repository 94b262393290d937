// The writer of one prepared report: turns it into changes of the transaction under way, which are
// the entry of the chunk, the peaks of the month and the gain of the totals. It does not parse, and
// does not decide when to commit.
//
// Owned by the committer; used on its thread alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest/flood_limits.h"
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
               SourceTable& sources, FloodLimits& limits, size_t max_month_label_sets)
      : labels_(labels),
        ledger_(ledger),
        sources_(sources),
        limits_(limits),
        max_month_label_sets_(max_month_label_sets) {}

  // Writes the report into the transaction and adds to `gains` what the totals gain. Returns its
  // outcome; nullopt: the unparsed body repeats no report after all and must be parsed first.
  // kTooLarge: the source would have too many label sets in the month; nothing of the report is
  // written. kLimited: limit() says which limit it met; at most the source is new. On failure the
  // transaction must be abandoned.
  Result<std::optional<Outcome>> Write(const PreparedReport& report, UnixSeconds time,
                                       storage::Transaction& transaction, TotalsMap& gains);

  FloodLimit limit() const { return limit_; }

 private:
  // Returns whether there is a limit that the report meets, and keeps it as limit().
  bool IsOver(std::optional<FloodLimit> met);
  StreamState* FindSame(SourceState& source, const Hash128& fingerprint) const;
  StreamState& FindSlot(SourceState& source, uint64_t metrics_hash);
  // Puts the known series into work_.series, and the positions of the others into work_.unknown.
  Status FindSeries(const ParsedReport& parsed, const storage::Transaction& transaction);
  Status AddUnknown(const ParsedReport& parsed, storage::Transaction& transaction);
  Result<bool> HasRoomFor(SourceState& source, Month month);
  Result<Outcome> WriteSame(SourceState& source, StreamState& stream, UnixSeconds time,
                            storage::Transaction& transaction, TotalsMap& gains);
  Result<Outcome> WriteSeries(SourceState& source, const PreparedReport& report,
                              const ParsedReport& parsed, UnixSeconds time,
                              storage::Transaction& transaction, TotalsMap& gains);
  // Appends work_.entry to the chunk of the day.
  void AppendEntry(SourceState& source, StreamState& stream, UnixSeconds time,
                   storage::Transaction& transaction) const;
  // Adds work_.series to the peaks of the month.
  Status UpdatePeaks(SourceState& source, Day day, storage::Transaction& transaction,
                     TotalsMap& gains);
  Status AddGains(SourceState& source, TotalsMap& gains);
  void WritePeaks(SourceState& source, storage::Transaction& transaction);
  void MarkOverlaid(SourceState& source, StreamState& by);

  storage::LabelDictionary& labels_;
  storage::TotalsLedger& ledger_;
  SourceTable& sources_;
  FloodLimits& limits_;
  FloodLimit limit_{};
  const size_t max_month_label_sets_;

  // Work on the current report. Kept from report to report only to reuse its memory.
  struct Work {
    std::vector<SeriesValue> series;  // of the report, sorted by metric, then label set
    std::vector<size_t> unknown;      // positions of samples whose label sets are new to the store
    std::vector<SeriesValue> other;   // of an earlier report
    std::string encoded;              // the series, encoded
    std::string entry;                // the entry that is stored
    PeaksRow peaks;
    PeaksRow next_peaks;
  };
  // Memory for more series than this is freed with the next report.
  static constexpr size_t kMaxKeptSeries = 16'384;
  Work work_;
};

}  // namespace rollcall::ingest
