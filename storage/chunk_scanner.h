// A scanner of chunks for those who want few of their series: it goes from entry to entry, and
// gives out the series of the metrics that are wanted without building the others. Reads the same
// bytes as ChunkReader, and calls the same ones damaged; but content that is skipped because it
// equals other content is not read again. One thread; the bytes must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/chunk_codec.h"
#include "storage/coding.h"

namespace rollcall::storage {

class ChunkScanner {
 public:
  enum class Kind : uint64_t { kFull = 0, kDifference = 1, kSame = 2 };

  ChunkScanner(Day day, std::string_view bytes)
      : reader_(bytes),
        end_(bytes.data() + bytes.size()),
        start_(day.Start().time_since_epoch().count()),
        time_(start_) {}

  // Goes to the head of the next entry. Returns false at the end, and where it is damaged, which
  // status() reports as DataLoss. Requires that the content of a full entry or a difference was
  // read or skipped.
  bool Next() {
    if (reader_.AtEnd()) return false;
    ++entries_;
    const uint64_t header = reader_.Varint();
    const int64_t seconds = UnZigZag(reader_.Varint());
    if (!reader_.ok() || header >= kStreamSlots << kKindBits || seconds < -kMostSeconds ||
        seconds > kMostSeconds) {
      return Damaged("bad head");
    }
    slot_ = static_cast<unsigned>(header >> kKindBits);
    kind_ = static_cast<Kind>(header & kKindMask);
    time_ = (kind_ == Kind::kFull ? start_ : time_) + seconds;
    const uint32_t bit = 1U << slot_;
    if (kind_ == Kind::kFull) {
      known_ |= bit;
    } else if ((known_ & bit) == 0 || kind_ > Kind::kSame) {
      return Damaged("no such kind of entry here");
    }
    return true;
  }

  const Status& status() const { return status_; }
  Kind kind() const { return kind_; }
  unsigned slot() const { return slot_; }
  int64_t time() const { return time_; }  // Unix seconds

  // Reads the content of a full entry: calls wants(MetricRef) for each metric and, where that is
  // true, on_series(LabelSetRef, double) for each of its series, in order. Sets `content` to its
  // bytes. Returns false as Next does.
  template <typename Wants, typename OnSeries>
  bool ReadFull(Wants wants, OnSeries on_series, std::string_view& content) {
    const char* const begin = end_ - reader_.left();
    const bool whole = ReadGroups(
        wants, [](Reader& reader, bool&) { return uint64_t{reader.Varint32()}; },
        [&](LabelSetRef label_set, bool, double value) { on_series(label_set, value); });
    if (!whole) return Damaged("bad list of series");
    content = {begin, static_cast<size_t>(end_ - reader_.left() - begin)};
    return true;
  }

  // Passes over the content of a full entry if it is `content`, which ReadFull gave for another.
  bool SkipFull(std::string_view content) {
    if (content.empty() || reader_.left() < content.size() ||
        std::string_view(end_ - reader_.left(), content.size()) != content) {
      return false;
    }
    reader_.Bytes(content.size());
    return true;
  }

  // Reads the content of a difference: calls wants(MetricRef) for each metric and, where that is
  // true, on_edit(LabelSetRef, bool gone, double value) for each of its edits. Returns false as
  // Next does.
  template <typename Wants, typename OnEdit>
  bool ReadDifference(Wants wants, OnEdit on_edit) {
    return ReadGroups(
               wants,
               [](Reader& reader, bool& gone) {
                 const uint64_t head = reader.Varint();
                 gone = (head & 1) != 0;
                 return head >> 1;
               },
               on_edit) ||
           Damaged("bad list of differences");
  }

 private:
  static constexpr unsigned kKindBits = 2;
  static constexpr uint64_t kKindMask = (1U << kKindBits) - 1;
  static constexpr int64_t kMostSeconds = int64_t{86'400} * 366;

  template <typename Wants, typename TakeHead, typename OnItem>
  bool ReadGroups(Wants wants, TakeHead take_head, OnItem on_item) {
    Reader reader = reader_;  // a copy stays in registers
    const uint64_t groups = reader.Varint();
    uint64_t metric = 0;
    for (uint64_t g = 0; g < groups; ++g) {
      const uint64_t step = reader.Varint32();
      const uint64_t items = reader.Varint();
      metric += step;
      if (!reader.ok() || step == 0 || metric > UINT32_MAX || items == 0) return false;
      const bool wanted = wants(MetricRef{static_cast<uint32_t>(metric)});
      uint64_t label_set = 0;
      for (uint64_t i = 0; i < items; ++i) {
        bool gone = false;
        const uint64_t difference = take_head(reader, gone);
        label_set += difference;
        const double value = gone ? 0 : reader.Value();
        if (!reader.ok() || difference == 0 || label_set > UINT32_MAX) return false;
        if (wanted) on_item(LabelSetRef{static_cast<uint32_t>(label_set)}, gone, value);
      }
    }
    reader_ = reader;
    return reader.ok();
  }

  bool Damaged(const char* what);

  Reader reader_;
  const char* const end_;
  const int64_t start_;
  int64_t time_;
  unsigned slot_ = 0;
  Kind kind_ = Kind::kFull;
  uint32_t known_ = 0;  // a bit for each slot in use
  uint64_t entries_ = 0;
  Status status_;
};

}  // namespace rollcall::storage
