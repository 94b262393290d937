// A scanner of chunks for those who want few of their series: it goes from entry to entry, and
// gives out the series of the metrics that are wanted without building the others. Reads the same
// bytes as ChunkReader, and calls the same ones damaged; but content that is skipped because it
// equals other content is not read again. One thread; the bytes must outlive it.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
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
      : at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        start_(day.Start().time_since_epoch().count()),
        time_(start_) {}

  // Goes to the head of the next entry. Returns false at the end, and where it is damaged, which
  // status() reports as DataLoss. Requires that the content of a full entry or a difference was
  // read or skipped.
  bool Next() {
    if (at_ == end_) return false;
    ++entries_;
    Reader reader = Rest();
    const uint64_t header = reader.Varint();
    const int64_t seconds = UnZigZag(reader.Varint());
    if (!reader.ok()) return Damaged("head cut short");
    at_ = end_ - reader.left();
    if (header >= kStreamSlots << kKindBits || seconds < -kMostSeconds || seconds > kMostSeconds) {
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

  // Goes on over entries that say "same" in three bytes, as most of a chunk's do, and calls
  // take(slot, seconds since the epoch) for each, as long as that returns true: an entry for which
  // it returns false is left for Next.
  template <typename Take>
  void NextSames(Take take) {
    const char* at = at_;
    int64_t time = time_;
    uint64_t entries = 0;
    while (end_ - at >= 4) {
      uint32_t bytes = 0;
      std::memcpy(&bytes, at, sizeof bytes);  // one more than it takes: that is one load
      // The kind, a header of one byte, and seconds of two.
      static_assert(std::endian::native == std::endian::little);
      if ((bytes & 0x80'80'E3) != (0x00'80'00 | static_cast<uint32_t>(Kind::kSame))) break;
      const unsigned slot = (bytes & 0xFF) >> kKindBits;
      if ((known_ >> slot & 1) == 0) break;
      const int64_t next = time + UnZigZag((bytes >> 8 & 0x7F) | (bytes >> 16 & 0x7F) << 7);
      if (!take(slot, next)) break;
      time = next;
      at += 3;
      ++entries;
    }
    at_ = at;
    time_ = time;
    entries_ += entries;
  }
  // Returns how many more entries there can be at most.
  size_t MostLeft() const { return static_cast<size_t>(end_ - at_) / 2; }

  const Status& status() const { return status_; }
  Kind kind() const { return kind_; }
  unsigned slot() const { return slot_; }
  int64_t time() const { return time_; }  // Unix seconds

  // Reads the content of a full entry: calls wants(MetricRef) for each metric and, where that is
  // true, on_series(LabelSetRef, double) for each of its series, in order. Sets `content` to its
  // bytes. Returns false as Next does.
  template <typename Wants, typename OnSeries>
  bool ReadFull(Wants wants, OnSeries on_series, std::string_view& content) {
    const char* const begin = at_;
    const bool whole = ReadGroups(
        wants, [](Reader& reader, bool&) { return uint64_t{reader.Varint32()}; },
        [&](LabelSetRef label_set, bool, double value) { on_series(label_set, value); });
    if (!whole) return Damaged("bad list of series");
    content = {begin, static_cast<size_t>(at_ - begin)};
    return true;
  }

  // Passes over the content of a full entry if it is `content`, which ReadFull gave for another.
  bool SkipFull(std::string_view content) {
    const auto left = static_cast<size_t>(end_ - at_);
    if (content.empty() || left < content.size() ||
        std::string_view(at_, content.size()) != content) {
      return false;
    }
    at_ += content.size();
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
    Reader reader = Rest();
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
    at_ = end_ - reader.left();
    return reader.ok();
  }

  Reader Rest() const { return Reader({at_, static_cast<size_t>(end_ - at_)}); }
  bool Damaged(const char* what);

  const char* at_;
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
