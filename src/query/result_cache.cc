#include "query/result_cache.h"

#include <algorithm>
#include <variant>

#include "query/promql/printer.h"
#include "storage/retention.h"

namespace rollcall::query {
namespace {

using promql::Expr;
using promql::Query;
using promql::QueryResult;
using promql::ResultSeries;
using promql::Steps;

bool IsFree(const promql::TimeShift& shift) {
  return shift.at == promql::TimeShift::At::kNone && shift.offset_ms >= 0;
}

// Returns whether a step of the expression looks at nothing after the step, and is the same in
// whatever range.
bool StepsAreFree(const Expr& expr);
bool StepsAreFree(const promql::ExprPtr& expr) { return !expr || StepsAreFree(*expr); }

struct FreeSteps {
  bool operator()(const promql::NumberLiteral&) const { return true; }
  bool operator()(const promql::StringLiteral&) const { return true; }
  bool operator()(const promql::VectorSelector& selector) const { return IsFree(selector.shift); }
  bool operator()(const promql::MatrixSelector& matrix) const {
    return IsFree(matrix.selector.shift);
  }
  bool operator()(const promql::Subquery& subquery) const {
    return IsFree(subquery.shift) && StepsAreFree(subquery.expr);
  }
  bool operator()(const promql::Aggregation& aggregation) const {
    return StepsAreFree(aggregation.parameter) && StepsAreFree(aggregation.expr);
  }
  bool operator()(const promql::Call& call) const {
    return std::all_of(call.arguments.begin(), call.arguments.end(),
                       [](const promql::ExprPtr& argument) { return StepsAreFree(argument); });
  }
  bool operator()(const promql::Binary& binary) const {
    return StepsAreFree(binary.left) && StepsAreFree(binary.right);
  }
  bool operator()(const promql::Negation& negation) const { return StepsAreFree(negation.expr); }
  bool operator()(const promql::Parentheses& inner) const { return StepsAreFree(inner.expr); }
};

bool StepsAreFree(const Expr& expr) { return std::visit(FreeSteps(), expr.node); }

// The same for all queries that may share an answer.
std::string KeyOf(const Query& query) {
  const int64_t phase = query.is_range ? query.steps.start % query.steps.step : query.steps.start;
  // Notes tell places in the text.
  const std::string what =
      query.text.empty() ? promql::ToString(query.expr) : std::string(query.text);
  return what + '\n' + (query.is_range ? 'r' : 'i') +
         std::to_string(query.is_range ? query.steps.step : 0) + ' ' + std::to_string(phase) + ' ' +
         (query.lookback_ms ? std::to_string(*query.lookback_ms) : "auto");
}

// Adds the points of `from` in [first, last] behind those of `to`. Both are sorted by labels.
void AddPoints(const std::vector<ResultSeries>& from, int64_t first, int64_t last,
               std::vector<ResultSeries>& to) {
  std::vector<ResultSeries> merged;
  auto before = to.begin();
  for (const ResultSeries& series : from) {
    const auto earlier = [](const promql::Point& point, int64_t time) { return point.time < time; };
    const auto begin = std::lower_bound(series.points.begin(), series.points.end(), first, earlier);
    const auto end = std::lower_bound(begin, series.points.end(), last + 1, earlier);
    if (begin == end) continue;
    while (before != to.end() && before->labels < series.labels) {
      merged.push_back(std::move(*before++));
    }
    if (before != to.end() && before->labels == series.labels) {
      merged.push_back(std::move(*before++));
    } else {
      merged.push_back({series.labels, {}});
    }
    merged.back().points.insert(merged.back().points.end(), begin, end);
  }
  std::move(before, to.end(), std::back_inserter(merged));
  to = std::move(merged);
}

void AddNotes(const std::vector<std::string>& from, std::vector<std::string>& to) {
  for (const std::string& note : from) {
    if (std::find(to.begin(), to.end(), note) == to.end()) to.push_back(note);
  }
}

// Adds the steps of an answer from `first` to `last`, behind those of `to`.
void AddSteps(const QueryResult& from, const Steps& steps, int64_t first, int64_t last,
              QueryResult& to) {
  to.type = from.type;
  AddPoints(from.series, first, last, to.series);
  AddNotes(from.warnings, to.warnings);
  AddNotes(from.infos, to.infos);
  for (size_t i = 0; i < from.samples_per_step.size() && i < steps.count(); ++i) {
    if (steps.At(i) >= first && steps.At(i) <= last) {
      to.samples_per_step.push_back(from.samples_per_step[i]);
    }
  }
}

}  // namespace

Result<ResultCache::Moment> ResultCache::Now() const {
  Moment moment{stores_.periods().changes(), fleets_(), {}};
  for (const Fleet* const fleet : moment.fleets) {
    const Result<Day> first = storage::FirstWholeDay(stores_.store(), fleet->ref);
    if (!first.ok()) return first.status();
    moment.first_days.push_back(*first);
  }
  return moment;
}

std::optional<int64_t> ResultCache::HasUntil(const Entry& entry, const Query& query,
                                             std::optional<Day> changed) {
  const Steps& steps = query.steps;
  const bool same = entry.steps.start == steps.start && entry.steps.end == steps.end;
  if (!changed && same) return steps.end;
  if (!StepsAreFree(query.expr)) return std::nullopt;
  const int64_t changed_ms =
      changed ? changed->Start().time_since_epoch().count() * 1000 : INT64_MAX;
  if (same && steps.end < changed_ms) return steps.end;
  const bool independent = query.is_range && (query.lookback_ms || entry.lookbacks.empty() ||
                                              entry.lookbacks.rbegin()->first <= steps.step);
  if (!independent || entry.steps.start > steps.start || entry.steps.end < steps.start) {
    return std::nullopt;
  }
  int64_t until = std::min(steps.end, entry.steps.end);
  if (until >= changed_ms) until = changed_ms - 1;
  if (until < steps.start) return std::nullopt;
  return until - (until - steps.start) % steps.step;
}

bool ResultCache::StillHas(const Entry& entry, const Query& query, int64_t until) const {
  const auto changed = stores_.periods().FirstChangingSince(entry.moment.changes);
  const Result<Moment> now = Now();
  if (!now.ok() || now->fleets != entry.moment.fleets ||
      now->first_days != entry.moment.first_days) {
    return false;
  }
  const auto has = HasUntil(entry, query, changed);
  return has && *has >= until;
}

Result<KeptAnswer> ResultCache::Get(const Query& query, promql::Budget& budget,
                                    const Evaluate& evaluate) {
  // Before any snapshot is taken.
  const Result<Moment> now = Now();
  if (!now.ok()) return now.status();
  auto entry = std::make_shared<Entry>();
  entry->key = KeyOf(query);
  entry->steps = query.steps;
  entry->moment = *now;
  QueryResult result;
  bool is_whole = false;
  const auto [kept, text, _] = Find(entry->key);
  if (kept && kept->moment.fleets == now->fleets && kept->moment.first_days == now->first_days) {
    const auto changed = stores_.periods().FirstChangedSince(kept->moment.changes);
    const auto until = HasUntil(*kept, query, changed);
    if (until && *until == query.steps.end && kept->steps.start == query.steps.start &&
        kept->steps.end == query.steps.end) {
      budget.lookbacks().Add(kept->lookbacks);
      return KeptAnswer{kept->result, text};
    }
    if (until) {
      AddSteps(*kept->result, kept->steps, query.steps.start, *until, result);
      is_whole = *until == query.steps.end;
      if (!is_whole) {
        Query rest = query;
        rest.steps.start = *until + query.steps.step;
        const Result<QueryResult> more = evaluate(rest);
        if (!more.ok()) return more.status();
        const auto lookbacks = budget.lookbacks().All();
        is_whole =
            query.lookback_ms || lookbacks.empty() || lookbacks.rbegin()->first <= query.steps.step;
        is_whole = is_whole && StillHas(*kept, query, *until);
        if (is_whole) AddSteps(*more, rest.steps, rest.steps.start, rest.steps.end, result);
      }
      if (is_whole) budget.lookbacks().Add(kept->lookbacks);
    }
  }
  if (!is_whole) {
    Result<QueryResult> all = evaluate(query);
    if (!all.ok()) return all.status();
    result = std::move(*all);
  }
  entry->lookbacks = budget.lookbacks().All();
  entry->result = std::make_shared<const QueryResult>(std::move(result));
  const KeptAnswer answer{entry->result, nullptr};
  // Of which fleets it is, is known only where none was declared anew meanwhile.
  if (fleets_() == entry->moment.fleets) Keep(std::move(entry));
  return answer;
}

void ResultCache::KeepText(const Query& query, const KeptAnswer& written) {
  const std::string key = KeyOf(query);
  const MutexLock lock(mutex_);
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return;
  const Kept& kept = *at->second;
  if (kept.entry->result != written.result || kept.text ||
      kept.bytes + written.text->size() > most_bytes_ / 4) {
    return;
  }
  at->second->text = written.text;
  Charge(at->second, written.text->size());
}

ResultCache::Kept ResultCache::Find(const std::string& key) {
  const MutexLock lock(mutex_);
  const auto at = by_key_.find(key);
  if (at == by_key_.end()) return {};
  entries_.splice(entries_.begin(), entries_, at->second);
  return *at->second;
}

void ResultCache::Keep(std::shared_ptr<const Entry> entry) {
  const MutexLock lock(mutex_);
  if (const auto at = by_key_.find(entry->key); at != by_key_.end()) Remove(at->second);
  const size_t bytes = promql::BytesOf(*entry->result) + entry->key.size();
  entries_.push_front({std::move(entry), nullptr});
  by_key_[entries_.front().entry->key] = entries_.begin();
  Charge(entries_.begin(), bytes);
}

void ResultCache::Charge(Entries::iterator at, size_t bytes) {
  at->bytes += bytes;
  bytes_ += bytes;
  // One answer must not push out all others.
  if (at->bytes > most_bytes_ / 4) return Remove(at);
  while (bytes_ > most_bytes_) Remove(std::prev(entries_.end()));
}

void ResultCache::Remove(Entries::iterator at) {
  bytes_ -= at->bytes;
  by_key_.erase(at->entry->key);
  entries_.erase(at);
}

}  // namespace rollcall::query
