#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <tuple>
#include <utility>

#include "storage/chunk_codec.h"
#include "storage/day_columns.h"

namespace rollcall::storage {
namespace {

// A span ends at a gap longer than both: so that a stream that was away for a while is not taken
// for one that reports seldom, and a little unrest makes no spans.
constexpr uint32_t kLeastBreak = 60;  // seconds, exclusive
constexpr bool IsBreak(uint64_t gap, uint64_t median) {
  return gap > kLeastBreak && 2 * gap > 3 * median;
}

bool SameValue(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

bool SamePlace(const SeriesValue& a, const SeriesValue& b) {
  return a.metric == b.metric && a.label_set == b.label_set;
}

auto Place(const SeriesValue& s) { return std::tuple(s.metric, s.label_set); }

}  // namespace

// Reused from chunk to chunk.
class DayColumnsBuilder::ToldChunk {
 public:
  struct Item {
    MetricRef metric;
    MetricColumn::Item item;  // without its source
  };

  // Takes the place of what was read before. Returns false where the source is irregular; nothing
  // may be asked then.
  bool Read(Day day, std::string_view chunk) {
    Clear();
    ChunkReader reader(day, chunk);
    while (reader.Next()) {
      const int64_t second = (reader.time() - day.Start()).count();
      if (second < second_ || second < 0 || second >= kSecondsOfDay) return false;
      Stream& stream = streams_[reader.slot()];
      if (!reader.repeats() && IsNews(stream, reader.series())) {
        if (++versions_ > kMostSpansOfSource) return false;
        Change(stream, reader.slot(), reader.series());
      }
      if (!TakeSecond(reader.slot(), second)) return false;
      stream.times.push_back(static_cast<uint32_t>(second));
    }
    return reader.status().ok() && versions_ > 0 && Tell();
  }

  const std::vector<ReportSpan>& spans() const { return spans_; }
  // Where each stream's spans end.
  const std::vector<uint32_t>& stream_ends() const { return stream_ends_; }
  // By metric, label set and first span.
  const std::vector<Item>& items() const { return items_; }

 private:
  static constexpr int64_t kSecondsOfDay = 86'400;

  // What a stream said from one report to another, both numbered by what it said: version 0, 1, …
  struct Said {
    MetricRef metric;
    LabelSetRef label_set;
    uint32_t first_version;
    uint32_t end_version;  // exclusive
    double value;
  };
  struct Stream {
    std::vector<uint32_t> times;           // of all reports
    std::vector<uint32_t> version_begins;  // the number of each version's first report
    std::vector<SeriesValue> content;      // of the latest version
    std::vector<uint32_t> since;           // by series: the version that it has its value since
    std::vector<Said> said;                // what is over
    uint32_t metrics_known = 0;            // by other slot, a bit: the next is known
    uint32_t shares_metric = 0;            // the same: the latest reports share a metric
  };

  void Clear() {
    second_ = 0;
    slots_of_second_ = 0;
    versions_ = 0;
    for (Stream& stream : streams_) {
      stream.times.clear();
      stream.version_begins.clear();
      stream.content.clear();
      stream.since.clear();
      stream.said.clear();
      stream.metrics_known = 0;
    }
    spans_.clear();
    stream_ends_.clear();
    items_.clear();
  }

  static bool IsNews(const Stream& stream, const std::vector<SeriesValue>& series) {
    return stream.times.empty() ||
           !std::equal(series.begin(), series.end(), stream.content.begin(), stream.content.end(),
                       [](const SeriesValue& a, const SeriesValue& b) {
                         return SamePlace(a, b) && SameValue(a.value, b.value);
                       });
  }

