// An overview beside the periods before: what grew, what shrank, who came and who left.
#pragma once

#include <mutex>

#include "counts/overview.h"
#include "counts/source_moves.h"

namespace rollcall::counts {

struct Comparison {
  Overview overview;
  // By Span: of the window of the same length right before; nullopt where nothing is known of it or
  // nothing was reported.
  std::array<std::optional<PeriodCounts>, 3> before;
  std::array<SourceMoves, 3> moves;
};

// Thread-safe.
class ComparisonReader {
 public:
  ComparisonReader(storage::Stores& stores, OverviewReader& overviews, PeriodTallies& tallies)
      : stores_(stores), overviews_(overviews), tallies_(tallies) {}

  // Of a month or, where it has no data, of the latest earlier month that has; nullopt: none has.
  // While nothing is stored, a running month's overview keeps its time.
  Result<std::optional<Comparison>> Read(const Fleet& fleet, Month month);

 private:
  // By tallies, which are stored: for totals that nobody else asks for the store would have to be
  // scanned on the caller's time.
  Result<std::optional<PeriodCounts>> ReadBefore(const Fleet& fleet, Window window);
  Result<ExactSum> SumOf(const storage::PeriodRows& rows, const Figure& figure, MetricRef metric);
  UnixSeconds FirstReadAt(uint64_t sequence, UnixSeconds now);

  storage::Stores& stores_;
  OverviewReader& overviews_;
  PeriodTallies& tallies_;
  std::mutex mutex_;  // guards the rest
  uint64_t sequence_ = 0;
  UnixSeconds first_read_at_{};
};

}  // namespace rollcall::counts
