// The writer of a whole chunk, exactly as live reports would have written it: it chooses each
// report's slot and kind of entry. The reports are borrowed and must outlive it. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/civil_time.h"
#include "model/report.h"
#include "storage/chunk_codec.h"

namespace rollcall::storage {

// The slots of a chunk's streams, which are told apart by the metric names of their reports.
class StreamSlots {
 public:
  struct Place {
    unsigned slot = 0;
    bool repeats = false;  // the report equals the slot's latest one
    // The slot's latest report; nullopt where the stream is new to the slot.
    std::optional<std::span<const SeriesValue>> before;
  };

  // Returns where the chunk's next report goes: to the slot of its stream, else to a free slot,
  // else to the one unused for longest.
  Place Take(std::span<const SeriesValue> series);

 private:
  struct Slot {
    bool in_use = false;
    uint64_t metrics_hash = 0;
    uint64_t last_used = 0;
    std::span<const SeriesValue> latest;
  };

  Slot& For(uint64_t metrics_hash);

  std::array<Slot, kStreamSlots> slots_;
  uint64_t uses_ = 0;
};

class ChunkWriter {
 public:
  explicit ChunkWriter(Day day) : start_(day.Start()), time_(start_) {}

  // Appends a report of the day. Requires `series` sorted by metric, then label set.
  void Add(UnixSeconds time, std::span<const SeriesValue> series);
  // Returns the chunk; the writer must not be used afterwards.
  std::string Take() { return std::move(chunk_); }

 private:
  const UnixSeconds start_;
  UnixSeconds time_;
  StreamSlots slots_;
  std::string encoded_;  // scratch
  std::string chunk_;
};

}  // namespace rollcall::storage