  void Change(Stream& stream, unsigned slot, const std::vector<SeriesValue>& series) {
    const auto version = static_cast<uint32_t>(stream.version_begins.size());
    stream.version_begins.push_back(static_cast<uint32_t>(stream.times.size()));
    next_since_.clear();
    size_t i = 0;
    const std::vector<SeriesValue>& before = stream.content;
    for (const SeriesValue& now : series) {
      while (i < before.size() && Place(before[i]) < Place(now)) End(stream, i++, version);
      const bool is_known = i < before.size() && SamePlace(before[i], now);
      if (is_known && SameValue(before[i].value, now.value)) {
        next_since_.push_back(stream.since[i++]);
        continue;
      }
      if (is_known) End(stream, i++, version);
      next_since_.push_back(version);
    }
    while (i < before.size()) End(stream, i++, version);
    stream.content = series;
    std::swap(stream.since, next_since_);
    stream.metrics_known = 0;
    for (Stream& other : streams_) other.metrics_known &= ~(1U << slot);
  }

  // Series number `i` is no longer what it was.
  static void End(Stream& stream, size_t i, uint32_t version) {
    const SeriesValue& s = stream.content[i];
    stream.said.push_back({s.metric, s.label_set, stream.since[i], version, s.value});
  }

  // Returns false where another report of the second shares a metric or the stream.
  bool TakeSecond(unsigned slot, int64_t second) {
    if (second != second_) slots_of_second_ = 0;
    second_ = second;
    if ((slots_of_second_ >> slot & 1) != 0) return false;
    for (unsigned other = 0; slots_of_second_ >> other != 0; ++other) {
      if ((slots_of_second_ >> other & 1) != 0 && Shares(slot, other)) return false;
    }
    slots_of_second_ |= 1U << slot;
    return true;
  }

  // Remembered, for streams may report in the same second all day long.
  bool Shares(unsigned slot, unsigned other) {
    Stream& stream = streams_[slot];
    const uint32_t bit = 1U << other;
    if ((stream.metrics_known & bit) == 0) {
      stream.metrics_known |= bit;
      const bool shares = ShareMetric(stream.content, streams_[other].content);
      stream.shares_metric = (stream.shares_metric & ~bit) | (shares ? bit : 0);
    }
    return (stream.shares_metric & bit) != 0;
  }

  bool Tell() {
    for (Stream& stream : streams_) {
      if (stream.times.empty()) continue;
      if (!TellSpans(stream)) return false;
      const auto end = static_cast<uint32_t>(stream.version_begins.size());
      for (size_t i = 0; i < stream.content.size(); ++i) End(stream, i, end);
      if (items_.size() + stream.said.size() > kMostItemsOfSource) return false;
      for (const Said& said : stream.said) {
        items_.push_back({said.metric,
                          {{},
                           said.label_set,
                           version_spans_[said.first_version],
                           version_spans_[said.end_version],
                           said.value}});
      }
      stream_ends_.push_back(static_cast<uint32_t>(spans_.size()));
    }
    std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) {
      return std::tuple(a.metric, a.item.label_set, a.item.first_span) <
             std::tuple(b.metric, b.item.label_set, b.item.first_span);
    });
    return stream_ends_.size() == 1 || NoneInTurn();
  }

  // Appends the stream's spans, and sets with which of them each version begins. Returns false
  // where they are too many.
  bool TellSpans(const Stream& stream) {
    const uint32_t median = MedianGap(stream.times);
    version_spans_.clear();
    for (size_t i = 0; i < stream.times.size(); ++i) {
      const uint32_t time = stream.times[i];
      const uint32_t gap = i == 0 ? 0 : time - stream.times[i - 1];
      const bool is_news = version_spans_.size() < stream.version_begins.size() &&
                           stream.version_begins[version_spans_.size()] == i;
      if (is_news || IsBreak(gap, median)) {
        if (spans_.size() == kMostSpansOfSource) return false;
        if (is_news) version_spans_.push_back(static_cast<uint32_t>(spans_.size()));
        spans_.push_back({time, time, 0, 1});
        continue;
      }
      ReportSpan& span = spans_.back();
      span.last = time;
      span.longest_gap = std::max(span.longest_gap, gap);
      ++span.reports;
    }
    version_spans_.push_back(static_cast<uint32_t>(spans_.size()));
    return true;
  }

