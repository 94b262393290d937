// An overview beside the periods before: what grew, what shrank, who came and who left. And the
// same of the last 30 days.
#pragma once

#include "base/mutex.h"
#include "counts/overview.h"
#include "counts/source_moves.h"
#include "model/breakdown_sums.h"

namespace rollcall::counts {

// Of how much of a period anything is known: of its months, of 30 days its days.
struct Known {
  int known = 0;
  int all = 0;

  bool is_whole() const { return known == all; }
};

struct ComparedPeriod {
  PeriodCounts counts;
  Period period;
  Day last_day;       // the last one counted
  bool runs = false;  // it has not ended
  Known known;
  // What it is compared with: the period of the same length right before or, where the period runs,
  // the same days of it.
  Period before_period;
  Known before_known;
  std::optional<PeriodCounts> before;  // nullopt: nothing is known of it or nothing was reported
  SourceMoves moves;

  // Whether the difference of the two says anything.
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
  std::vector<BreakdownTotals> breakdowns;  // as Fleet::breakdowns
  std::vector<BreakdownRest> rests;
};

// Thread-safe.
class ComparisonReader {
 public:
  ComparisonReader(storage::Stores& stores, OverviewReader& overviews, PeriodTallies& tallies)
      : stores_(stores), overviews_(overviews), tallies_(tallies) {}

  // Of a month or, where it has no data, of the latest earlier month that has; nullopt: none has.
  // While nothing is stored, a running month's overview keeps its time.
  Result<std::optional<Comparison>> Read(const Fleet& fleet, Month month,
                                         std::stop_token stop = {});
  // nullopt: nothing was ever reported.
  Result<std::optional<Last30Days>> ReadLast30Days(const Fleet& fleet);

 private:
  // By tallies, which are stored: for totals that nobody else asks for the store would have to be
  // scanned on the caller's time.
  Result<std::optional<PeriodCounts>> ReadBefore(const Fleet& fleet, Period period);
  Result<PeriodCounts> CountsOf(const Fleet& fleet, const storage::PeriodRows& rows) const;
  Status ReadBreakdowns(const Fleet& fleet, const storage::PeriodRows& rows,
                        Last30Days& last) const;
  UnixSeconds FirstReadAt(uint64_t sequence, UnixSeconds now);

  storage::Stores& stores_;
  OverviewReader& overviews_;
  PeriodTallies& tallies_;
  Mutex mutex_;
  uint64_t sequence_ GUARDED_BY(mutex_) = 0;
  UnixSeconds first_read_at_ GUARDED_BY(mutex_){};
};

}  // namespace rollcall::counts
