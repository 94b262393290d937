#include "query/vmselect_overviews.h"

#include <algorithm>

#include "base/log.h"
#include "model/breakdown_sums.h"
#include "model/exact_sum.h"
#include "query/instant_query.h"

namespace rollcall::query {
namespace {

using std::chrono::milliseconds;

// How long the numbers of a window are good that may still change.
constexpr std::chrono::minutes kKeepOpen{5};
// How long after its end a window may still change: reports are sent on, and become visible there,
// with some delay.
constexpr std::chrono::minutes kSettle{5};

milliseconds LeftUntil(std::chrono::steady_clock::time_point deadline) {
  return std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
}

// The numbers of a window that had settled when they were collected. Of an empty one nothing says
// that it stays so: its data may be brought in later.
bool IsFinal(const MonthSnapshot& counted) {
  return counted.collected_at >= counted.month.Plus(1).Start() + kSettle && HasData(counted.counts);
}

int64_t Cut(double value) { return ExactSum::Of(value).ToInt64(); }

}  // namespace

VmselectOverviews::VmselectOverviews(const VmselectOptions& options, Fetch fetch,
                                     NameList name_list, const Clock& clock,
                                     const Clock& store_time, metrics::Registry& registry)
    : api_(options.url, std::move(fetch), registry),
      files_(options.snapshot_dir),
      timeout_(options.timeout),
      name_list_(std::move(name_list)),
      clock_(clock),
      store_time_(store_time),
      from_memory_(registry.GetCounter("rollcall_vmselect_windows_total",
                                       "Windows of overviews by where their numbers came from",
                                       {{"from", "memory"}})),
      from_files_(registry.GetCounter("rollcall_vmselect_windows_total",
                                      "Windows of overviews by where their numbers came from",
                                      {{"from", "snapshot"}})),
      computed_(registry.GetCounter("rollcall_vmselect_windows_total",
                                    "Windows of overviews by where their numbers came from",
                                    {{"from", "queries"}})) {}

Result<std::optional<Overview>> VmselectOverviews::Read(const Fleet& fleet, Month month,
                                                        std::stop_token) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout_;
  const UnixSeconds now = clock_.Now();
  const Month first = Month::FromYearMonth(kFirstOverviewYear, 1);
  for (Month at = std::min(month, Month::Of(now)); at >= first; at = at.Plus(-1)) {
    const auto of_month = CountsOf(fleet, {at, Span::kMonth}, now, deadline);
    if (!of_month.ok()) return of_month.status();
    if (!HasData((*of_month)->counts)) continue;
    Overview overview = Overview::Begin(at, now);
    overview.generated_at = (*of_month)->collected_at;
    overview.breakdowns = (*of_month)->breakdowns;
    overview.rests = (*of_month)->rests;
    overview[Span::kMonth] = (*of_month)->counts;
    for (const Span span : {Span::kQuarter, Span::kYear}) {
      const auto longer = CountsOf(fleet, {at, span}, now, deadline);
      if (!longer.ok()) return longer.status();
      overview[span] = (*longer)->counts;
    }
    overview.SetAverages();
    return std::optional(std::move(overview));
  }
  return std::optional<Overview>();
}

VmselectOverviews::Counted VmselectOverviews::FindKept(const Key& key, UnixSeconds now) const {
  const MutexLock lock(mutex_);
  const auto at = kept_.find(key);
  if (at == kept_.end()) return nullptr;
  const MonthSnapshot& counted = *at->second;
  const UnixSeconds end = counted.month.Plus(1).Start();
  const bool closed_since = counted.collected_at < end && now >= end;
  const bool is_fresh = now >= counted.collected_at && now < counted.collected_at + kKeepOpen;
  // Where the clock was set back since, what was final may be the running month.
  if (now < counted.collected_at) return nullptr;
  if (!IsFinal(counted) && (!is_fresh || closed_since)) return nullptr;
  from_memory_.Add();
  return at->second;
}

