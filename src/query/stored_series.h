// The stored reports as a source of series for PromQL. A series is a source's label set with the
// fleet's label for the source's id (Fleet::id_label); the fleets in force are in one namespace,
// and of a fleet that is not declared any more nothing is shown.
//
// StoredSeries is owned by the server and keeps what all queries share. Each query has a
// StoredView, which sees the store as of one moment, so that the parts of an expression agree.
// Both are thread-safe.
//
// Lookback: where a request does not say how long a sample stands, a series' samples stand
// for 1.125 times the interval that the stream they came in has kept, but at least for the query's
// step. The interval is the median of up to 64 gaps between its reports, spread evenly over the
// range and the day before it; where there are too few for that, over the range and the 9 days
// before. A stream with a single report in all that time has Prometheus' 5 minutes. From 5 minutes
// on it counts as whole minutes.
//
// Damage: a query that needs a damaged chunk fails with DataLoss, which names its day and source.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/fleet.h"
#include "query/label_index.h"
#include "query/promql/series_source.h"
#include "query/series_lists.h"
#include "storage/keys.h"
#include "storage/stores.h"

namespace rollcall::query {

// Returns the fleets in force, valid as long as the process. Thread-safe.
using FleetsInForce = std::function<std::vector<const Fleet*>()>;

// Returns a snapshot in which the totals of a month's windows are kept, and computes them first
// where they are not: counts/window_counts.h. Thread-safe.
using TotalsKept = std::function<Result<storage::Snapshot>(const storage::WindowKey&)>;

class StoredView;

class StoredSeries {
 public:
  // `totals` may be empty: then nothing is answered from totals. `stores` and `clock` must outlive
  // it.
  StoredSeries(storage::Stores& stores, const Clock& clock, FleetsInForce fleets, TotalsKept totals)
      : stores_(stores),
        clock_(clock),
        fleets_(std::move(fleets)),
        totals_(std::move(totals)),
        index_(stores) {}

  // Returns what is stored now. The view must not outlive this object, and must not be kept longer
  // than the query: the store keeps for it what is deleted meanwhile.
  std::unique_ptr<StoredView> Now();

 private:
  friend class StoredView;
  storage::Stores& stores_;
  const Clock& clock_;
  const FleetsInForce fleets_;
  const TotalsKept totals_;
  LabelIndex index_;
};

class StoredView final : public promql::SeriesSource {
 public:
  StoredView(StoredSeries& series, storage::Snapshot snapshot, std::vector<const Fleet*> fleets)
      : series_(series), snapshot_(std::move(snapshot)), fleets_(std::move(fleets)) {}

  // Fails where the store cannot be read, or the budget does not allow it.
  Result<std::vector<std::unique_ptr<promql::SeriesPart>>> Select(
      const promql::SelectRequest& request, promql::Budget& budget) override;

  // Knows what query/known_peaks.h says, of instant queries.
  Result<std::optional<promql::Vector>> Known(const promql::Expr& expr, const promql::Steps& steps,
                                              promql::Budget& budget) override;

  // Returns what lists series and labels; it must not outlive the view, nor the budget.
  SeriesLists Lists(promql::Budget& budget) const;
  // Returns the names of all metrics that any report ever had.
  Result<std::vector<std::string>> MetricNames() const;

 private:
  storage::Store& store() const { return series_.stores_.store(); }

  StoredSeries& series_;
  const storage::Snapshot snapshot_;
  const std::vector<const Fleet*> fleets_;
};

}  // namespace rollcall::query
