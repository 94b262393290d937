// A pause that ends early when a stop is requested. Any thread.
#pragma once

#include <chrono>
#include <stop_token>
#include <utility>

#include "base/mutex.h"

namespace rollcall {

// Returns when the time is up or a stop is requested.
inline void PauseFor(std::chrono::milliseconds time, std::stop_token stop) {
  Mutex mutex;
  StoppableConditionVariable never;
  MutexLock lock(mutex);
  never.WaitFor(lock, std::move(stop), time, [] { return false; });
}

}  // namespace rollcall