Result<VmselectOverviews::Counted> VmselectOverviews::CountsOf(const Fleet& fleet,
                                                               const Window& window,
                                                               UnixSeconds now,
                                                               SteadyTime deadline) {
  const Key key{fleet.ref, window.last, window.span};
  if (Counted kept = FindKept(key, now)) return kept;
  return computing_.Run(key, [&]() -> Result<Counted> {
    // Whoever was first may have kept it since.
    if (Counted kept = FindKept(key, now)) return kept;
    Result<Counted> counted = Compute(fleet, window, now, deadline);
    const bool is_running_month = window.span == Span::kMonth && window.last == Month::Of(now);
    if (counted.ok() && !is_running_month) {
      const MutexLock lock(mutex_);
      kept_[key] = *counted;
    }
    return counted;
  });
}

Result<VmselectOverviews::Counted> VmselectOverviews::Compute(const Fleet& fleet,
                                                              const Window& window, UnixSeconds now,
                                                              SteadyTime deadline) {
  const bool has_file = window.span == Span::kMonth && window.last < Month::Of(now);
  if (has_file) {
    if (auto snapshot = files_.Read(fleet, window.last)) {
      from_files_.Add();
      return std::make_shared<const MonthSnapshot>(*std::move(snapshot));
    }
  }
  auto asked = AskFor(fleet, window, now, deadline);
  if (!asked.ok()) return asked.status().WithContext("ask VictoriaMetrics");
  computed_.Add();
  if (has_file && IsFinal(*asked) && store_time_.Now() >= window.last.Plus(1).Start()) {
    if (const Status status = files_.Write(fleet, *asked); !status.ok()) {
      log::Warn("snapshot of {}: {}", window.last.ToString(), status.message());
    }
  }
  return std::make_shared<const MonthSnapshot>(*std::move(asked));
}

Result<MonthSnapshot> VmselectOverviews::AskFor(const Fleet& fleet, const Window& window,
                                                UnixSeconds now, SteadyTime deadline) {
  const auto [at, range_seconds] = EvaluationOf(window, now);
  MonthSnapshot counted;
  counted.month = window.last;
  counted.collected_at = now;
  const auto sources = AskForNumber(SourcesQuery(fleet, range_seconds), at, deadline);
  if (!sources.ok()) return sources.status();
  counted.counts.sources = Cut(*sources);
  for (const Figure& figure : fleet.figures) {
    const auto total = AskForNumber(FigureQuery(figure, range_seconds), at, deadline);
    if (!total.ok()) return total.status();
    counted.counts.figures.push_back({.total = Cut(*total), .average = 0, .report_total = {}});
  }
  if (window.span != Span::kMonth || !HasData(counted.counts)) return counted;
  for (const Breakdown& breakdown : fleet.breakdowns) {
    ROLLCALL_RETURN_IF_ERROR(AskForBreakdown(breakdown, range_seconds, at, deadline, counted));
  }
  return counted;
}

Result<double> VmselectOverviews::AskForNumber(const std::string& query, UnixSeconds at,
                                               SteadyTime deadline) {
  const auto samples = api_.Ask(query, "", at, LeftUntil(deadline));
  if (!samples.ok()) return samples.status();
  if (samples->size() > 1) {
    return Status::Unavailable(query + ": " + std::to_string(samples->size()) +
                               " samples, want one");
  }
  return samples->empty() ? 0.0 : samples->front().value;
}

Status VmselectOverviews::AskForBreakdown(const Breakdown& breakdown, int64_t range_seconds,
                                          UnixSeconds at, SteadyTime deadline,
                                          MonthSnapshot& counted) {
  const auto samples =
      api_.Ask(BreakdownQuery(breakdown, range_seconds), breakdown.label, at, LeftUntil(deadline));
  if (!samples.ok()) return samples.status();
  BreakdownSums sums;
  for (const InstantSample& sample : *samples) {
    sums.Add(sample.label_value, 0, ExactSum::Of(sample.value));
  }
  sums.Finish(breakdown.has_name_list ? name_list_() : breakdown.known_names,
              counted.breakdowns.emplace_back(), counted.rests.emplace_back());
  return Status::Ok();
}

}  // namespace rollcall::query
