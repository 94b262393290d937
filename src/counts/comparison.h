// A comparison: an overview beside the periods before it, which shows what grew, what shrank, who
// came and who left. And the same for the last 30 days.
#pragma once

#include "base/mutex.h"
#include "counts/overview.h"
#include "counts/source_moves.h"
#include "model/breakdown_sums.h"

namespace rollcall::counts {

// How much of a period the store has data for: in months, or of a period of 30 days in days.
struct Known {
  int known = 0;
  int all = 0;

  bool is_whole() const { return known == all; }
};

struct ComparedPeriod {
  PeriodCounts counts;
  Period period;
  Day last_day;       // the last one counted
  bool runs = false;  // it has not ended yet
  Known known;
  // What it is compared with: the period of the same length right before it or, while the period
  // runs, the same days of that one.
  Period before_period;
  Known before_known;
  std::optional<PeriodCounts> before;  // nullopt: no data, or all zeros
  SourceMoves moves;

  // Returns whether the difference between the two means anything: there are numbers of both, and
  // both periods are known as a whole.
  bool is_comparable() const { return before && known.is_whole() && before_known.is_whole(); }
};

struct Comparison {
  Month month;
  bool is_final = false;
  UnixSeconds generated_at{};
  std::array<ComparedPeriod, 3> periods;    // by Span
  std::vector<BreakdownTotals> breakdowns;  // as in Overview
  std::vector<BreakdownRest> rests;
};

struct Last30Days {
  UnixSeconds generated_at{};
  ComparedPeriod period;
  std::vector<BreakdownTotals> breakdowns;  // as in Fleet::breakdowns
  std::vector<BreakdownRest> rests;
};

// Thread-safe.
class ComparisonReader {
 public:
  ComparisonReader(storage::Stores& stores, OverviewReader& overviews, PeriodTallies& tallies)
      : stores_(stores), overviews_(overviews), tallies_(tallies) {}

  // Returns the comparison of a month or, where it has no data, of the latest earlier month that
  // has; nullopt where none has. In a running month `generated_at` changes only once something is
  // stored or a day begins.
  Result<std::optional<Comparison>> Read(const Fleet& fleet, Month month,
                                         std::stop_token stop = {});
  // Returns nullopt where nothing was ever reported.
  Result<std::optional<Last30Days>> ReadLast30Days(const Fleet& fleet);

 private:
  // Counts an earlier period from its tallies, which are stored. Totals that nobody else asks for
  // would take a scan while the caller waits.
  Result<std::optional<PeriodCounts>> ReadBefore(const Fleet& fleet, Period period);
  Result<PeriodCounts> CountsOf(const Fleet& fleet, const storage::PeriodRows& rows) const;
  Status ReadBreakdowns(const Fleet& fleet, const storage::PeriodRows& rows,
                        Last30Days& last) const;
  // Returns when this was first called since the store last changed, or since midnight (UTC).
  UnixSeconds FirstReadAt(uint64_t sequence, UnixSeconds now);

  storage::Stores& stores_;
  OverviewReader& overviews_;
  PeriodTallies& tallies_;
  Mutex mutex_;
  uint64_t sequence_ GUARDED_BY(mutex_) = 0;
  UnixSeconds first_read_at_ GUARDED_BY(mutex_){};
};

}  // namespace rollcall::counts
