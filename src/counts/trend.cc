#include "counts/trend.h"

#include <algorithm>
#include <map>
#include <utility>

#include "counts/stopped.h"

namespace rollcall::counts {
namespace {

// For so long steps are counted that were not yet; a background job sees to the rest.
constexpr std::chrono::milliseconds kPatience{500};

// A stranger may make up more.
constexpr size_t kMostLabels = 100;

bool IsOf(const Fleet& fleet, const std::string& metric) {
  const auto counts = [&](const auto& thing) { return thing.metric == metric; };
  return fleet.counted_metric == metric ||
         std::any_of(fleet.figures.begin(), fleet.figures.end(), counts) ||
         std::any_of(fleet.breakdowns.begin(), fleet.breakdowns.end(), counts);
}

class TrendReader {
 public:
  TrendReader(PeriodTallies& tallies, const TrendRequest& request, MetricRef metric)
      : tallies_(tallies), request_(request), metric_(metric) {}

  Result<Trend> Read() {
    const auto begin = std::chrono::steady_clock::now();
    trend_.steps.resize(request_.last - request_.first + 1);
    // The newest first: they are what a reader misses most where not all are counted.
    for (size_t index = trend_.steps.size(); index-- > 0;) {
      ROLLCALL_RETURN_IF_ERROR(StatusOf(request_.stop));
      const bool may_scan = std::chrono::steady_clock::now() - begin < kPatience;
      ROLLCALL_RETURN_IF_ERROR(ReadStep(index, may_scan));
    }
    RankValues();
    if (!request_.by.empty() && !has_label_) ROLLCALL_RETURN_IF_ERROR(ListLabels());
    return std::move(trend_);
  }

 private:
  Status ReadStep(size_t index, bool may_scan) {
    TrendStep& step = trend_.steps[index];
    step.period = {request_.kind, request_.first + static_cast<uint32_t>(index)};
    step.final = tallies_.IsClosed(step.period);
    if (step.final && !may_scan) {
      const Result<bool> has_to_scan = tallies_.HasToScan(request_.fleet, step.period);
      if (!has_to_scan.ok()) return has_to_scan.status();
      if (*has_to_scan) {
        ++trend_.pending;
        return Status::Ok();
      }
    }
    if (step.period.kind == Period::Kind::k30Days && !step.final) {
      auto rolling = tallies_.Last30Days(request_.fleet);
      if (!rolling.ok()) return rolling.status();
      step.period = rolling->period;
      return AddRows(index, rolling->rows);
    }
    const auto rows = tallies_.Get(request_.fleet, step.period);
    if (!rows.ok()) return rows.status();
    return rows->has_value() ? AddRows(index, **rows) : Status::Ok();
  }

  Status AddRows(size_t index, const storage::PeriodRows& rows) {
    TrendStep& step = trend_.steps[index];
    step.known = true;
    trend_.generated_at = std::max(trend_.generated_at, rows.head().computed_at);
    if (metric_.value == 0) return Status::Ok();
    const Result<Totals> tally = rows.Metric(metric_);
    if (!tally.ok()) return tally.status();
    step.tally = *tally;
    if (step.tally.sources > 0 && !latest_) latest_ = rows;
    if (request_.by.empty()) return Status::Ok();
    auto label = rows.Label(metric_, request_.by);
    if (!label.ok()) return label.status();
    if (label->has_value()) AddLabel(index, std::move(**label));
    return Status::Ok();
  }

  void AddLabel(size_t index, LabelTally&& label) {
    has_label_ = true;
    for (ValueTally& value : label.values) {
      if (request_.only && value.value != *request_.only) continue;
      std::string text = std::exchange(value.value, {});
      values_[std::move(text)].push_back({index, std::move(value)});
    }
    if (label.rest_values == 0 || request_.only) return;
    AddToOther(label.rest, index);
    rest_values_ = std::max(rest_values_, label.rest_values);
  }

  void AddToOther(const ValueTally& value, size_t index) {
    if (!trend_.other) trend_.other.emplace();
    auto& steps = trend_.other->steps;
    if (steps.size() <= index) steps.resize(index + 1);
    Add(value, steps[index]);
  }

  void RankValues() {
    std::vector<ValueTally> most;  // of each value
    for (const auto& [text, steps] : values_) {
      ValueTally& of_value = most.emplace_back();
      of_value.value = text;
      of_value.sum = steps.front().tally.sum;
      for (const AtStep& at : steps) {
        of_value.sources = std::max(of_value.sources, at.tally.sources);
        if (at.tally.sum.units() > of_value.sum.units()) of_value.sum = at.tally.sum;
      }
    }
    std::sort(most.begin(), most.end(), RanksBefore);
    const size_t named = std::min(request_.top, most.size());
    for (size_t i = 0; i < most.size(); ++i) {
      const std::vector<AtStep>& steps = values_[most[i].value];
      if (i >= named) {
        for (const AtStep& at : steps) AddToOther(at.tally, at.index);
        continue;
      }
      TrendValue& value = trend_.values.emplace_back();
      value.value = most[i].value;
      value.steps.resize(trend_.steps.size());
      for (const AtStep& at : steps) value.steps[at.index] = at.tally;
    }
    trend_.other_values = static_cast<int64_t>(most.size() - named) + rest_values_;
    if (trend_.other) trend_.other->steps.resize(trend_.steps.size());
  }

  Status ListLabels() {
    if (!latest_) return Status::Ok();
    const auto listed = latest_->List();
    if (!listed.ok()) return listed.status();
    for (const auto& metric : *listed) {
      if (metric.metric != metric_) continue;
      trend_.known_labels = metric.labels;
      if (trend_.known_labels.size() > kMostLabels) trend_.known_labels.resize(kMostLabels);
    }
    return Status::Ok();
  }

  PeriodTallies& tallies_;
  const TrendRequest& request_;
  const MetricRef metric_;
  Trend trend_;
  bool has_label_ = false;
  std::optional<storage::PeriodRows> latest_;  // that has the metric
  struct AtStep {
    size_t index;
    ValueTally tally;
  };
  // Only the steps that have the value: a stranger may make up new ones every day.
  std::map<std::string, std::vector<AtStep>> values_;
  int64_t rest_values_ = 0;
};

}  // namespace

Result<std::optional<Trend>> ReadTrend(storage::Stores& stores, PeriodTallies& tallies,
                                       const TrendRequest& request) {
  const auto metric = stores.labels().FindMetric(request.metric);
  if (!metric.ok()) return metric.status();
  if (metric->value == 0 && !IsOf(request.fleet, request.metric)) return std::optional<Trend>();
  Result<Trend> trend = TrendReader(tallies, request, *metric).Read();
  if (!trend.ok()) return trend.status();
  return std::optional(std::move(*trend));
}

}  // namespace rollcall::counts
