#include "counts/source_moves.h"

namespace rollcall::counts {
namespace {

struct Sets {
  SourceSet now;
  SourceSet before;
  SourceSet ever_before;  // the period before included
};

SourceMoves MovesOf(const Sets& sets) {
  const SourceSet arrived = sets.now - sets.before;
  return {static_cast<int64_t>((arrived - sets.ever_before).size()),
          static_cast<int64_t>((arrived & sets.ever_before).size()),
          static_cast<int64_t>((sets.before - sets.now).size())};
}

}  // namespace

Result<std::array<SourceMoves, 3>> ReadSourceMoves(PeriodTallies& tallies, const Fleet& fleet,
                                                   Month last) {
  std::array<Sets, 3> sets;
  const auto first = tallies.FirstMonth(fleet.ref);
  if (!first.ok()) return first.status();
  for (Month month = first->value_or(last); month <= last; month = month.Plus(1)) {
    const auto rows = tallies.Get(fleet, Period::Of(Window{month, Span::kMonth}));
    if (!rows.ok()) return rows.status();
    if (!rows->has_value()) continue;
    const SourceSet& sources = (*rows)->head().sources;
    for (const Span span : kSpans) {
      Sets& of_span = sets[static_cast<size_t>(span)];
      const int back = static_cast<int>(last.number - month.number);
      if (back < MonthsOf(span)) {
        of_span.now |= sources;
      } else {
        of_span.ever_before |= sources;
        if (back < 2 * MonthsOf(span)) of_span.before |= sources;
      }
    }
  }
  std::array<SourceMoves, 3> moves;
  for (const Span span : kSpans) {
    moves[static_cast<size_t>(span)] = MovesOf(sets[static_cast<size_t>(span)]);
  }
  return moves;
}

Result<SourceMoves> ReadSourceMoves(PeriodTallies& tallies, const Fleet& fleet, Period days,
                                    const SourceSet& now) {
  Sets sets;
  sets.now = now;
  const Period before = Period::Last30(Day{days.first_day().number - 1});
  const auto rows = tallies.Get(fleet, before);
  if (!rows.ok()) return rows.status();
  if (rows->has_value()) sets.before = (*rows)->head().sources;
  sets.ever_before = sets.before;
  const auto first = tallies.FirstMonth(fleet.ref);
  if (!first.ok()) return first.status();
  // The month that `before` begins in has no day behind it, if it has one in front of it.
  const Month last = Month::Of(Day{before.first_day().number - 1});
  for (Month month = first->value_or(last.Plus(1)); month <= last; month = month.Plus(1)) {
    const auto of_month = tallies.Get(fleet, Period::Of(Window{month, Span::kMonth}));
    if (!of_month.ok()) return of_month.status();
    if (of_month->has_value()) sets.ever_before |= (*of_month)->head().sources;
  }
  return MovesOf(sets);
}

}  // namespace rollcall::counts
