#include "counts/period_tallies.h"

#include <malloc.h>

#include <algorithm>

#include "base/log.h"
#include "counts/attempts.h"
#include "counts/period_scan.h"
#include "storage/keys.h"
#include "storage/retention.h"

namespace rollcall::counts {
namespace {

using storage::Table;

// Who asked for a running period may soon ask again.
constexpr std::chrono::minutes kInterest{15};
constexpr int kIdleFactor = 10;

// The first number behind a damage at the start of such a table, from which on rows can be read.
uint32_t FirstReadable(const storage::Store& store, Table table) {
  uint32_t bad = 0;
  uint32_t good = 1U << 31;
  while (good - bad > 1) {
    const uint32_t middle = bad + (good - bad) / 2;
    const storage::Scan scan = store.NewScan(table, storage::EncodePrefix(middle), "");
    (scan.status().ok() ? good : bad) = middle;
  }
  return good;
}

// The first day of a fleet in chunks, or its first month in peaks: their keys are of one shape.
// Damage at the start hides what is there alone.
Result<std::optional<uint32_t>> FirstRowOf(const storage::Store& store, Table table,
                                           FleetRef fleet) {
  storage::Scan scan = store.NewScan(table, "", "");
  if (scan.status().code() == Code::kDataLoss) {
    scan.Seek(storage::EncodePrefix(FirstReadable(store, table)));
  }
  while (scan.Valid()) {
    const auto key = storage::DecodePeaksKey(scan.key());
    if (!key) return Status::DataLoss("decode a report's key: not a key");
    const uint32_t number = key->month.number;
    if (key->fleet == fleet) return std::optional(number);
    scan.Seek(storage::EncodePrefix(key->fleet < fleet ? number : number + 1, fleet));
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return std::optional<uint32_t>();
}

// The same, or the first stored period where that is earlier.
Result<std::optional<uint32_t>> FirstOf(const storage::Store& store, Table table, Period::Kind kind,
                                        FleetRef fleet) {
  auto first = FirstRowOf(store, table, fleet);
  if (!first.ok()) return first;
  const auto stored = storage::PeriodLedger::FirstStored(store, kind, fleet);
  if (!stored.ok()) return stored.status();
  if (stored->has_value() && (!first->has_value() || (*stored)->last < **first)) {
    return std::optional((*stored)->last);
  }
  return first;
}

// Whether a day has columns, or no chunk that they could be made of.
Result<bool> HasColumns(const storage::Store& store, const storage::PeriodKey& day,
                        const storage::PeriodRows& rows) {
  const Result<bool> has_columns = rows.HasColumns();
  if (!has_columns.ok() || *has_columns) return has_columns;
  const storage::KeyRange range = storage::RangeOf(day.period.last, day.fleet);
  const storage::Scan scan = store.NewScan(Table::kChunks, range.begin, range.end);
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return !scan.Valid();
}

// Whether a period has all rows that a scan would give it now.
Result<bool> IsComplete(const storage::Store& store, const Fleet& fleet, Period period,
                        const storage::PeriodRows& rows) {
  if (SizeFigure(fleet) != nullptr) {
    const Result<bool> has_sizes = rows.HasSizes();
    if (!has_sizes.ok() || !*has_sizes) return has_sizes;
  }
  if (period.is_day()) return HasColumns(store, {period, fleet.ref}, rows);
  if (!KeepsDistributions(period)) return true;
  for (const Figure& figure : fleet.figures) {
    const auto distribution = rows.DistributionOf(figure);
    if (!distribution.ok()) return distribution.status();
    if (!distribution->has_value()) return false;
  }
  return true;
}

}  // namespace

PeriodTallies::PeriodTallies(storage::Stores& stores, const Clock& clock,
                             metrics::Registry& registry, const Options& options)
    : stores_(stores),
      clock_(clock),
      options_(options),
      registry_(registry),
      scans_(registry.GetCounter("rollcall_period_scans_total",
                                 "Times the tallies of a day or of months were computed by scan")),
      scan_seconds_(registry.GetHistogram("rollcall_period_scan_duration_seconds",
                                          "Time of such a scan",
                                          metrics::Histogram::LatencyBuckets())) {}

Result<std::optional<storage::PeriodRows>> PeriodTallies::Get(const Fleet& fleet, Period period) {
  if (IsClosed(period)) return GetClosed(fleet, period);
  Result<storage::PeriodRows> rows = GetRunning(fleet, period);
  if (!rows.ok()) return rows.status();
  return std::optional(std::move(*rows));
}

Result<std::optional<storage::PeriodRows>> PeriodTallies::GetClosed(const Fleet& fleet,
                                                                    Period period) {
  using Rows = std::optional<storage::PeriodRows>;
  return AttemptBesideImports<Rows>(
      stores_, "tallies of " + period.ToString(), [&]() -> Result<std::optional<Rows>> {
        auto stored = storage::PeriodRows::Read(stores_.store(), {period, fleet.ref});
        if (!stored.ok()) return stored.status();
        if (stored->has_value()) return std::make_optional<Rows>(std::move(*stored));
        const Result<bool> possible = CanBeScanned(fleet.ref, period);
        if (!possible.ok()) return possible.status();
        if (!*possible) return std::make_optional<Rows>();
        Result<Computed> computed = ComputeOnce(fleet, period);
        if (!computed.ok()) return computed.status();
        if (computed->stale) return std::optional<Rows>();
        return std::make_optional<Rows>(std::move(computed->rows));
      });
}

Result<bool> PeriodTallies::HasToScan(const Fleet& fleet, Period period) const {
  const auto stored =
      stores_.store().Get(Table::kPeriods, EncodeKey(storage::PeriodKey{period, fleet.ref}));
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) return false;
  return CanBeScanned(fleet.ref, period);
}

Result<bool> PeriodTallies::CanBeScanned(FleetRef fleet, Period period) const {
  const storage::Store& store = stores_.store();
  const Result<bool> is_whole = IsWhole(store, fleet, period);
  if (!is_whole.ok() || !*is_whole) return is_whole;
  const bool by_day = period.is_day();
  const auto first = FirstRowOf(store, by_day ? Table::kChunks : Table::kPeaks, fleet);
  if (!first.ok()) return first.status();
  if (!first->has_value()) return false;
  if (by_day) return period.last >= **first;
  if (period.is_window()) return period.last_month().number >= **first;
  // Peaks say in which month reports began, chunks on which day.
  const auto first_day = FirstRowOf(store, Table::kChunks, fleet);
  if (!first_day.ok()) return first_day.status();
  return first_day->has_value() &&
         (period.last >= **first_day || Month::Of(Day{**first_day}).number > **first);
}

Result<storage::PeriodRows> PeriodTallies::GetRunning(const Fleet& fleet, Period period) {
  const auto now = Clocked::now();
  const uint64_t sequence = stores_.store().sequence();
  {
    const MutexLock lock(mutex_);
    if (const auto at = running_.find({period, fleet.ref}); at != running_.end()) {
      Running& running = at->second;
      running.asked = now;
      const bool is_fresh = running.computed.sequence >= sequence;
      if (is_fresh || running.cost > options_.patience) return running.computed.rows;
    }
  }
  while (true) {
    Result<Computed> computed = ComputeOnce(fleet, period);
    if (!computed.ok()) return computed.status();
    // One that somebody else had begun may not have seen what this caller knows to be stored.
    if (computed->sequence >= sequence) return std::move(computed->rows);
  }
}

bool PeriodTallies::IsQuick(const storage::PeriodKey& key) {
  const MutexLock lock(mutex_);
  const auto at = running_.find(key);
  return at != running_.end() && at->second.cost <= options_.patience;
}

std::optional<storage::PeriodRows> PeriodTallies::FindRunning(const storage::PeriodKey& key) {
  const MutexLock lock(mutex_);
  const auto at = running_.find(key);
  return at == running_.end() ? std::nullopt : std::optional(at->second.computed.rows);
}

Result<PeriodTallies::Rolling> PeriodTallies::Last30Days(const Fleet& fleet) {
  const Day today = Day::Of(clock_.Now());
  const Period running = Period::Last30(today);
  const storage::PeriodKey before{Period::Last30(Day{today.number - 1}), fleet.ref};
  if (!FindRunning({running, fleet.ref}) && !IsQuick(before)) {
    auto rows = storage::PeriodRows::Read(stores_.store(), before);
    if (!rows.ok()) return rows.status();
    if (!rows->has_value()) *rows = FindRunning(before);
    if (rows->has_value()) return Rolling{before.period, std::move(**rows)};
  }
  auto rows = GetRunning(fleet, running);
  if (!rows.ok()) return rows.status();
  return Rolling{running, std::move(*rows)};
}

Result<PeriodTallies::Computed> PeriodTallies::ComputeOnce(const Fleet& fleet, Period period) {
  return computing_.Run({period, fleet.ref}, [&] { return Compute(fleet, period); });
}

Result<PeriodTallies::Computed> PeriodTallies::Compute(const Fleet& fleet, Period period) {
  const storage::PeriodKey key{period, fleet.ref};
  const bool closed = IsClosed(period);
  const UnixSeconds computed_at = clock_.Now();
  const auto begin = Clocked::now();
  const storage::PeriodLedger::Cut cut =
      closed ? stores_.periods().Begin(key)
             : storage::PeriodLedger::Cut{key, 0, stores_.store().TakeSnapshot()};
  Result<ScannedPeriod> scanned =
      ScanPeriod(stores_, fleet, period, cut.snapshot,
                 closed ? Columns::kAddThoseOfADay : Columns::kLeaveOut, stop_.get_token());
  const auto end = Clocked::now();
  // A scan of a large fleet takes tens of megabytes for a moment, which the allocator would keep.
  if (end - begin > options_.patience) malloc_trim(0);
  scans_.Add();
  scan_seconds_.Observe(std::chrono::duration<double>(end - begin).count());
  if (!scanned.ok()) return scanned.status();
  const storage::PeriodHead head{computed_at, std::move(scanned->sources)};
  Computed computed{{head, std::move(scanned->rows)}, cut.snapshot.sequence(), false};
  if (closed) {
    const Result<bool> kept =
        stores_.periods().Finish(cut, head, computed.rows.rows(), std::move(scanned->columns));
    computed.stale = kept.ok() && !*kept;
    // On a disk that cannot be written the numbers are as good; the next reader tries again.
    if (!kept.ok()) {
      log::Warn("tallies of {}: {}", period.ToString(), kept.status().message());
    }
    return computed;
  }
  const MutexLock lock(mutex_);
  const auto at = running_.find(key);
  const auto asked = at == running_.end() ? begin : at->second.asked;
  running_.insert_or_assign(key, Running{computed, end - begin, end, asked});
  return computed;
}

Result<std::optional<Month>> PeriodTallies::FirstMonth(FleetRef fleet) const {
  const auto first = FirstOf(stores_.store(), Table::kPeaks, Period::Kind::kMonth, fleet);
  if (!first.ok()) return first.status();
  return first->has_value() ? std::optional(Month{**first}) : std::nullopt;
}

Result<std::optional<Day>> PeriodTallies::FirstDay(FleetRef fleet) const {
  const auto first = FirstOf(stores_.store(), Table::kChunks, Period::Kind::kDay, fleet);
  if (!first.ok()) return first.status();
  return first->has_value() ? std::optional(Day{**first}) : std::nullopt;
}

Result<std::optional<Day>> PeriodTallies::FirstCountedDay(FleetRef fleet) const {
  const auto first = FirstRowOf(stores_.store(), Table::kChunks, fleet);
  if (!first.ok()) return first.status();
  if (!first->has_value()) return std::optional<Day>();
  const Result<Day> whole_from = storage::FirstWholeDay(stores_.store(), fleet);
  if (!whole_from.ok()) return whole_from.status();
  return std::optional(std::max(Day{**first}, *whole_from));
}

std::vector<Period> PeriodTallies::DueForRefresh(const Fleet& fleet) {
  const Day today = Day::Of(clock_.Now());
  std::vector<Period> due;
  const auto now = Clocked::now();
  const uint64_t sequence = stores_.store().sequence();
  const MutexLock lock(mutex_);
  const Period rolling = Period::Last30(today);
  std::erase_if(running_, [&](const auto& entry) REQUIRES(mutex_) {
    // Yesterday's stand in for today's until these are there.
    const bool stands_in = entry.first.period.kind == Period::Kind::k30Days &&
                           entry.first.period.last + 1 == today.number &&
                           !running_.contains({rolling, entry.first.fleet});
    return IsClosed(entry.first.period) && !stands_in;
  });
  // What a page shows is ready before anybody asks.
  std::vector<Period> shown{rolling, Period::Of(today)};
  for (const Span span : kSpans) shown.push_back(Period::Of(Window{Month::Of(today), span}));
  for (const Period period : shown) {
    if (!running_.contains({period, fleet.ref})) due.push_back(period);
  }
  for (const auto& [key, running] : running_) {
    if (key.fleet != fleet.ref || running.computed.sequence >= sequence) continue;
    if (IsClosed(key.period)) continue;
    const int idle = now - running.asked < kInterest ? 1 : kIdleFactor;
    const auto pause = std::max<Clocked::duration>(options_.least_pause,
                                                   running.cost * options_.pause_factor * idle);
    if (now - running.scanned >= pause) due.push_back(key.period);
  }
  return due;
}

Status PeriodTallies::RefreshRunning(const Fleet& fleet, std::stop_token stop) {
  for (const Period period : DueForRefresh(fleet)) {
    if (stop.stop_requested()) break;
    const auto computed = ComputeOnce(fleet, period);
    if (!computed.ok()) return computed.status();
  }
  return Status::Ok();
}

// What is made ready, and what is deleted again, is not for a clock alone to say.
Day PeriodTallies::TrustedToday() const {
  return Day::Of(std::min(clock_.Now(), stores_.time().Now()));
}

Result<std::vector<Period>> PeriodTallies::ClosedToKeep(const Fleet& fleet) const {
  const Day today = TrustedToday();
  const Month running = Month::Of(today);
  std::vector<Period> periods{Period::Last30(Day{today.number - 1}),
                              Period::Last30(Day{today.number - 30})};
  for (const Span span : kSpans) periods.push_back(SameDaysBefore(span, today));
  const auto first_month = FirstRowOf(stores_.store(), Table::kPeaks, fleet.ref);
  if (!first_month.ok()) return first_month.status();
  for (uint32_t last = running.number; *first_month && last-- > **first_month;) {
    for (const Span span : kSpans) periods.push_back(Period::Of(Window{Month{last}, span}));
  }
  const auto first_day = FirstRowOf(stores_.store(), Table::kChunks, fleet.ref);
  if (!first_day.ok()) return first_day.status();
  for (uint32_t last = today.number; *first_day && last-- > **first_day;) {
    periods.push_back(Period::Of(Day{last}));
  }
  return periods;
}

Status PeriodTallies::Backfill(const Fleet& fleet, Clocked::time_point deadline,
                               std::stop_token stop) {
  const auto periods = ClosedToKeep(fleet);
  if (!periods.ok()) return periods.status();
  int64_t missing = 0;
  bool go_on = true;
  for (const Period period : *periods) {
    if (stop.stop_requested()) return Status::Ok();
    const Result<bool> has_to_scan = HasToScan(fleet, period);
    if (!has_to_scan.ok()) return has_to_scan.status();
    if (!*has_to_scan) continue;
    ++missing;
    go_on = go_on && Clocked::now() < deadline;
    if (!go_on) continue;
    const auto computed = ComputeOnce(fleet, period);
    if (!computed.ok()) return computed.status();
    // Somebody imports into it: the rest has time.
    go_on = !computed->stale;
    if (go_on) --missing;
  }
  registry_
      .GetGauge("rollcall_periods_missing",
                "Closed months, days and what they are compared with that are still to be counted: "
                "who asks for one waits",
                {{"fleet", fleet.name}})
      .Set(missing);
  return go_on ? Complete(fleet, *periods, deadline, stop) : Status::Ok();
}

Status PeriodTallies::Complete(const Fleet& fleet, const std::vector<Period>& periods,
                               Clocked::time_point deadline, const std::stop_token& stop) {
  {
    const MutexLock lock(mutex_);
    if (complete_.contains(fleet.ref)) return Status::Ok();
  }
  for (const Period period : periods) {
    if (stop.stop_requested() || Clocked::now() >= deadline) return Status::Ok();
    const auto rows = storage::PeriodRows::Read(stores_.store(), {period, fleet.ref});
    if (!rows.ok()) return rows.status();
    if (!rows->has_value()) continue;
    const Result<bool> is_complete = IsComplete(stores_.store(), fleet, period, **rows);
    if (!is_complete.ok()) return is_complete.status();
    if (*is_complete) continue;
    const Result<bool> possible = CanBeScanned(fleet.ref, period);
    if (!possible.ok()) return possible.status();
    if (!*possible) continue;
    if (const auto computed = ComputeOnce(fleet, period); !computed.ok()) return computed.status();
  }
  const MutexLock lock(mutex_);
  complete_.insert(fleet.ref);
  return Status::Ok();
}

Status PeriodTallies::DeleteOutdated(const Fleet& fleet) {
  const Day today = TrustedToday();
  const auto remove = [&](Period::Kind kind, uint32_t last) {
    return stores_.periods().DeleteBefore(kind, last, fleet.ref);
  };
  // What is compared with what ended 30 days before it, and a day in hand.
  ROLLCALL_RETURN_IF_ERROR(remove(Period::Kind::k30Days, today.number - 31));
  for (const Span span : kSpans) {
    const Period kept = SameDaysBefore(span, today);
    const auto kind = Period::Cut(span, Month::Of(today).FirstDay()).kind;
    ROLLCALL_RETURN_IF_ERROR(remove(kind, kept.last_day().number));
  }
  return Status::Ok();
}

Status PeriodTallies::FollowRule(const Fleet& fleet) {
  const uint64_t rule = CountingRule(fleet);
  const Result<uint64_t> followed = stores_.fleets().Rule(fleet.name);
  if (!followed.ok()) return followed.status();
  if (*followed == rule) return Status::Ok();
  // A store made before rules were kept has counted by the built-in ones.
  if (*followed != 0) {
    log::Info("fleet {}: what is counted has changed; its periods are counted again", fleet.name);
    ROLLCALL_RETURN_IF_ERROR(stores_.periods().DropIf(
        fleet.ref, [&](Period period) { return CanBeScanned(fleet.ref, period); }));
    const MutexLock lock(mutex_);
    std::erase_if(running_, [&](const auto& entry) { return entry.first.fleet == fleet.ref; });
    complete_.erase(fleet.ref);
  }
  return stores_.fleets().SetRule(fleet.name, rule);
}

Status PeriodTallies::Refresh(const Fleet& fleet, std::chrono::milliseconds budget,
                              std::stop_token stop) {
  const auto deadline = Clocked::now() + budget;
  // A clock that was never set tells nothing apart.
  if (TrustedToday() < Day::Of(storage::kEarliestClock)) return Status::Ok();
  ROLLCALL_RETURN_IF_ERROR(RefreshRunning(fleet, stop));
  ROLLCALL_RETURN_IF_ERROR(Backfill(fleet, deadline, stop));
  return DeleteOutdated(fleet);
}

Period SameDaysBefore(Span span, Day today) {
  const Month last = Month::Of(today).Plus(-MonthsOf(span));
  const uint32_t days = today.number - Month::Of(today).FirstDay().number;
  return Period::Cut(span, std::min(Day{last.FirstDay().number + days}, last.LastDay()));
}

}  // namespace rollcall::counts
