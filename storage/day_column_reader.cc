#include "storage/day_column_reader.h"

#include "storage/chunk_codec.h"

namespace rollcall::storage {
namespace {

constexpr uint32_t kSecondsOfDay = 86'400;
constexpr uint32_t kLastBlock = UINT32_MAX / kSourcesPerColumn;

Status Damaged(const char* what, uint32_t block, std::string_view bytes) {
  return Status::DataLoss(std::string("decode ") + what + " of block " + std::to_string(block) +
                          ": not a whole row in " + std::to_string(bytes.size()) + " bytes");
}

// Of a block that no source can be in, even an empty row is damaged.
Status StatusOf(const char* what, uint32_t block, std::string_view row) {
  return block > kLastBlock ? Damaged(what, block, row) : Status::Ok();
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

bool ColumnSources::Take(Reader& reader) {
  const uint64_t step = reader.Varint();
  if (!reader.ok() || step >= kSourcesPerColumn || (step == 0 && !is_first_)) return false;
  offset_ += static_cast<uint32_t>(step);
  is_first_ = false;
  return offset_ < kSourcesPerColumn;
}

StreamsReader::StreamsReader(std::string_view row, uint32_t block)
    : row_(row), reader_(row), sources_(block), status_(StatusOf("streams", block, row)) {}

bool StreamsReader::Next() {
  spans_.clear();
  ends_.clear();
  if (!status_.ok() || reader_.AtEnd()) return false;
  if (sources_.Take(reader_) && TakeStreams()) return true;
  status_ = Damaged("streams", sources_.block(), row_);
  return false;
}

bool StreamsReader::TakeStreams() {
  const uint64_t streams = reader_.Varint();
  if (!reader_.ok() || streams > kStreamSlots) return false;
  for (uint64_t s = 0; s < streams; ++s) {
    const uint64_t spans = reader_.Varint();
    if (!reader_.ok() || spans == 0 || spans > kMostSpansOfSource - spans_.size()) return false;
    for (uint64_t i = 0; i < spans; ++i) {
      ReportSpan span;
      if (!TakeSpan(reader_, i == 0 ? nullptr : &spans_.back(), span)) return false;
      spans_.push_back(span);
    }
    ends_.push_back(static_cast<uint32_t>(spans_.size()));
  }
  return true;
}

ColumnReader::ColumnReader(std::string_view row, uint32_t block)
    : row_(row), reader_(row), sources_(block), status_(StatusOf("column", block, row)) {}

bool ColumnReader::Next() {
  if (!items_.empty()) before_ = items_.back();
  items_.clear();
  if (!status_.ok() || reader_.AtEnd()) return false;
  if (sources_.Take(reader_) && TakeItems()) return true;
  status_ = Damaged("column", sources_.block(), row_);
  return false;
}

bool ColumnReader::TakeItems() {
  const uint64_t count = reader_.Varint();
  if (!reader_.ok() || count == 0 || count > kMostItemsOfSource) return false;
  for (uint64_t i = 0; i < count; ++i) {
    MetricColumn::Item item;
    item.source = sources_.source();
    const MetricColumn::Item* before = i > 0 ? &items_.back() : before_ ? &*before_ : nullptr;
    if (!TakeItem(reader_, before, item)) return false;
    items_.push_back(item);
  }
  return true;
}

}  // namespace rollcall::storage
