#include "counts/source_moves.h"

namespace rollcall::counts {

Result<std::array<SourceMoves, 3>> ReadSourceMoves(PeriodTallies& tallies, const Fleet& fleet,
                                                   Month last) {
  struct Sets {
    SourceSet now;
    SourceSet before;
    SourceSet ever_before;  // the window before included
  };
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
    const Sets& of_span = sets[static_cast<size_t>(span)];
    SourceMoves& to = moves[static_cast<size_t>(span)];
    const SourceSet arrived = of_span.now - of_span.before;
    to.new_sources = static_cast<int64_t>((arrived - of_span.ever_before).size());
    to.returned = static_cast<int64_t>((arrived & of_span.ever_before).size());
    to.gone = static_cast<int64_t>((of_span.before - of_span.now).size());
  }
  return moves;
}

}  // namespace rollcall::counts
