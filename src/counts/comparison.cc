#include "counts/comparison.h"

namespace rollcall::counts {

Result<std::optional<Comparison>> ComparisonReader::Read(const Fleet& fleet, Month month) {
  const uint64_t sequence = stores_.store().TakeSnapshot().sequence();
  Result<std::optional<Overview>> overview = overviews_.Read(fleet, month);
  if (!overview.ok()) return overview.status();
  if (!overview->has_value()) return std::optional<Comparison>();
  Comparison comparison;
  comparison.overview = std::move(**overview);
  Overview& now = comparison.overview;
  for (const Span span : kSpans) {
    auto before = overviews_.ReadWindow(fleet, {now.month.Plus(-MonthsOf(span)), span});
    if (!before.ok()) return before.status();
    comparison.before[static_cast<size_t>(span)] = std::move(*before);
  }
  const auto moves = ReadSourceMoves(tallies_, fleet, now.month);
  if (!moves.ok()) return moves.status();
  comparison.moves = *moves;
  if (!now.is_final) now.generated_at = FirstReadAt(sequence, now.generated_at);
  return std::optional(std::move(comparison));
}

UnixSeconds ComparisonReader::FirstReadAt(uint64_t sequence, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  if (sequence != sequence_ || Day::Of(first_read_at_) != Day::Of(now)) {
    // This reading may itself have stored what it had computed.
    sequence_ = stores_.store().TakeSnapshot().sequence();
    first_read_at_ = now;
  }
  return first_read_at_;
}

}  // namespace rollcall::counts
