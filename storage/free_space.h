// The room that the disk of a directory has left, and the floor below which nothing more is written
// to it. What is under the floor is for what has begun already. The system is asked ten times a
// second at most; between, what was written since is subtracted. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/status.h"

namespace rollcall::storage {

class FreeSpace {
 public:
  // A floor of 0: there is none.
  FreeSpace(std::string directory, uint64_t floor_bytes);

  // Whether so many bytes can be written and leave the floor as it is. Unavailable: no, and how
  // much there is; the disk has no inodes for further files.
  Status Check(uint64_t bytes) { return CheckAbove(floor_bytes_, bytes); }
  // The same for what gives room back in the end and takes some at first: half the floor is left.
  Status CheckHalf(uint64_t bytes) { return CheckAbove(floor_bytes_ / 2, bytes); }
  // Bytes; UINT64_MAX: the system does not say.
  uint64_t Left();
  // So much was written. It takes its room once in the log and again when it is written out.
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
