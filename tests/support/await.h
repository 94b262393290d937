// Waits for what no event tells of. Any thread.
#pragma once

#include <chrono>
#include <thread>

namespace rollcall::test {

// Far more than anything takes that is awaited, also on a machine with more to do than it can.
inline constexpr std::chrono::minutes kAwaitAtMost{1};

// Asks `condition` until it holds, for a bounded time and not a number of tries: how long a try
// takes says nothing of how much others were given to do meanwhile. Returns whether it holds.
template <typename Condition>
bool Await(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kAwaitAtMost;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return condition();
    std::this_thread::yield();
  }
  return true;
}

}  // namespace rollcall::test
