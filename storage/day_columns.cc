#include "storage/day_columns.h"

#include "storage/chunk_codec.h"
#include "storage/coding.h"

namespace rollcall::storage {
namespace {

constexpr uint32_t kSecondsOfDay = 86'400;
constexpr uint32_t kLastBlock = UINT32_MAX / kSourcesPerColumn;

std::string Key(uint32_t metric, uint32_t block) {
  std::string out = FirstColumnKey();
  PutBigEndian32(metric, out);
  PutBigEndian32(block, out);
  return out;
}

Status Damaged(const char* what, uint32_t block, std::string_view bytes) {
  return Status::DataLoss(std::string("decode ") + what + " of block " + std::to_string(block) +
                          ": not a whole row in " + std::to_string(bytes.size()) + " bytes");
}

// Writes sources, ascending, as differences.
class SourceWriter {
 public:
  explicit SourceWriter(uint32_t block) : before_(block * kSourcesPerColumn) {}
  void Put(SourceRef source, std::string& out) {
    PutVarint(source.value - before_, out);
    before_ = source.value;
  }

 private:
  uint32_t before_;
};

// The reverse.
class SourceTaker {
 public:
  explicit SourceTaker(uint32_t block) : first_(block * kSourcesPerColumn) {}
  // Returns false where no source of the block follows the one before.
  bool Take(Reader& reader, SourceRef& source) {
    const uint64_t step = reader.Varint();
    if (!reader.ok() || step >= kSourcesPerColumn || (step == 0 && !is_first_)) return false;
    offset_ += static_cast<uint32_t>(step);
    is_first_ = false;
    source = {first_ + offset_};
    return offset_ < kSourcesPerColumn;
  }

 private:
  const uint32_t first_;
  uint32_t offset_ = 0;
  bool is_first_ = true;
};

void PutSpan(const ReportSpan& span, uint32_t end_before, std::string& out) {
  PutVarint(span.first - end_before, out);
  PutVarint(span.reports - 1, out);
  if (span.reports == 1) return;
  PutVarint(span.last - span.first, out);
  PutVarint(span.longest_gap, out);
}

// `before` is the span before in the stream; null for the first.
bool TakeSpan(Reader& reader, const ReportSpan* before, ReportSpan& span) {
  const uint64_t first = (before == nullptr ? 0 : before->last) + uint64_t{reader.Varint32()};
  if (!reader.ok() || first >= kSecondsOfDay || (before != nullptr && first == before->last)) {
    return false;
  }
  const uint32_t more = reader.Varint32();
  span.first = span.last = static_cast<uint32_t>(first);
  span.reports = more + 1;
  span.longest_gap = 0;
  if (more == 0) return reader.ok();
  const uint32_t length = reader.Varint32();
  span.longest_gap = reader.Varint32();
  // Each gap has a second, and none is longer than the longest.
  if (!reader.ok() || length >= kSecondsOfDay - span.first || length < more ||
      span.longest_gap > length - (more - 1) || uint64_t{span.longest_gap} * more < length) {
    return false;
  }
  span.last += length;
  return true;
}

bool TakeStreams(Reader& reader, uint64_t streams, StreamsColumn& column) {
  const size_t first_of_source = column.spans.size();
  for (uint64_t s = 0; s < streams; ++s) {
    const uint64_t spans = reader.Varint();
    const size_t first = column.spans.size();
    if (!reader.ok() || spans == 0 || spans > kMostSpansOfSource - (first - first_of_source)) {
      return false;
    }
    for (uint64_t i = 0; i < spans; ++i) {
      ReportSpan span;
      if (!TakeSpan(reader, i == 0 ? nullptr : &column.spans.back(), span)) return false;
      column.spans.push_back(span);
    }
    column.streams.push_back(static_cast<uint32_t>(column.spans.size()));
  }
  return true;
}

// Takes an item whose source is known. `before` is the one before in the row; null for the first.
bool TakeItem(Reader& reader, const MetricColumn::Item* before, MetricColumn::Item& item) {
  const bool is_same_source = before != nullptr && before->source == item.source;
  const int64_t step = UnZigZag(reader.Varint());
  const uint64_t first = reader.Varint();
  const uint64_t more = (first & 1) == 0 ? 0 : reader.Varint();
  item.value = reader.Value();
  if (!reader.ok() || step < -int64_t{UINT32_MAX} || step > int64_t{UINT32_MAX}) return false;
  const int64_t label_set = (before == nullptr ? 0 : int64_t{before->label_set.value}) + step;
  if (label_set < 1 || label_set > int64_t{UINT32_MAX}) return false;
  if (first >> 1 >= kMostSpansOfSource || more >= kMostSpansOfSource) return false;
  item.label_set = {static_cast<uint32_t>(label_set)};
  item.first_span = static_cast<uint32_t>(first >> 1);
  item.end_span = item.first_span + 1 + static_cast<uint32_t>((first & 1) == 0 ? 0 : more + 1);
  if (item.end_span > kMostSpansOfSource) return false;
  return !is_same_source || step > 0 || (step == 0 && item.first_span >= before->end_span);
}

}  // namespace

std::string FirstColumnKey() { return EncodeKey(TallyKey{kDayColumns, {}}); }
KeyRange ColumnsOf(const PeriodKey& day) {
  return {EncodeKey(day) + FirstColumnKey(), RangeOf(day).end};
}

std::string EncodeStreamsColumnKey(uint32_t block) { return Key(0, block); }
std::string EncodeColumnKey(MetricRef metric, uint32_t block) { return Key(metric.value, block); }

std::optional<ColumnKey> DecodeColumnKey(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.BigEndian32() != kDayColumns.value) return std::nullopt;
  const MetricRef metric{reader.BigEndian32()};
  const uint32_t block = reader.BigEndian32();
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return ColumnKey{metric, block};
}

