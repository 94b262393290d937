// A single flight: when several callers want the same thing at once, one of them works it out and
// all get its result. Thread-safe.
#pragma once

#include <exception>
#include <future>
#include <map>

#include "base/mutex.h"

namespace rollcall {

template <typename Key, typename Value>
class SingleFlight {
 public:
  // Returns the result of `work()`. If another thread is already working on `key`, waits for it and
  // returns its result instead. An exception reaches all who wait; the next call starts afresh.
  // Requires that `work` does not ask for its own key.
  template <typename Work>
  Value Run(const Key& key, Work&& work) {
    std::promise<Value> promise;
    std::shared_future<Value> others;
    {
      const MutexLock lock(mutex_);
      const auto [at, is_first] = running_.try_emplace(key);
      if (is_first) {
        at->second = promise.get_future().share();
      } else {
        others = at->second;
      }
    }
    if (others.valid()) return others.get();
    try {
      Value value = work();
      Land(key);
      promise.set_value(value);
      return value;
    } catch (...) {
      Land(key);
      promise.set_exception(std::current_exception());
      throw;
    }
  }

 private:
  void Land(const Key& key) {
    const MutexLock lock(mutex_);
    running_.erase(key);
  }

  Mutex mutex_;
  std::map<Key, std::shared_future<Value>> running_ GUARDED_BY(mutex_);
};

}  // namespace rollcall
