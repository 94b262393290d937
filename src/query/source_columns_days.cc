// The days of a source of which only values matter.
#include <algorithm>

#include "query/source_columns.h"

namespace rollcall::query {
namespace {

// A span of so many reports has their times; one of more has those of instants.
constexpr uint32_t kMostTimesOfSpan = 2;

}  // namespace

void SourceColumns::BeginDays(int64_t to, std::span<const int64_t> instants) {
  to_ = to;
  Clear();
  instants_ = instants;
  instant_ = 0;
  is_layered_ = false;
}

Status SourceColumns::Add(const Chunk& chunk, bool is_irregular) {
  if (is_layered_) return Status::Ok();
  const Status read = is_irregular ? ReadLayered(chunk) : ReadChunk(chunk, is_layered_);
  ROLLCALL_RETURN_IF_ERROR(read.WithContext(chunk.day.ToString()));
  for (uint32_t a = 0; a < axis_count_ && !of_windows_; ++a) {
    Axis& axis = axes_[a];
    for (; axis.gaps_end < axis.times.size(); ++axis.gaps_end) {
      axis.gaps.AddReport(axis.times[axis.gaps_end]);
    }
  }
  return Charge();
}

Status SourceColumns::Add(const SpanDay& day) {
  if (is_layered_) return Status::Ok();
  BeginChunk();
  const int64_t start = day.day.Start().time_since_epoch().count() * 1000;
  while (instant_ < instants_.size() && instants_[instant_] < start) ++instant_;
  ItemsBySpan(day);
  span_order_.clear();
  uint32_t number = 0;
  for (unsigned slot = 0; slot < day.stream_ends.size(); ++slot) {
    slots_[slot].items.clear();
    for (; number < day.stream_ends[slot]; ++number) span_order_.emplace_back(number, slot);
  }
  if (day.stream_ends.size() > 1) {
    std::sort(span_order_.begin(), span_order_.end(), [&](const auto& a, const auto& b) {
      const uint32_t first_a = day.spans[a.first].first;
      const uint32_t first_b = day.spans[b.first].first;
      return first_a != first_b ? first_a < first_b : a.first < b.first;
    });
  }
  for (const auto& [of, slot] : span_order_) {
    std::swap(slots_[slot].items, span_items_[of]);
    slots_[slot].is_full = false;
    slots_[slot].is_news = true;
    AppendSpan(slot, day.spans[of], start);
  }
  return Charge();
}

void SourceColumns::ItemsBySpan(const SpanDay& day) {
  if (span_items_.size() < day.spans.size()) span_items_.resize(day.spans.size());
  for (size_t i = 0; i < day.spans.size(); ++i) span_items_[i].clear();
  for (const storage::MetricColumn::Item& item : day.items) {
    const uint32_t series = SeriesOf(item.label_set);
    if (series == kNone) continue;
    const size_t end = std::min(size_t{item.end_span}, day.spans.size());
    for (size_t i = item.first_span; i < end; ++i) span_items_[i].push_back({series, item.value});
  }
  for (size_t i = 0; i < day.spans.size(); ++i) {
    std::sort(span_items_[i].begin(), span_items_[i].end(),
              [](const Item& a, const Item& b) { return a.series < b.series; });
  }
}

void SourceColumns::AppendSpan(unsigned slot_number, const storage::ReportSpan& span,
                               int64_t day_start) {
  const Slot& slot = slots_[slot_number];
  if (IsSilent(slot)) return;
  const int64_t first = day_start + int64_t{span.first} * 1000;
  const int64_t last = day_start + int64_t{span.last} * 1000;
  if (first > to_) return;
  if (span.reports <= kMostTimesOfSpan) {
    Append(slot_number, first);
  } else {
    const auto of_day = instants_.subspan(instant_);
    const auto begin = std::lower_bound(of_day.begin(), of_day.end(), first);
    AppendAll(slot_number, {begin, std::lower_bound(begin, of_day.end(), last)});
  }
  if (last != first) Append(slot_number, last);
  if (!slot.is_steady) return;
  Axis& axis = axes_[slot.axis];
  if (of_windows_) return axis.gaps.AddLongest(int64_t{span.longest_gap} * 1000, span.reports);
  axis.gaps.AddSpan(first, last, int64_t{span.longest_gap} * 1000, span.reports);
  axis.gaps_end = axis.times.size();
}

Result<bool> SourceColumns::EndDays() {
  const bool is_plain =
      !is_layered_ && std::all_of(used_.begin(), used_.end(), [&](uint32_t series) {
        return series_[series].elsewhere.empty();
      });
  if (!is_plain) return false;
  if (const Status status = Finish(); !status.ok()) return status;
  return true;
}

}  // namespace rollcall::query