  // The lower of the two in the middle; 0 where there is no gap.
  uint32_t MedianGap(const std::vector<uint32_t>& times) {
    if (times.size() < 2) return 0;
    gaps_.clear();
    for (size_t i = 1; i < times.size(); ++i) gaps_.push_back(times[i] - times[i - 1]);
    const auto middle = gaps_.begin() + static_cast<ptrdiff_t>((gaps_.size() - 1) / 2);
    std::nth_element(gaps_.begin(), middle, gaps_.end());
    return *middle;
  }

  // Whether no label set is had by several streams in turn.
  bool NoneInTurn() {
    for (size_t begin = 0, end = 0; begin < items_.size(); begin = end) {
      while (end < items_.size() && items_[end].metric == items_[begin].metric &&
             items_[end].item.label_set == items_[begin].item.label_set) {
        ++end;
      }
      if (end - begin > 1 && !AreApart({&items_[begin], end - begin})) return false;
    }
    return true;
  }

  // `had` is of one label set. Those of one stream are apart: only others can lie between.
  bool AreApart(std::span<const Item> had) {
    stretches_.clear();
    for (size_t i = 0; i < had.size(); ++i) {
      const MetricColumn::Item& item = had[i].item;
      const uint32_t last = spans_[item.end_span - 1].last;
      const bool goes_on =
          i > 0 && had[i - 1].item.end_span == item.first_span &&
          !std::binary_search(stream_ends_.begin(), stream_ends_.end(), item.first_span);
      if (goes_on) {
        stretches_.back().second = last;
      } else {
        stretches_.emplace_back(spans_[item.first_span].first, last);
      }
    }
    std::sort(stretches_.begin(), stretches_.end());
    for (size_t i = 1; i < stretches_.size(); ++i) {
      if (stretches_[i].first <= stretches_[i - 1].second) return false;
    }
    return true;
  }

  int64_t second_ = 0;  // of the latest report
  uint32_t slots_of_second_ = 0;
  uint32_t versions_ = 0;  // of all streams; each has a span at least
  std::array<Stream, kStreamSlots> streams_;
  std::vector<ReportSpan> spans_;
  std::vector<uint32_t> stream_ends_;
  std::vector<Item> items_;
  // Scratch.
  std::vector<uint32_t> next_since_;
  std::vector<uint32_t> version_spans_;
  std::vector<uint32_t> gaps_;
  std::vector<std::pair<uint32_t, uint32_t>> stretches_;
};

DayColumnsBuilder::DayColumnsBuilder(Day day, TallyRows& rows, size_t most_bytes)
    : day_(day), rows_(rows), most_bytes_(most_bytes), told_(std::make_unique<ToldChunk>()) {}

DayColumnsBuilder::~DayColumnsBuilder() = default;

void DayColumnsBuilder::Add(SourceRef source, std::string_view chunk) {
  if (ColumnBlockOf(source) != block_) Finish();
  block_ = ColumnBlockOf(source);
  if (bytes_ < most_bytes_ && told_->Read(day_, chunk)) {
    const auto first_span = static_cast<uint32_t>(streams_.spans.size());
    streams_.spans.insert(streams_.spans.end(), told_->spans().begin(), told_->spans().end());
    for (const uint32_t end : told_->stream_ends()) streams_.streams.push_back(first_span + end);
    MetricRef metric;
    MetricColumn* column = nullptr;
    for (const ToldChunk::Item& told : told_->items()) {
      if (column == nullptr || told.metric != metric) column = &metrics_[told.metric];
      metric = told.metric;
      column->items.push_back(told.item);
      column->items.back().source = source;
    }
  }
  streams_.sources.push_back({source, static_cast<uint32_t>(streams_.streams.size())});
}

void DayColumnsBuilder::Finish() {
  const auto add = [&](std::string key, std::string row) {
    bytes_ += key.size() + row.size();
    rows_.emplace(std::move(key), std::move(row));
  };
  if (streams_.sources.empty()) return;
  add(EncodeStreamsColumnKey(block_), EncodeColumn(streams_, block_));
  for (const auto& [metric, column] : metrics_) {
    add(EncodeColumnKey(metric, block_), EncodeColumn(column, block_));
  }
  streams_.sources.clear();
  streams_.streams.clear();
  streams_.spans.clear();
  metrics_.clear();
}

}  // namespace rollcall::storage
