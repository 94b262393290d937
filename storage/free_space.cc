#include "storage/free_space.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/byte_sizes.h"

namespace rollcall::storage {
namespace {

constexpr std::chrono::milliseconds kQuestionInterval{100};
// A log, a table file for each of two background jobs, a manifest: with some to spare.
constexpr uint64_t kMinInodes = 16;

// Rounded up.
std::string MiBOf(uint64_t bytes) { return std::to_string((bytes + kMiB - 1) / kMiB); }

}  // namespace

FreeSpace::FreeSpace(std::string directory, uint64_t floor_bytes)
    : directory_(std::move(directory)), floor_bytes_(floor_bytes) {}

void FreeSpace::Wrote(uint64_t bytes) {
  uint64_t left = left_bytes_.load(std::memory_order_relaxed);
  while (left != UINT64_MAX &&
         !left_bytes_.compare_exchange_weak(left, left - std::min(left, 2 * bytes),
                                            std::memory_order_relaxed)) {
  }
}

uint64_t FreeSpace::Left() {
  AskAtTimes();
  return left_bytes_.load(std::memory_order_relaxed);
}

void FreeSpace::AskAtTimes() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const int64_t now_ns = std::chrono::nanoseconds(now).count();
  if (now_ns < next_question_ns_.load(std::memory_order_relaxed)) return;
  next_question_ns_.store(now_ns + std::chrono::nanoseconds(kQuestionInterval).count(),
                          std::memory_order_relaxed);
  struct statvfs disk {};
  // A filesystem that does not say how large it is has no limit that could be held.
  const bool told = statvfs(directory_.c_str(), &disk) == 0;
  left_bytes_.store(
      told && disk.f_blocks > 0 ? uint64_t{disk.f_bavail} * disk.f_frsize : UINT64_MAX,
      std::memory_order_relaxed);
  left_inodes_.store(told && disk.f_files > 0 ? disk.f_favail : UINT64_MAX,
                     std::memory_order_relaxed);
}

Status FreeSpace::CheckAbove(uint64_t floor_bytes, uint64_t bytes) {
  if (floor_bytes_ == 0) return Status::Ok();
  AskAtTimes();
  const uint64_t left = left_bytes_.load(std::memory_order_relaxed);
  if (left < floor_bytes || left - floor_bytes < 2 * bytes) {
    std::string why = "the disk has " + std::to_string(left / kMiB) +
                      " MiB left, --min-free-bytes wants " + std::to_string(floor_bytes_ / kMiB) +
                      " MiB";
    // What is to be written would take it below, or what went below is to be well above first.
    if (left >= floor_bytes_) why += " and " + MiBOf(2 * bytes) + " MiB more to go on";
    return Status::Unavailable(std::move(why));
  }
  const uint64_t inodes = left_inodes_.load(std::memory_order_relaxed);
  if (inodes < kMinInodes) {
    return Status::Unavailable("the disk has " + std::to_string(inodes) +
                               " inodes left, the store wants " + std::to_string(kMinInodes));
  }
  return Status::Ok();
}

}  // namespace rollcall::storage
