#include "query/export_series.h"

#include <utility>

#include "model/label_set.h"
#include "parse/series_json_writer.h"

namespace rollcall::query {
namespace {

constexpr size_t kMostSeries = 20'000;
constexpr uint64_t kAll = ~uint64_t{0};

}  // namespace

Result<const ExportSeries*> ExportSeriesTable::Find(LabelSetRef ref) {
  const auto found = series_.find(ref.value);
  if (found != series_.end()) return &found->second;
  Result<std::string> text = stores_.labels().TextOf(ref);
  if (!text.ok()) return text.status();
  return &series_.emplace(ref.value, Make(std::move(text).value())).first->second;
}

void ExportSeriesTable::Trim() {
  if (series_.size() > kMostSeries) series_.clear();
}

uint64_t ExportSeriesTable::WantedOf(std::string_view source_id) const {
  if (selectors_.empty()) return kAll;
  uint64_t wanted = 0;
  for (size_t i = 0; i < selectors_.size(); ++i) {
    wanted |= uint64_t{selectors_[i].MatchesLabel(source_label_, source_id)} << i;
  }
  return wanted;
}

ExportSeries ExportSeriesTable::Make(std::string label_set) const {
  ExportSeries series;
  series.wanted = selectors_.empty() ? kAll : 0;
  for (size_t i = 0; i < selectors_.size(); ++i) {
    series.wanted |= uint64_t{selectors_[i].Matches(label_set, source_label_)} << i;
  }
  // The source's label among the others, and all of that up to its value: what the shorter one ends
  // with, its quote and its brace, is not part of the longer one's beginning.
  std::vector<Label> labels = LabelsOf(label_set);
  std::vector<Label> before;
  for (const Label& label : labels) {
    if (label.name < source_label_) before.push_back(label);
  }
  const Label source{source_label_, "0"};
  labels.push_back(source);
  before.push_back(source);
  std::string all;
  std::string first;
  AppendLabelSet(MetricOf(label_set), labels, all);
  AppendLabelSet(MetricOf(label_set), before, first);
  series.head = Write(first);
  series.tail = Write(all).substr(series.head.size() - 2);
  series.head.resize(series.head.size() - 3);
  series.label_set = std::move(label_set);
  return series;
}

std::string ExportSeriesTable::Write(std::string_view label_set) const {
  if (format_ == ExportFormat::kText) return FormatLabelSet(label_set, NameStyle::kQuoted);
  std::string json;
  AppendMetricJson(label_set, json);
  return json;
}

}  // namespace rollcall::query
