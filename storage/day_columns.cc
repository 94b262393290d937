#include "storage/day_columns.h"

#include "storage/coding.h"
#include "storage/day_column_reader.h"

namespace rollcall::storage {
namespace {

std::string Key(uint32_t metric, uint32_t block) {
  std::string out = FirstColumnKey();
  PutBigEndian32(metric, out);
  PutBigEndian32(block, out);
  return out;
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

void PutSpan(const ReportSpan& span, uint32_t end_before, std::string& out) {
  PutVarint(span.first - end_before, out);
  PutVarint(span.reports - 1, out);
  if (span.reports == 1) return;
  PutVarint(span.last - span.first, out);
  PutVarint(span.longest_gap, out);
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
  StreamsReader reader(bytes, block);
  while (reader.Next()) {
    const auto first_span = static_cast<uint32_t>(column.spans.size());
    column.spans.insert(column.spans.end(), reader.spans().begin(), reader.spans().end());
    for (const uint32_t end : reader.stream_ends()) column.streams.push_back(first_span + end);
    column.sources.push_back({reader.source(), static_cast<uint32_t>(column.streams.size())});
  }
  return reader.status();
}

Status DecodeColumn(std::string_view bytes, uint32_t block, MetricColumn& column) {
  column.items.clear();
  ColumnReader reader(bytes, block);
  while (reader.Next()) {
    column.items.insert(column.items.end(), reader.items().begin(), reader.items().end());
  }
  return reader.status();
}

}  // namespace rollcall::storage