std::string EncodeColumn(const StreamsColumn& column, uint32_t block) {
  std::string out;
  SourceWriter sources(block);
  size_t stream = 0;
  size_t span = 0;
  for (const StreamsColumn::Source& source : column.sources) {
    sources.Put(source.source, out);
    PutVarint(source.streams_end - stream, out);
    for (; stream < source.streams_end; ++stream) {
      const size_t end = column.streams[stream];
      PutVarint(end - span, out);
      uint32_t before = 0;
      for (; span < end; ++span) {
        PutSpan(column.spans[span], before, out);
        before = column.spans[span].last;
      }
    }
  }
  return out;
}

std::string EncodeColumn(const MetricColumn& column, uint32_t block) {
  std::string out;
  SourceWriter sources(block);
  uint32_t label_set = 0;
  for (size_t i = 0; i < column.items.size();) {
    const SourceRef source = column.items[i].source;
    size_t end = i;
    while (end < column.items.size() && column.items[end].source == source) ++end;
    sources.Put(source, out);
    PutVarint(end - i, out);
    for (; i < end; ++i) {
      const MetricColumn::Item& item = column.items[i];
      const uint32_t spans = item.end_span - item.first_span;
      PutVarint(ZigZag(int64_t{item.label_set.value} - int64_t{label_set}), out);
      PutVarint(uint64_t{item.first_span} << 1 | (spans > 1 ? 1 : 0), out);
      if (spans > 1) PutVarint(spans - 2, out);
      PutValue(item.value, out);
      label_set = item.label_set.value;
    }
  }
  return out;
}

Status DecodeColumn(std::string_view bytes, uint32_t block, StreamsColumn& column) {
  column.sources.clear();
  column.streams.clear();
  column.spans.clear();
  if (block > kLastBlock) return Damaged("streams", block, bytes);
  Reader reader(bytes);
  SourceTaker sources(block);
  while (!reader.AtEnd()) {
    StreamsColumn::Source source;
    if (!sources.Take(reader, source.source)) return Damaged("streams", block, bytes);
    const uint64_t streams = reader.Varint();
    if (!reader.ok() || streams > kStreamSlots || !TakeStreams(reader, streams, column)) {
      return Damaged("streams", block, bytes);
    }
    source.streams_end = static_cast<uint32_t>(column.streams.size());
    column.sources.push_back(source);
  }
  return reader.ok() ? Status::Ok() : Damaged("streams", block, bytes);
}

Status DecodeColumn(std::string_view bytes, uint32_t block, MetricColumn& column) {
  column.items.clear();
  if (block > kLastBlock) return Damaged("column", block, bytes);
  Reader reader(bytes);
  SourceTaker sources(block);
  while (!reader.AtEnd()) {
    MetricColumn::Item item;
    if (!sources.Take(reader, item.source)) return Damaged("column", block, bytes);
    const uint64_t items = reader.Varint();
    if (!reader.ok() || items == 0 || items > kMostItemsOfSource) {
      return Damaged("column", block, bytes);
    }
    for (uint64_t i = 0; i < items; ++i) {
      const MetricColumn::Item* before = column.items.empty() ? nullptr : &column.items.back();
      if (!TakeItem(reader, before, item)) return Damaged("column", block, bytes);
      column.items.push_back(item);
    }
  }
  return reader.ok() ? Status::Ok() : Damaged("column", block, bytes);
}

}  // namespace rollcall::storage
