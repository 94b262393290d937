#include "counts/comparison.h"

namespace rollcall::counts {

Result<std::optional<Comparison>> ComparisonReader::Read(const Fleet& fleet, Month month) {
  const uint64_t sequence = stores_.store().sequence();
  Result<std::optional<Overview>> overview = overviews_.Read(fleet, month);
  if (!overview.ok()) return overview.status();
  if (!overview->has_value()) return std::optional<Comparison>();
  Comparison comparison;
  comparison.overview = std::move(**overview);
  Overview& now = comparison.overview;
  for (const Span span : kSpans) {
    auto before = ReadBefore(fleet, {now.month.Plus(-MonthsOf(span)), span});
    if (!before.ok()) return before.status();
    comparison.before[static_cast<size_t>(span)] = std::move(*before);
  }
  const auto moves = ReadSourceMoves(tallies_, fleet, now.month);
  if (!moves.ok()) return moves.status();
  comparison.moves = *moves;
  if (!now.is_final) now.generated_at = FirstReadAt(sequence, now.generated_at);
  return std::optional(std::move(comparison));
}

Result<std::optional<PeriodCounts>> ComparisonReader::ReadBefore(const Fleet& fleet,
                                                                 Window window) {
  const auto rows = tallies_.Get(fleet, Period::Of(window));
  if (!rows.ok()) return rows.status();
  if (!rows->has_value()) return std::optional<PeriodCounts>();
  PeriodCounts counts;
  bool has_data = false;
  const auto read = [&](const std::string& name, MetricRef& metric) -> Result<Totals> {
    const auto ref = stores_.labels().FindMetric(name);
    if (!ref.ok()) return ref.status();
    metric = *ref;
    return (*rows)->Metric(metric);
  };
  MetricRef metric;
  const Result<Totals> counted = read(fleet.counted_metric, metric);
  if (!counted.ok()) return counted.status();
  counts.sources = counted->sources;
  for (const Figure& figure : fleet.figures) {
    const Result<Totals> whole = read(figure.metric, metric);
    if (!whole.ok()) return whole.status();
    const Result<ExactSum> sum = figure.label.empty() ? whole->sum : SumOf(**rows, figure, metric);
    if (!sum.ok()) return sum.status();
    FigureCount& count = counts.figures.emplace_back();
    count.total = sum->ToInt64();
    count.average = AverageToOneDecimal(count.total, counts.sources);
    if (figure.label.empty()) count.report_total = whole->report_sum.ToInt64();
    has_data = has_data || count.total != 0;
  }
  if (counts.sources == 0 && !has_data) return std::optional<PeriodCounts>();
  return std::optional(std::move(counts));
}

Result<ExactSum> ComparisonReader::SumOf(const storage::PeriodRows& rows, const Figure& figure,
                                         MetricRef metric) {
  const auto label = rows.Label(metric, figure.label);
  if (!label.ok()) return label.status();
  if (!label->has_value()) return ExactSum();
  for (const ValueTally& value : (*label)->values) {
    if (value.value == figure.label_value) return value.sum;
  }
  return ExactSum();
}

UnixSeconds ComparisonReader::FirstReadAt(uint64_t sequence, UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  if (sequence != sequence_ || Day::Of(first_read_at_) != Day::Of(now)) {
    // This reading may itself have stored what it had computed.
    sequence_ = stores_.store().sequence();
    first_read_at_ = now;
  }
  return first_read_at_;
}

}  // namespace rollcall::counts
