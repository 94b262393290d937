#include "storage/peaks_change.h"

#include <algorithm>
#include <tuple>

#include "storage/coding.h"

namespace rollcall::storage {
namespace {

constexpr uint64_t kCurrent = 1;
constexpr uint64_t kHasPeak = 2;
constexpr unsigned kFlagBits = 2;

// Appends what changed of a metric's series, and returns of how many.
size_t AppendSeriesChanges(std::span<const SeriesPeak> from, std::span<const SeriesPeak> to,
                           std::string& out) {
  size_t changed = 0;
  uint32_t before = 0;
  auto old = from.begin();
  for (const SeriesPeak& now : to) {
    const bool is_new = old == from.end() || old->label_set != now.label_set;
    const bool has_peak = is_new || old->peak != now.peak;
    const bool same = !has_peak && old->current == now.current;
    if (!is_new) ++old;
    if (same) continue;
    PutVarint(uint64_t{now.label_set.value - before} << kFlagBits | (now.current ? kCurrent : 0) |
                  (has_peak ? kHasPeak : 0),
              out);
    if (has_peak) PutValue(now.peak, out);
    before = now.label_set.value;
    ++changed;
  }
  return changed;
}

}  // namespace

std::string EncodePeaksChange(const PeaksRow& from, const PeaksRow& to) {
  std::string metrics;
  std::string series;
  size_t changed_metrics = 0;
  uint32_t before = 0;
  size_t old = 0;
  for (size_t i = 0; i < to.metrics.size(); ++i) {
    const MetricPeaks& now = to.metrics[i];
    const bool is_new = old == from.metrics.size() || from.metrics[old].metric != now.metric;
    series.clear();
    const size_t changed = AppendSeriesChanges(
        is_new ? std::span<const SeriesPeak>() : from.SeriesOf(old), to.SeriesOf(i), series);
    const bool same_sum = !is_new && from.metrics[old].report_sum_peak == now.report_sum_peak;
    if (!is_new) ++old;
    if (changed == 0 && same_sum) continue;
    PutVarint(now.metric.value - before, metrics);
    before = now.metric.value;
    PutVarint(changed, metrics);
    PutValue(now.report_sum_peak, metrics);
    metrics += series;
    ++changed_metrics;
  }
  std::string out;
  PutVarint(to.active_days & ~from.active_days, out);
  PutVarint(changed_metrics, out);
  return out + metrics;
}

Status PeaksChanges::Add(std::string_view bytes) {
  Reader reader(bytes);
  const size_t words_before = words_.size();
  const uint32_t active_days = reader.Varint32();
  const uint64_t metrics = reader.Varint();
  uint64_t metric = 0;
  bool good = true;
  for (uint64_t m = 0; m < metrics && good; ++m) {
    const uint64_t step = reader.Varint32();
    const uint64_t count = reader.Varint();
    metric += step;
    words_.push_back({{static_cast<uint32_t>(metric)}, {}, false, true, reader.Value()});
    good = reader.ok() && step != 0 && metric <= UINT32_MAX;
    uint64_t label_set = 0;
    for (uint64_t i = 0; i < count && good; ++i) {
      const uint64_t head = reader.Varint();
      const bool has_peak = (head & kHasPeak) != 0;
      label_set += head >> kFlagBits;
      words_.push_back({{static_cast<uint32_t>(metric)},
                        {static_cast<uint32_t>(label_set)},
                        (head & kCurrent) != 0,
                        has_peak,
                        has_peak ? reader.Value() : 0});
      good = reader.ok() && head >> kFlagBits != 0 && label_set <= UINT32_MAX;
    }
  }
  if (!good || !reader.ok() || !reader.AtEnd()) {
    words_.resize(words_before);
    return Status::DataLoss("decode a change of peaks: not a whole one in " +
                            std::to_string(bytes.size()) + " bytes");
  }
  active_days_ |= active_days;
  return Status::Ok();
}

void PeaksChanges::Settle() {
  const auto place = [](const Word& word) {
    return uint64_t{word.metric.value} << 32 | word.label_set.value;
  };
  std::stable_sort(words_.begin(), words_.end(),
                   [&](const Word& a, const Word& b) { return place(a) < place(b); });
  size_t size = 0;
  for (const Word& word : words_) {
    if (size == 0 || place(words_[size - 1]) != place(word)) {
      words_[size++] = word;
      continue;
    }
    Word& earlier = words_[size - 1];
    earlier.current = word.current;
    if (word.has_peak) {
      earlier.has_peak = true;
      earlier.peak = word.peak;
    }
  }
  words_.resize(size);
}

PeaksRow PeaksChanges::ApplyTo(const PeaksRow& row) {
  Settle();
  PeaksRow out;
  out.active_days = row.active_days | active_days_;
  out.metrics.reserve(row.metrics.size() + 1);
  out.series.reserve(row.series.size() + words_.size());
  auto word = words_.begin();
  size_t old = 0;
  while (old < row.metrics.size() || word != words_.end()) {
    const bool has_old = old < row.metrics.size() &&
                         (word == words_.end() || row.metrics[old].metric <= word->metric);
    MetricPeaks metric = has_old ? row.metrics[old] : MetricPeaks{word->metric, 0, 0};
    const std::span<const SeriesPeak> of_old =
        has_old ? row.SeriesOf(old++) : std::span<const SeriesPeak>();
    if (word != words_.end() && word->metric == metric.metric) {
      // The metric's own word is the first.
      metric.report_sum_peak = word++->peak;
    }
    const size_t begin = out.series.size();
    auto series = of_old.begin();
    for (; word != words_.end() && word->metric == metric.metric; ++word) {
      while (series != of_old.end() && series->label_set < word->label_set) {
        out.series.push_back(*series++);
      }
      const bool known = series != of_old.end() && series->label_set == word->label_set;
      if (!known && !word->has_peak) continue;
      out.series.push_back(
          {word->label_set, word->current, word->has_peak ? word->peak : series->peak});
      if (known) ++series;
    }
    out.series.insert(out.series.end(), series, of_old.end());
    metric.end = out.series.size();
    if (metric.end > begin) out.metrics.push_back(metric);
  }
  return out;
}

}  // namespace rollcall::storage
