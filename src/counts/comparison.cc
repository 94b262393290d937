#include "counts/comparison.h"

#include <algorithm>

namespace rollcall::counts {
namespace {

// Of the units from `first` to `last`, both inclusive, those from `known_from` on.
Known KnownOf(uint32_t first, uint32_t last, std::optional<uint32_t> known_from) {
  const int all = static_cast<int>(last - first) + 1;
  if (!known_from || *known_from > last) return {0, all};
  return {static_cast<int>(last - std::max(first, *known_from)) + 1, all};
}

Known KnownMonths(Period period, std::optional<Month> first) {
  return KnownOf(period.first_month().number, period.last_month().number,
                 first ? std::optional(first->number) : std::nullopt);
}

Known KnownDays(Period period, std::optional<Day> first) {
  return KnownOf(period.first_day().number, period.last_day().number,
                 first ? std::optional(first->number) : std::nullopt);
}

Result<ExactSum> SumOf(const storage::PeriodRows& rows, const Figure& figure, MetricRef metric) {
  const auto label = rows.Label(metric, figure.label);
  if (!label.ok()) return label.status();
  if (!label->has_value()) return ExactSum();
  for (const ValueTally& value : (*label)->values) {
    if (value.value == figure.label_value) return value.sum;
  }
  return ExactSum();
}

}  // namespace

Result<std::optional<Comparison>> ComparisonReader::Read(const Fleet& fleet, Month month,
                                                         std::stop_token stop) {
  const uint64_t sequence = stores_.store().sequence();
  Result<std::optional<Overview>> overview = overviews_.Read(fleet, month, std::move(stop));
  if (!overview.ok()) return overview.status();
  if (!overview->has_value()) return std::optional<Comparison>();
  Overview& now = **overview;
  const auto first = tallies_.FirstMonth(fleet.ref);
  if (!first.ok()) return first.status();
  const auto moves = ReadSourceMoves(tallies_, fleet, now.month);
  if (!moves.ok()) return moves.status();

  Comparison comparison;
  comparison.month = now.month;
  comparison.is_final = now.is_final;
  for (const Span span : kSpans) {
    ComparedPeriod& period = comparison.periods[static_cast<size_t>(span)];
    period.counts = std::move(now[span]);
    period.period = Period::Of(Window{now.month, span});
    period.last_day = now.last_day;
    period.runs = !now.is_final;
    period.known = KnownMonths(period.period, *first);
    period.before_period = now.is_final ? Period::Of(Window{now.month.Plus(-MonthsOf(span)), span})
                                        : SameDaysBefore(span, now.last_day);
    period.before_known = KnownMonths(period.before_period, *first);
    auto before = ReadBefore(fleet, period.before_period);
    if (!before.ok()) return before.status();
    period.before = std::move(*before);
    period.moves = (*moves)[static_cast<size_t>(span)];
  }
  comparison.breakdowns = std::move(now.breakdowns);
  comparison.rests = std::move(now.rests);
  comparison.rests.resize(comparison.breakdowns.size());
  comparison.generated_at =
      now.is_final ? now.generated_at : FirstReadAt(sequence, now.generated_at);
  return std::optional(std::move(comparison));
}

Result<std::optional<Last30Days>> ComparisonReader::ReadLast30Days(const Fleet& fleet) {
  const auto first_month = tallies_.FirstMonth(fleet.ref);
  if (!first_month.ok()) return first_month.status();
  if (!first_month->has_value()) return std::optional<Last30Days>();
  auto first_day = tallies_.FirstCountedDay(fleet.ref);
  if (!first_day.ok()) return first_day.status();
  const auto rolling = tallies_.Last30Days(fleet);
  if (!rolling.ok()) return rolling.status();
  const storage::PeriodRows& rows = rolling->rows;

  Last30Days last;
  last.generated_at = rows.head().computed_at;
  ComparedPeriod& period = last.period;
  period.period = rolling->period;
  period.last_day = period.period.last_day();
  period.known = KnownDays(period.period, *first_day);
  period.before_period = Period::Last30(Day{period.period.first_day().number - 1});
  period.before_known = KnownDays(period.before_period, *first_day);
  Result<PeriodCounts> counts = CountsOf(fleet, rows);
  if (!counts.ok()) return counts.status();
  period.counts = std::move(*counts);
  auto before = ReadBefore(fleet, period.before_period);
  if (!before.ok()) return before.status();
  period.before = std::move(*before);
  const auto moves = ReadSourceMoves(tallies_, fleet, period.period, rows.head().sources);
  if (!moves.ok()) return moves.status();
  period.moves = *moves;
  ROLLCALL_RETURN_IF_ERROR(ReadBreakdowns(fleet, rows, last));
  return std::optional(std::move(last));
}

Result<std::optional<PeriodCounts>> ComparisonReader::ReadBefore(const Fleet& fleet,
                                                                 Period period) {
  const auto rows = tallies_.Get(fleet, period);
  if (!rows.ok()) return rows.status();
  if (!rows->has_value()) return std::optional<PeriodCounts>();
  Result<PeriodCounts> counts = CountsOf(fleet, **rows);
  if (!counts.ok()) return counts.status();
  return HasData(*counts) ? std::optional(std::move(*counts)) : std::nullopt;
}

Result<PeriodCounts> ComparisonReader::CountsOf(const Fleet& fleet,
                                                const storage::PeriodRows& rows) const {
  PeriodCounts counts;
  const auto read = [&](const std::string& name, MetricRef& metric) -> Result<Totals> {
    const auto ref = stores_.labels().FindMetric(name);
    if (!ref.ok()) return ref.status();
    metric = *ref;
    return rows.Metric(metric);
  };
  MetricRef metric;
  const Result<Totals> counted = read(fleet.counted_metric, metric);
  if (!counted.ok()) return counted.status();
  counts.sources = counted->sources;
  for (const Figure& figure : fleet.figures) {
    const Result<Totals> whole = read(figure.metric, metric);
    if (!whole.ok()) return whole.status();
    const Result<ExactSum> sum = figure.label.empty() ? whole->sum : SumOf(rows, figure, metric);
    if (!sum.ok()) return sum.status();
    FigureCount& count = counts.figures.emplace_back();
    count.total = sum->ToInt64();
    count.average = AverageToOneDecimal(count.total, counts.sources);
    if (figure.label.empty()) count.report_total = whole->report_sum.ToInt64();
  }
  return counts;
}

Status ComparisonReader::ReadBreakdowns(const Fleet& fleet, const storage::PeriodRows& rows,
                                        Last30Days& last) const {
  for (const Breakdown& breakdown : fleet.breakdowns) {
    BreakdownSums sums;
    const auto metric = stores_.labels().FindMetric(breakdown.metric);
    if (!metric.ok()) return metric.status();
    const auto label = rows.Label(*metric, breakdown.label);
    if (!label.ok()) return label.status();
    if (label->has_value()) {
      for (const ValueTally& value : (*label)->values) {
        sums.Add(value.value, value.sources, value.sum);
      }
      sums.AddRest((*label)->rest_values, (*label)->rest.sum);
    }
    sums.Finish(overviews_.NamesOf(breakdown), last.breakdowns.emplace_back(),
                last.rests.emplace_back());
  }
  return Status::Ok();
}

UnixSeconds ComparisonReader::FirstReadAt(uint64_t sequence, UnixSeconds now) {
  const MutexLock lock(mutex_);
  if (sequence != sequence_ || Day::Of(first_read_at_) != Day::Of(now)) {
    // This reading may itself have stored what it had computed.
    sequence_ = stores_.store().sequence();
    first_read_at_ = now;
  }
  return first_read_at_;
}

}  // namespace rollcall::counts
