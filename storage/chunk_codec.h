// A chunk: the reports of one source on one day, in the order they came, as entries one after
// another. An entry is appended without reading what is there. The first entry of a stream in a
// chunk is full; the others are differences from the stream's latest entry, or "same". Bytes:
// storage/FORMAT.md, "chunks".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/report.h"
#include "storage/coding.h"

namespace rollcall::storage {

// A source's streams are told apart within a chunk by a slot number.
inline constexpr unsigned kStreamSlots = 8;

// The series of a report, grouped by metric: sorted by metric, then label set.
void EncodeSeries(std::span<const SeriesValue> report, std::string& out);
// Replaces `out`. DataLoss where the bytes are not what EncodeSeries writes, or more follow.
Status DecodeSeries(std::string_view bytes, std::vector<SeriesValue>& out);

// Append one entry. A full one stands for itself: `second_of_day` counts from the start of the day.
// The others' `seconds` count from the chunk's entry before (any stream) and may be negative, when
// the clock was set back.
void AppendFullEntry(unsigned slot, int64_t second_of_day, std::string_view encoded_series,
                     std::string& out);
void AppendSameEntry(unsigned slot, int64_t seconds, std::string& out);
void AppendDifferenceEntry(unsigned slot, int64_t seconds, std::span<const SeriesValue> before,
                           std::span<const SeriesValue> now, std::string& out);
// A difference from `before`, or `encoded_now` as a full entry where that is shorter.
void AppendShorterEntry(unsigned slot, int64_t second_of_day, int64_t seconds,
                        std::span<const SeriesValue> before, std::span<const SeriesValue> now,
                        std::string_view encoded_now, std::string& out);

// Reads a chunk's reports back in order.
class ChunkReader {
 public:
  ChunkReader(Day day, std::string_view bytes)
      : reader_(bytes), start_(day.Start()), time_(start_) {}

  // Goes to the next report; false at the end and at the first entry that is damaged (see
  // status()).
  bool Next();
  const Status& status() const { return status_; }

  UnixSeconds time() const { return time_; }
  unsigned slot() const { return slot_; }
  // The entry said that its stream's report is the one before once more.
  bool repeats() const { return repeats_; }
  // Sorted by metric, then label set. Valid until Next.
  const std::vector<SeriesValue>& series() const { return streams_[slot_]; }

  // What a writer needs to go on where the chunk ends: which slots are in use, and their latest
  // series.
  bool InUse(unsigned slot) const { return known_[slot]; }
  const std::vector<SeriesValue>& LatestOf(unsigned slot) const { return streams_[slot]; }

 private:
  bool Damaged(const char* what);

  Reader reader_;
  UnixSeconds start_;
  UnixSeconds time_;
  unsigned slot_ = 0;
  bool repeats_ = false;
  uint64_t entries_ = 0;
  std::array<std::vector<SeriesValue>, kStreamSlots> streams_;
  std::array<bool, kStreamSlots> known_{};
  std::vector<SeriesValue> scratch_;
  Status status_;
};

}  // namespace rollcall::storage
