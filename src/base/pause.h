// A pause that a stop ends early.
#pragma once

#include <chrono>
#include <stop_token>
#include <utility>

#include "base/mutex.h"

namespace rollcall {

// Returns when the time is over or a stop is requested.
inline void PauseFor(std::chrono::milliseconds time, std::stop_token stop) {
  Mutex mutex;
  StoppableConditionVariable never;
  MutexLock lock(mutex);
  never.WaitFor(lock, std::move(stop), time, [] { return false; });
}

}  // namespace rollcall
