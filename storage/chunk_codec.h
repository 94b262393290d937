// The codec of chunks. A chunk is the reports of one source on one day, in the order they came, as
// entries one after another. An entry is appended without reading those before it. The first entry
// of a stream in a chunk is full; the others are differences from the stream's latest entry, or
// "same". Plain functions and values. Bytes: storage/FORMAT.md, "chunks".
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

// How many streams of a source a chunk tells apart; each has a slot, from 0.
inline constexpr unsigned kStreamSlots = 8;

// Appends the series of a report to `out`, grouped by metric. Requires `report` sorted by metric,
// then label set.
void EncodeSeries(std::span<const SeriesValue> report, std::string& out);
// Sets `out` to the series. DataLoss where the bytes are not exactly what EncodeSeries writes.
Status DecodeSeries(std::string_view bytes, std::vector<SeriesValue>& out);

// Append one entry to `out`. A full one stands for itself: `second_of_day` counts from the start of
// the day (UTC). The others' `seconds` count from the chunk's previous entry, whatever its stream,
// and are negative where the clock was set back.
void AppendFullEntry(unsigned slot, int64_t second_of_day, std::string_view encoded_series,
                     std::string& out);
void AppendSameEntry(unsigned slot, int64_t seconds, std::string& out);
void AppendDifferenceEntry(unsigned slot, int64_t seconds, std::span<const SeriesValue> before,
                           std::span<const SeriesValue> now, std::string& out);
// Appends the difference from `before` or, where that is shorter, `encoded_now` as a full entry.
void AppendShorterEntry(unsigned slot, int64_t second_of_day, int64_t seconds,
                        std::span<const SeriesValue> before, std::span<const SeriesValue> now,
                        std::string_view encoded_now, std::string& out);

// Reads a chunk's reports back, in order. One thread; the bytes must outlive it.
class ChunkReader {
 public:
  ChunkReader(Day day, std::string_view bytes)
      : reader_(bytes), start_(day.Start()), time_(start_) {}

  // Goes to the next report. Returns false at the end, and at the first damaged entry, which
  // status() reports as DataLoss.
  bool Next();
  const Status& status() const { return status_; }

  UnixSeconds time() const { return time_; }
  unsigned slot() const { return slot_; }
  // Whether the entry is "same": the report repeats its stream's previous one.
  bool repeats() const { return repeats_; }
  // Sorted by metric, then label set. Valid until Next.
  const std::vector<SeriesValue>& series() const { return streams_[slot_]; }

  // What a writer needs to know at the end to append to the chunk: which slots are in use, and the
  // latest series of each.
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
