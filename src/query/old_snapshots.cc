#include "query/old_snapshots.h"

#include <algorithm>

namespace rollcall::query {
namespace {

void RaiseTo(const PeriodCounts& counts, PeriodCounts& period) {
  period.sources = std::max(period.sources, counts.sources);
  for (size_t i = 0; i < counts.figures.size(); ++i) {
    period.figures[i].total = std::max(period.figures[i].total, counts.figures[i].total);
  }
}

}  // namespace

Result<std::optional<Overview>> OldSnapshots::Read(const Fleet& fleet, Month month,
                                                   std::stop_token stop) {
  auto newer = newer_.Read(fleet, month, std::move(stop));
  if (!newer.ok() || newer->has_value()) return newer;
  const UnixSeconds now = clock_.Now();
  const Month first = Month::FromYearMonth(kFirstOverviewYear, 1);
  for (Month at = std::min(month, Month::Of(now)); at >= first; at = at.Plus(-1)) {
    if (const auto snapshot = files_.Read(fleet, at)) {
      return std::optional(Of(fleet, *snapshot, now));
    }
  }
  return std::optional<Overview>();
}

Overview OldSnapshots::Of(const Fleet& fleet, const MonthSnapshot& snapshot,
                          UnixSeconds now) const {
  Overview overview = Overview::Begin(snapshot.month, now);
  overview.generated_at = snapshot.collected_at;
  overview.breakdowns = snapshot.breakdowns;
  overview.periods.fill(snapshot.counts);
  for (int back = 1; back < kMaxWindowMonths; ++back) {
    const auto earlier = files_.Read(fleet, snapshot.month.Plus(-back));
    if (!earlier) continue;
    for (const Span span : kSpans) {
      if (back < MonthsOf(span)) RaiseTo(earlier->counts, overview[span]);
    }
  }
  overview.SetAverages();
  return overview;
}

}  // namespace rollcall::query
