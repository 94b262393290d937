// Writes a whole chunk, as live reports would have written it: which slot a report goes to, and as
// what kind of entry. The reports are borrowed and outlive it. One thread.
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

// The streams of a chunk, told apart by what their reports hold.
class StreamSlots {
 public:
  struct Place {
    unsigned slot = 0;
    bool repeats = false;  // the slot's latest report once more
    // The slot's latest report; nullopt: the stream is new to it.
    std::optional<std::span<const SeriesValue>> before;
  };

  // Where the chunk's next report goes: to the slot of its stream, a free one, or the one unused
  // for longest.
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

  void Add(UnixSeconds time, std::span<const SeriesValue> series);
  std::string Take() { return std::move(chunk_); }

 private:
  const UnixSeconds start_;
  UnixSeconds time_;
  StreamSlots slots_;
  std::string encoded_;  // scratch
  std::string chunk_;
};

}  // namespace rollcall::storage
