#include "counts/period_tallies.h"

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

// The first day of a fleet in chunks, or its first month in peaks: their keys are of one shape.
Result<std::optional<uint32_t>> FirstRowOf(const storage::Store& store, Table table,
                                           FleetRef fleet) {
  storage::Scan scan = store.NewScan(table, "", "");
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
Result<std::optional<uint32_t>> FirstOf(const storage::Store& store, Table table, uint8_t months,
                                        FleetRef fleet) {
  auto first = FirstRowOf(store, table, fleet);
  if (!first.ok()) return first;
  const auto stored = storage::PeriodLedger::FirstStored(store, months, fleet);
  if (!stored.ok()) return stored.status();
  if (stored->has_value() && (!first->has_value() || (*stored)->last < **first)) {
    return std::optional((*stored)->last);
  }
  return first;
}

}  // namespace

PeriodTallies::PeriodTallies(storage::Stores& stores, const Clock& clock,
                             metrics::Registry& registry, const Options& options)
    : stores_(stores),
      clock_(clock),
      options_(options),
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

Result<bool> PeriodTallies::CanBeScanned(FleetRef fleet, Period period) const {
  const storage::Store& store = stores_.store();
  if (period.is_day()) {
    const Result<Day> whole_from = storage::FirstWholeDay(store);
    if (!whole_from.ok()) return whole_from.status();
    const auto first = FirstRowOf(store, Table::kChunks, fleet);
    if (!first.ok()) return first.status();
    return period.last >= whole_from->number && first->has_value() && period.last >= **first;
  }
  const Result<Month> whole_from = storage::FirstWholeMonth(store);
  if (!whole_from.ok()) return whole_from.status();
  const auto first = FirstRowOf(store, Table::kPeaks, fleet);
  if (!first.ok()) return first.status();
  const bool whole = whole_from->number == 0 || period.first_month() >= *whole_from;
  return whole && first->has_value() && period.last >= **first;
}

Result<storage::PeriodRows> PeriodTallies::GetRunning(const Fleet& fleet, Period period) {
  const auto now = Clocked::now();
  const uint64_t sequence = stores_.store().sequence();
  {
    const std::lock_guard lock(mutex_);
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
  Result<ScannedPeriod> scanned = ScanPeriod(stores_, fleet, period, cut.snapshot);
  const auto end = Clocked::now();
  scans_.Add();
  scan_seconds_.Observe(std::chrono::duration<double>(end - begin).count());
  if (!scanned.ok()) return scanned.status();
  const storage::PeriodHead head{computed_at, std::move(scanned->sources)};
  Computed computed{{head, std::move(scanned->rows)}, cut.snapshot.sequence(), false};
  if (closed) {
    const Result<bool> kept = stores_.periods().Finish(cut, head, computed.rows.rows());
    computed.stale = kept.ok() && !*kept;
    // On a disk that cannot be written the numbers are as good; the next reader tries again.
    if (!kept.ok()) {
      log::Warn("tallies of {}: {}", period.ToString(), kept.status().message());
    }
    return computed;
  }
  const std::lock_guard lock(mutex_);
  const auto at = running_.find(key);
  const auto asked = at == running_.end() ? begin : at->second.asked;
  running_.insert_or_assign(key, Running{computed, end - begin, end, asked});
  return computed;
}

Result<std::optional<Month>> PeriodTallies::FirstMonth(FleetRef fleet) const {
  const auto first = FirstOf(stores_.store(), Table::kPeaks, 1, fleet);
  if (!first.ok()) return first.status();
  return first->has_value() ? std::optional(Month{**first}) : std::nullopt;
}

Result<std::optional<Day>> PeriodTallies::FirstDay(FleetRef fleet) const {
  const auto first = FirstOf(stores_.store(), Table::kChunks, 0, fleet);
  if (!first.ok()) return first.status();
  return first->has_value() ? std::optional(Day{**first}) : std::nullopt;
}

std::vector<Period> PeriodTallies::DueForRefresh(const Fleet& fleet) {
  const UnixSeconds today = clock_.Now();
  std::vector<Period> due;
  const auto now = Clocked::now();
  const uint64_t sequence = stores_.store().sequence();
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [&](const auto& entry) { return IsClosed(entry.first.period); });
  // What a page shows first is ready before anybody asks.
  for (const Period first :
       {Period::Of(Window{Month::Of(today), Span::kMonth}), Period::Of(Day::Of(today))}) {
    if (!running_.contains({first, fleet.ref})) due.push_back(first);
  }
  for (const auto& [key, running] : running_) {
    if (key.fleet != fleet.ref || running.computed.sequence >= sequence) continue;
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

Status PeriodTallies::Backfill(const Fleet& fleet, Clocked::time_point deadline,
                               std::stop_token stop) {
  const auto enough = [&] { return stop.stop_requested() || Clocked::now() >= deadline; };
  const auto fill = [&](std::optional<uint32_t> first, uint32_t running, uint8_t months) {
    for (uint32_t last = running; first && last-- > *first && !enough();) {
      const auto rows = GetClosed(fleet, {months, last});
      if (!rows.ok()) return rows.status();
    }
    return Status::Ok();
  };
  const UnixSeconds now = clock_.Now();
  const auto first_month = FirstRowOf(stores_.store(), Table::kPeaks, fleet.ref);
  if (!first_month.ok()) return first_month.status();
  for (const Span span : kSpans) {
    if (enough()) return Status::Ok();
    const Window before{Month::Of(now).Plus(-MonthsOf(span)), span};
    const auto rows = GetClosed(fleet, Period::Of(before));
    if (!rows.ok()) return rows.status();
  }
  ROLLCALL_RETURN_IF_ERROR(fill(*first_month, Month::Of(now).number, 1));
  const auto first_day = FirstRowOf(stores_.store(), Table::kChunks, fleet.ref);
  if (!first_day.ok()) return first_day.status();
  return fill(*first_day, Day::Of(now).number, 0);
}

Status PeriodTallies::Refresh(const Fleet& fleet, std::chrono::milliseconds budget,
                              std::stop_token stop) {
  const auto deadline = Clocked::now() + budget;
  ROLLCALL_RETURN_IF_ERROR(RefreshRunning(fleet, stop));
  return Backfill(fleet, deadline, stop);
}

}  // namespace rollcall::counts
