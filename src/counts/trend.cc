#include "counts/trend.h"

#include <algorithm>
#include <map>
#include <utility>

#include "counts/stopped.h"

namespace rollcall::counts {
namespace {

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
      const bool may_scan = std::chrono::steady_clock::now() - begin < request_.patience;
      ROLLCALL_RETURN_IF_ERROR(ReadStep(index, may_scan));
    }
    RankValues();
    if (!request_.by.empty() && !has_label_) ROLLCALL_RETURN_IF_ERROR(ListLabels());
    return std::move(trend_);
  }

 private:
  struct AtStep {
    size_t index;
    ValueTally tally;
    ExactSum size;
  };

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
    const auto sizes = ReadSizes(index, rows);
    if (!sizes.ok()) return sizes.status();
    return label->has_value() ? AddLabel(index, std::move(**label), *sizes) : Status::Ok();
  }

  // Without values where they are not known.
  Result<LabelTally> ReadSizes(size_t index, const storage::PeriodRows& rows) {
    if (SizesOf(request_) == nullptr) return LabelTally();
    const Result<bool> has_sizes = rows.HasSizes();
    if (!has_sizes.ok()) return has_sizes.status();
    trend_.steps[index].has_sizes = *has_sizes;
    auto sizes = rows.Sizes(request_.by);
    if (!sizes.ok()) return sizes.status();
    return std::move(*sizes).value_or(LabelTally());
  }

  Status AddLabel(size_t index, LabelTally&& label, const LabelTally& sizes) {
    has_label_ = true;
    bool& has_sizes = trend_.steps[index].has_sizes;
    has_sizes = has_sizes && sizes.values.size() == label.values.size();
    for (size_t i = 0; i < label.values.size(); ++i) {
      ValueTally& value = label.values[i];
      if (has_sizes && sizes.values[i].value != value.value) {
        return Status::DataLoss("sizes by " + request_.by + ": not those of its values");
      }
      if (request_.only && value.value != *request_.only) continue;
      const ExactSum size = has_sizes ? sizes.values[i].sum : ExactSum();
      std::string text = std::exchange(value.value, {});
      values_[std::move(text)].push_back({index, std::move(value), size});
    }
    if (label.rest_values == 0 || request_.only) return Status::Ok();
    AddToOther({index, label.rest, sizes.rest.sum});
    rest_values_ = std::max(rest_values_, label.rest_values);
    return Status::Ok();
  }

  static void AddTo(TrendValue& value, const AtStep& at) {
    Add(at.tally, value.steps[at.index]);
    value.sizes[at.index] += at.size;
  }

  void AddToOther(const AtStep& at) {
    if (!trend_.other) trend_.other = NothingYet();
    AddTo(*trend_.other, at);
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
        for (const AtStep& at : steps) AddToOther(at);
        continue;
      }
      TrendValue& value = trend_.values.emplace_back(NothingYet());
      value.value = most[i].value;
      for (const AtStep& at : steps) AddTo(value, at);
    }
    trend_.other_values = static_cast<int64_t>(most.size() - named) + rest_values_;
  }

  TrendValue NothingYet() const {
    const size_t steps = trend_.steps.size();
    return {{}, std::vector<ValueTally>(steps), std::vector<ExactSum>(steps)};
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
  // Only the steps that have the value: a stranger may make up new ones every day.
  std::map<std::string, std::vector<AtStep>> values_;
  int64_t rest_values_ = 0;
};

}  // namespace

const Figure* SizesOf(const TrendRequest& request) {
  const bool is_counted = request.metric == request.fleet.counted_metric;
  return is_counted && !request.by.empty() ? SizeFigure(request.fleet) : nullptr;
}

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
