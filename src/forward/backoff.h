// The wait before the next try. Pure function; any thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rollcall::forward {

inline constexpr std::chrono::milliseconds kFirstBackoff{1'000};
inline constexpr std::chrono::milliseconds kLongestBackoff{60'000};

// Returns the wait after `failures` in a row (at least 1): the fraction `random`, in [0, 1), of a
// time that starts at kFirstBackoff and doubles with each failure up to kLongestBackoff. Any wait
// from 0 up is possible, so that many senders that lost the same server do not return together.
inline std::chrono::milliseconds BackoffDelay(uint32_t failures, double random) {
  const uint32_t doublings = std::min(failures - 1, 6U);
  const std::chrono::milliseconds longest =
      std::min(kFirstBackoff * (1 << doublings), kLongestBackoff);
  return std::chrono::milliseconds(
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(longest.count()) * random));
}

}  // namespace rollcall::forward
