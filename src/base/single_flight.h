// A single flight: of many who want the same thing at once one works it out, and all get what came
// of it. Thread-safe.
#pragma once

#include <exception>
#include <future>
#include <map>

#include "base/mutex.h"

namespace rollcall {

template <typename Key, typename Value>
class SingleFlight {
 public:
  // What `work()` returns, here or in the thread that began it first; waits for that one. An
  // exception reaches all of them, and the next who comes begins anew. Requires: `work` does not
  // ask for its own key.
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
