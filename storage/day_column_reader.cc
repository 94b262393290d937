#include "storage/day_column_reader.h"

#include "storage/chunk_codec.h"

namespace rollcall::storage {
namespace {

constexpr uint64_t kSecondsOfDay = 86'400;

// Reads how far a source is from the one before it in a block. Returns false where it is not.
bool ReadSource(Reader& reader, uint64_t first_of_block, bool& is_first, SourceRef& source) {
  const uint64_t difference = reader.Varint();
  if (!reader.ok() || (!is_first && difference == 0) || difference >= kSourcesPerColumn)
    return false;
  const uint64_t ref = (is_first ? first_of_block : source.value) + difference;
  if (ref >= first_of_block + kSourcesPerColumn || ref > UINT32_MAX) return false;
  is_first = false;
  source.value = static_cast<uint32_t>(ref);
  return true;
}

}  // namespace

bool StreamsReader::Next() {
  spans_.clear();
  ends_.clear();
  if (reader_.AtEnd()) return false;
  if (!ReadSource(reader_, first_, is_first_, source_)) return Damaged();
  const uint64_t streams = reader_.Varint();
  if (!reader_.ok() || streams > kStreamSlots) return Damaged();
  for (uint64_t s = 0; s < streams; ++s) {
    const uint64_t spans = reader_.Varint();
    if (!reader_.ok() || spans == 0 || spans > kMostSpansOfSource - spans_.size()) return Damaged();
    uint64_t before = 0;
    for (uint64_t i = 0; i < spans; ++i) {
      const uint64_t difference = reader_.Varint();
      const uint64_t more_reports = reader_.Varint();
      uint64_t length = 0;
      uint64_t gap = 0;
      if (more_reports != 0) {
        length = reader_.Varint();
        gap = reader_.Varint();
      }
      if (!reader_.ok() || difference >= kSecondsOfDay || (i > 0 && difference == 0) ||
          length >= kSecondsOfDay || before + difference + length >= kSecondsOfDay ||
          more_reports > length || gap > length || (length > 0 && gap == 0)) {
        return Damaged();
      }
      const uint64_t first = before + difference;
      before = first + length;
      spans_.push_back({static_cast<uint32_t>(first), static_cast<uint32_t>(before),
                        static_cast<uint32_t>(gap), static_cast<uint32_t>(more_reports + 1)});
    }
    ends_.push_back(static_cast<uint32_t>(spans_.size()));
  }
  return true;
}

bool StreamsReader::Damaged() {
  spans_.clear();
  ends_.clear();
  status_ = Status::DataLoss("a day's streams are damaged");
  return false;
}

bool ColumnReader::Next() {
  items_.clear();
  if (reader_.AtEnd()) return false;
  if (!ReadSource(reader_, first_, is_first_, source_)) return Damaged();
  const uint64_t count = reader_.Varint();
  if (!reader_.ok() || count == 0 || count > reader_.left()) return Damaged();
  for (uint64_t i = 0; i < count; ++i) {
    const int64_t difference = UnZigZag(reader_.Varint());
    const uint64_t head = reader_.Varint();
    const uint64_t more = (head & 1) == 0 ? 0 : reader_.Varint() + 1;
    const double value = reader_.Value();
    const uint64_t span = head >> 1;
    if (!reader_.ok() || difference > int64_t{UINT32_MAX} || difference < -int64_t{UINT32_MAX} ||
        span >= kMostSpansOfSource || more >= kMostSpansOfSource - span) {
      return Damaged();
    }
    label_set_ += difference;
    if (label_set_ < 0 || label_set_ > int64_t{UINT32_MAX}) return Damaged();
    const MetricColumn::Item item{source_, LabelSetRef{static_cast<uint32_t>(label_set_)},
                                  static_cast<uint32_t>(span),
                                  static_cast<uint32_t>(span + more + 1), value};
    if (i > 0) {
      const MetricColumn::Item& before = items_.back();
      if (item.label_set.value < before.label_set.value ||
          (item.label_set == before.label_set && item.first_span < before.end_span)) {
        return Damaged();
      }
    }
    items_.push_back(item);
  }
  return true;
}

bool ColumnReader::Damaged() {
  items_.clear();
  status_ = Status::DataLoss("a day's column of a metric is damaged");
  return false;
}

}  // namespace rollcall::storage
