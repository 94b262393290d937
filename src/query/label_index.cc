#include "query/label_index.h"

#include <algorithm>

#include "model/label_set.h"
#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::query {
namespace {

using promql::Matcher;

bool Accept(std::span<const Matcher> matchers, std::string_view left_out, std::string_view text) {
  return std::all_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
    if (matcher.label() == left_out) return true;
    return matcher.Matches(matcher.label() == promql::kMetricName
                               ? MetricOf(text)
                               : LabelValue(text, matcher.label()));
  });
}

promql::Labels LabelsOfSeries(std::string_view text) {
  std::vector<promql::Labels::Label> labels;
  labels.emplace_back(promql::kMetricName, MetricOf(text));
  for (const Label& label : LabelsOf(text)) labels.emplace_back(label.name, label.value);
  return promql::Labels(std::move(labels));
}

}  // namespace

Status LabelIndex::Update() {
  storage::Scan scan = stores_.store().NewScan(storage::Table::kLabels,
                                               storage::EncodeKey(LabelSetRef{last_ + 1}), "");
  for (; scan.Valid(); scan.Next()) {
    storage::Reader key(scan.key());
    storage::Reader value(scan.value());
    const LabelSetRef ref{key.BigEndian32()};
    const MetricRef metric{value.Varint32()};
    if (!key.ok() || !value.ok()) {
      return Status::DataLoss("read label sets: row " + std::to_string(last_ + 1) +
                              " or one after it is damaged");
    }
    auto known = by_ref_.find(metric);
    if (known == by_ref_.end()) {
      const std::string_view text = value.Bytes(value.left());
      const auto at = metrics_.try_emplace(std::string(MetricOf(text))).first;
      at->second.metric = metric;
      known = by_ref_.emplace(metric, &at->second).first;
    }
    known->second->label_sets.push_back(ref);
    last_ = ref.value;
  }
  return scan.status();
}

Result<std::map<std::string, MetricRef>> LabelIndex::Metrics() {
  const MutexLock lock(mutex_);
  ROLLCALL_RETURN_IF_ERROR(Update());
  std::map<std::string, MetricRef> names;
  for (const auto& [name, of_metric] : metrics_) names.emplace(name, of_metric.metric);
  return names;
}

Result<MetricRef> LabelIndex::MetricNamed(std::string_view name) {
  const MutexLock lock(mutex_);
  ROLLCALL_RETURN_IF_ERROR(Update());
  const auto at = metrics_.find(name);
  return at == metrics_.end() ? MetricRef{} : at->second.metric;
}

Result<LabelIndex::Candidates> LabelIndex::FindCandidates(std::span<const Matcher> matchers) {
  const MutexLock lock(mutex_);
  ROLLCALL_RETURN_IF_ERROR(Update());
  Candidates found;
  const auto add = [&](std::string_view name, const OfMetric& of_metric) {
    for (const Matcher& matcher : matchers) {
      if (matcher.label() == promql::kMetricName && !matcher.Matches(name)) return;
    }
    for (const LabelSetRef ref : of_metric.label_sets) {
      found.label_sets.push_back(ref);
      found.metrics.Set(ref.value, of_metric.metric.value);
    }
  };
  const auto named = std::find_if(matchers.begin(), matchers.end(), [](const Matcher& matcher) {
    return matcher.label() == promql::kMetricName && matcher.op() == promql::MatchOp::kEqual;
  });
  if (named != matchers.end()) {
    const auto at = metrics_.find(named->value());
    if (at != metrics_.end()) add(at->first, at->second);
    return found;
  }
  for (const auto& [name, of_metric] : metrics_) add(name, of_metric);
  std::sort(found.label_sets.begin(), found.label_sets.end());
  return found;
}

Result<std::shared_ptr<const WantedLabelSets>> LabelIndex::Find(std::span<const Matcher> matchers,
                                                                std::string_view left_out) {
  const Result<Candidates> candidates = FindCandidates(matchers);
  if (!candidates.ok()) return candidates.status();
  auto wanted = std::make_shared<WantedLabelSets>();
  ROLLCALL_RETURN_IF_ERROR(stores_.labels().VisitTexts(
      candidates->label_sets, nullptr, [&](size_t i, std::string_view text) {
        if (!Accept(matchers, left_out, text)) return Status::Ok();
        const LabelSetRef ref = candidates->label_sets[i];
        const uint32_t metric = candidates->metrics.Find(ref.value);
        if (wanted->metrics.Find(metric) == RefNumbers::kNone) {
          wanted->metrics.Set(metric, static_cast<uint32_t>(wanted->metric_refs.size()));
          wanted->metric_refs.push_back(MetricRef{metric});
        }
        wanted->numbers.Set(ref.value, static_cast<uint32_t>(wanted->refs.size()));
        wanted->refs.push_back(ref);
        wanted->labels.push_back(LabelsOfSeries(text));
        wanted->bytes += text.size() + 64 * (wanted->labels.back().all().size() + 1);
        return Status::Ok();
      }));
  return std::shared_ptr<const WantedLabelSets>(std::move(wanted));
}

}  // namespace rollcall::query
