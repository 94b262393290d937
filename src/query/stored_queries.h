// Queries over the stored reports: what evaluates them, and the answers that are kept. Owned by the
// server; thread-safe.
#pragma once

#include "query/promql/engine.h"
#include "query/result_cache.h"
#include "query/stored_series.h"

namespace rollcall::query {

class StoredQueries {
 public:
  // `threads`: how many evaluate one query, at least 1. `kept_bytes`: of answers in memory.
  // `stores` and `clock` must outlive it.
  StoredQueries(storage::Stores& stores, const Clock& clock, FleetsInForce fleets,
                TotalsKept totals, unsigned threads, size_t kept_bytes)
      : series_(stores, clock, fleets, std::move(totals)),
        cache_(stores, std::move(fleets), kept_bytes),
        threads_(threads) {}

  // Returns the answer to a query. Fails as Engine::Evaluate does.
  Result<KeptAnswer> Evaluate(const promql::Query& query, promql::Budget& budget) {
    return cache_.Get(query, budget, [&](const promql::Query& of) {
      const auto view = series_.Now();
      return promql::Engine(*view, threads_).Evaluate(of, budget);
    });
  }

  // See ResultCache.
  void KeepText(const promql::Query& query, const KeptAnswer& written) {
    cache_.KeepText(query, written);
  }

  // For lists of series and labels.
  StoredSeries& series() { return series_; }

 private:
  StoredSeries series_;
  ResultCache cache_;
  const unsigned threads_;
};

}  // namespace rollcall::query
