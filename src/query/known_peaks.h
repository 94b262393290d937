// Answers from what is stored of calendar windows, without a look at any report: `max_over_time` of
// a metric over a window comes from the sources' peaks, and `sum`, `count` and the count of sources
// over it from the totals that overviews are made of. So the queries by which another server would
// compute an overview give the overview's own numbers. As in an overview infinite values are left
// out, and a report of a window's first second counts, which PromQL's range would leave out.
//
// One query; the thread of its engine.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "query/known_window.h"
#include "query/label_index.h"
#include "query/matched_sources.h"
#include "query/promql/series_source.h"
#include "query/stored_series.h"

namespace rollcall::query {

class KnownPeaks {
 public:
  // All must outlive it. `totals` may be empty: then only peaks are read.
  KnownPeaks(storage::Store& store, const storage::Snapshot& snapshot, LabelIndex& index,
             std::span<const Fleet* const> fleets, const TotalsKept& totals, UnixSeconds now,
             promql::Budget& budget)
      : store_(store),
        snapshot_(snapshot),
        index_(index),
        fleets_(fleets),
        totals_(totals),
        now_(now),
        budget_(budget) {}

  // Returns nullopt where the value is not known. Fails as the store, and as the budget.
  Result<std::optional<promql::Vector>> Find(const promql::Expr& expr, int64_t at_ms);

 private:
  using Known = std::optional<promql::Vector>;

  // `sum by (l) (max_over_time(m[w]))`, and `count`.
  Result<Known> FindTotals(const promql::Aggregation& aggregation, const WindowMaxima& maxima);
  // `count(count by (id) (max_over_time(m[w])))`.
  Result<Known> FindSources(const promql::Aggregation& inner, const WindowMaxima& maxima);
  // `max_over_time(m[w])`.
  Result<Known> FindMaxima(const WindowMaxima& maxima);
  Status AddMaxima(const Fleet& fleet, const WindowMaxima& maxima,
                   std::span<const MatchedSource> sources, const WantedLabelSets& wanted,
                   promql::Vector& vector);
  // Returns a snapshot in which the totals of a fleet's window are kept.
  Result<storage::Snapshot> Kept(const storage::WindowKey& window) const;

  storage::Store& store_;
  const storage::Snapshot& snapshot_;
  LabelIndex& index_;
  const std::span<const Fleet* const> fleets_;
  const TotalsKept& totals_;
  const UnixSeconds now_;
  promql::Budget& budget_;
};

}  // namespace rollcall::query
