// The free space on the disk of a directory, and the floor below which nothing new is written
// there. The space below the floor is for work already under way. The system is asked at most ten
// times a second; in between, what was written is subtracted. Owned by the store. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/status.h"

namespace rollcall::storage {

class FreeSpace {
 public:
  // A floor of 0 means none.
  FreeSpace(std::string directory, uint64_t floor_bytes);

  // Returns Ok if so many bytes can be written without going below the floor. Unavailable: they
  // cannot, and the message says how much is left; or the disk has too few inodes left.
  Status Check(uint64_t bytes) { return CheckAbove(floor_bytes_, bytes); }
  // The same with half the floor, for work that frees space in the end but takes some first.
  Status CheckHalf(uint64_t bytes) { return CheckAbove(floor_bytes_ / 2, bytes); }
  // Returns the free bytes; UINT64_MAX where the system does not say.
  uint64_t Left();
  // Notes that so many bytes were written. They count twice: for the log, and for the table file
  // that they go to later.
  void Wrote(uint64_t bytes);

 private:
  Status CheckAbove(uint64_t floor_bytes, uint64_t bytes);
  void AskAtTimes();

  const std::string directory_;
  const uint64_t floor_bytes_;
  std::atomic<int64_t> next_question_ns_{INT64_MIN};  // of the steady clock
  std::atomic<uint64_t> left_bytes_{UINT64_MAX};
  std::atomic<uint64_t> left_inodes_{UINT64_MAX};
};

}  // namespace rollcall::storage
