// Answers to queries over stored reports, kept in memory. An answer is given again while none of
// the reports that it was made of have changed. Dashboards ask for the same steps again and again:
// where only the newest days have changed, the steps before them are taken from the answer that is
// kept, and only the others are evaluated.
//
// What changes reports is told by the store (PeriodLedger::FirstChangedSince), so an answer is
// never older than the reports that were stored when it was asked for. Steps are taken from an
// older answer only where each series' samples stand for as long as the step, or as the request
// says: then a step's value does not depend on the range that it is asked in.
//
// Owned by StoredQueries. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/civil_time.h"
#include "base/mutex.h"
#include "base/status.h"
#include "query/promql/budget.h"
#include "query/promql/engine.h"
#include "query/stored_series.h"
#include "storage/stores.h"

namespace rollcall::query {

struct KeptAnswer {
  std::shared_ptr<const promql::QueryResult> result;
  // What KeepText was given for it; null: nothing.
  std::shared_ptr<const std::string> text;
};

class ResultCache {
 public:
  // Evaluates a query over what is stored now.
  using Evaluate = std::function<Result<promql::QueryResult>(const promql::Query&)>;

  // `most_bytes`: of all answers together, inclusive; 0: none is kept. `stores` must outlive it.
  ResultCache(storage::Stores& stores, FleetsInForce fleets, size_t most_bytes)
      : stores_(stores), fleets_(std::move(fleets)), most_bytes_(most_bytes) {}

  // Returns the answer to a query: a kept one, or what `evaluate` returns. Adds the lookbacks of
  // what was kept to the budget's. Fails as `evaluate` does.
  Result<KeptAnswer> Get(const promql::Query& query, promql::Budget& budget,
                         const Evaluate& evaluate) EXCLUDES(mutex_);

  // Keeps the text in which a result was written, as long as the result itself; does nothing where
  // there is another result by now, or no room for both.
  void KeepText(const promql::Query& query, const KeptAnswer& written) EXCLUDES(mutex_);

 private:
  // What an answer depends on beside reports, and which changes of these it has.
  struct Moment {
    uint64_t changes = 0;
    std::vector<const Fleet*> fleets;
    std::vector<Day> first_days;  // that retention has left of each fleet
  };
  struct Entry {
    std::string key;
    promql::Steps steps;
    std::shared_ptr<const promql::QueryResult> result;
    Moment moment;
    std::map<int64_t, uint64_t> lookbacks;
  };
  struct Kept {
    std::shared_ptr<const Entry> entry;
    std::shared_ptr<const std::string> text;
    size_t bytes = 0;  // of both
  };
  using Entries = std::list<Kept>;

  Result<Moment> Now() const;
  Kept Find(const std::string& key) EXCLUDES(mutex_);
  void Keep(std::shared_ptr<const Entry> entry) EXCLUDES(mutex_);
  // Charges an entry for more bytes, and removes what no longer fits.
  void Charge(Entries::iterator at, size_t bytes) REQUIRES(mutex_);
  void Remove(Entries::iterator at) REQUIRES(mutex_);
  // Returns the last of the query's steps that the entry has, if it has the first and all between.
  // `changed`: the first day with other reports than when the entry was made.
  static std::optional<int64_t> HasUntil(const Entry& entry, const promql::Query& query,
                                         std::optional<Day> changed);
  // Returns whether the entry's steps up to `until` are right for a snapshot that was taken before
  // the call, too: those that come behind them were evaluated on one.
  bool StillHas(const Entry& entry, const promql::Query& query, int64_t until) const;

  storage::Stores& stores_;
  const FleetsInForce fleets_;
  const size_t most_bytes_;
  Mutex mutex_;
  Entries entries_ GUARDED_BY(mutex_);  // the one asked for last comes first
  std::unordered_map<std::string, Entries::iterator> by_key_ GUARDED_BY(mutex_);
  size_t bytes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace rollcall::query
