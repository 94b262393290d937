#include "counts/tally_builder.h"

#include <algorithm>

#include "base/hash.h"
#include "model/label_set.h"
#include "storage/keys.h"
#include "storage/row_codec.h"

namespace rollcall::counts {

Status TallyBuilder::Open() {
  const auto counted = labels_.FindMetric(fleet_.counted_metric, &snapshot_);
  if (!counted.ok()) return counted.status();
  counted_metric_ = *counted;
  if (const Figure* const size = SizeFigure(fleet_)) {
    const auto metric = labels_.FindMetric(size->metric, &snapshot_);
    if (!metric.ok()) return metric.status();
    size_metric_ = *metric;
  }
  for (const Figure& figure : fleet_.figures) {
    if (figure.label.empty()) continue;
    const auto metric = labels_.FindMetric(figure.metric, &snapshot_);
    if (!metric.ok()) return metric.status();
    figures_.emplace_back(*metric, &figure);
  }
  return Status::Ok();
}

Status TallyBuilder::Resolve(MetricRef metric, LabelSetRef label_set, SeriesSlot& slot) {
  slot.known = true;
  slot.metric = metric;
  slot.first_value = static_cast<uint32_t>(value_refs_.size());
  const auto text = labels_.TextOf(label_set, &snapshot_);
  if (!text.ok()) return text.status();
  for (const Label& label : LabelsOf(*text)) {
    const auto& identifying = fleet_.identifying_labels;
    if (std::find(identifying.begin(), identifying.end(), label.name) != identifying.end())
      continue;
    auto& of_metric = metrics_[metric.value].labels;
    const auto [at, is_new] =
        of_metric.emplace(label.name, static_cast<uint32_t>(label_slots_.size()));
    if (is_new) label_slots_.push_back({metric, std::string(label.name), {}});
    LabelSlot& of_label = label_slots_[at->second];
    const auto [value, is_new_value] =
        of_label.values.emplace(NameOf(label.value), static_cast<uint32_t>(values_.size()));
    if (is_new_value) values_.emplace_back();
    value_refs_.push_back(value->second);
    ++slot.value_count;
  }
  return Status::Ok();
}

std::string TallyBuilder::NameOf(std::string_view value) const {
  if (value.size() <= bounds_.value_bytes) return std::string(value);
  const Hash128 hash = HashBytes(value, labels_.hash_seed());
  return std::string(1, '\0') + storage::EncodeKey(hash);
}

Status TallyBuilder::AddRow(std::string_view encoded_peaks) {
  uint32_t active_days = 0;
  bool is_latest = false;  // of the metric at hand
  Status status;
  const bool whole = storage::VisitPeaks(
      encoded_peaks, active_days,
      [&](MetricRef metric, double report_sum_peak) {
        MetricSlot& slot = metrics_[metric.value];
        is_latest = slot.source != source_number_;
        if (!is_latest) {
          slot.report_max = std::max(slot.report_max, report_sum_peak);
          return;
        }
        if (slot.source == 0) known_metrics_.push_back(metric.value);
        slot.source = source_number_;
        slot.report_max = report_sum_peak;
        touched_metrics_.push_back(metric.value);
      },
      [&](MetricRef metric, LabelSetRef label_set, double peak, bool current) {
        SeriesSlot& slot = series_[label_set.value];
        if (slot.source == source_number_) {
          slot.max = std::max(slot.max, peak);
          return;
        }
        if (!slot.known && status.ok()) status = Resolve(metric, label_set, slot);
        slot.source = source_number_;
        slot.max = peak;
        slot.current = is_latest && current;
        touched_series_.push_back(label_set.value);
      });
  if (!whole) return Status::DataLoss("decode peaks: not a whole row");
  return status;
}

ExactSum TallyBuilder::Size() {
  const MetricSlot& slot = metrics_[size_metric_.value];
  return slot.source == source_number_ ? ExactSum::Of(slot.report_max) : ExactSum();
}

void TallyBuilder::CloseSource(SourceRef source) {
  const ExactSum size = Size();
  for (const uint32_t label_set : touched_series_) {
    const SeriesSlot& slot = series_[label_set];
    const ExactSum peak = ExactSum::Of(slot.max);
    const bool is_counted = slot.metric == counted_metric_;
    metrics_[slot.metric.value].tally.sum += peak;
    for (uint32_t i = 0; i < slot.value_count; ++i) {
      ValueSlot& value = values_[value_refs_[slot.first_value + i]];
      value.tally.sum += peak;
      if (!slot.current) continue;
      if (value.had_by != source_number_) {
        value.had_by = source_number_;
        ++value.tally.sources;
        if (is_counted) Add({{}, 1, size.units() > 0, size}, value.sizes);
      }
      if (slot.max > 0 && value.nonzero_by != source_number_) {
        value.nonzero_by = source_number_;
        ++value.tally.nonzero;
      }
    }
  }
  for (const uint32_t metric : touched_metrics_) {
    MetricSlot& slot = metrics_[metric];
    ++slot.tally.sources;
    slot.tally.report_sum += ExactSum::Of(slot.report_max);
    if (MetricRef{metric} != counted_metric_) continue;
    sources_.Add(source);
    sizes_ += {1, size, size};
  }
  touched_series_.clear();
  touched_metrics_.clear();
  ++source_number_;
}

// What a figure counts must be there, however many other values somebody makes up.
bool TallyBuilder::IsFigure(const LabelSlot& label, const std::string& value) const {
  return std::any_of(figures_.begin(), figures_.end(), [&](const auto& figure) {
    return figure.first == label.metric && figure.second->label == label.name &&
           figure.second->label_value == value;
  });
}

TallyBuilder::FinishedLabel TallyBuilder::FinishLabel(const LabelSlot& label) {
  std::vector<ValueSlot*> slots;
  for (const auto& [text, slot] : label.values) {
    values_[slot].tally.value = text;
    slots.push_back(&values_[slot]);
  }
  std::sort(slots.begin(), slots.end(),
            [](const auto* a, const auto* b) { return RanksBefore(a->tally, b->tally); });
  FinishedLabel finished;
  auto& [tally, sizes] = finished;
  for (ValueSlot* const slot : slots) {
    const std::string& text = slot->tally.value;
    const bool fits = tally.values.size() < bounds_.values && !text.starts_with('\0');
    if (fits || IsFigure(label, text)) {
      slot->sizes.value = text;
      tally.values.push_back(std::move(slot->tally));
      sizes.values.push_back(std::move(slot->sizes));
    } else {
      Add(slot->tally, tally.rest);
      Add(slot->sizes, sizes.rest);
      sizes.rest_values = ++tally.rest_values;
    }
  }
  return finished;
}

storage::TallyRows TallyBuilder::Finish() {
  std::sort(known_metrics_.begin(), known_metrics_.end(), [&](uint32_t a, uint32_t b) {
    const int64_t of_a = metrics_[a].tally.sources;
    const int64_t of_b = metrics_[b].tally.sources;
    return of_a != of_b ? of_a > of_b : a < b;
  });
  storage::TallyRows rows;
  size_t bytes = 0;
  const auto add = [&](const storage::TallyKey& key, std::string row) {
    std::string suffix = storage::EncodeKey(key);
    bytes += suffix.size() + row.size();
    if (bytes <= bounds_.total_bytes) rows.emplace(std::move(suffix), std::move(row));
  };
  const bool has_sizes = SizeFigure(fleet_) != nullptr;
  if (has_sizes) add({storage::kSourceSizes, {}}, storage::EncodeTally(sizes_));
  for (const uint32_t metric : known_metrics_) {
    add({{metric}, {}}, storage::EncodeTally(metrics_[metric].tally));
    for (const auto& [name, slot] : metrics_[metric].labels) {
      const auto [tally, sizes] = FinishLabel(label_slots_[slot]);
      add({{metric}, name}, storage::EncodeTally(tally));
      if (!has_sizes || MetricRef{metric} != counted_metric_) continue;
      add({storage::kSourceSizes, name}, storage::EncodeTally(sizes));
    }
  }
  return rows;
}

}  // namespace rollcall::counts
