// A bounded queue from many threads to one, which takes what waits a batch at a time: the longer a
// batch takes to write, the more share the next. Owned by whoever owns that thread. Thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace rollcall {

template <typename Item>
class BatchQueue {
 public:
  // `most`: the largest sum of the weights of what waits, inclusive. `on_change` is told that sum
  // whenever it changes, one call at a time.
  BatchQueue(size_t most, std::function<void(size_t)> on_change)
      : most_(most), on_change_(std::move(on_change)) {}

  struct Added {
    size_t items = 0;
    size_t weight = 0;
  };
  // Adds all of the items that there is room for, each of `weight_of(item)`; leaves the others as
  // they are.
  template <typename Weight>
  Added Push(std::span<Item> items, Weight weight_of) {
    Added added;
    {
      const MutexLock lock(mutex_);
      for (Item& item : items) {
        const size_t its = weight_of(item);
        if (weight_ + its > most_) continue;
        queue_.emplace_back(std::move(item), its);
        weight_ += its;
        added.weight += its;
        ++added.items;
      }
      on_change_(weight_);
    }
    work_.NotifyOne();
    return added;
  }
  // The same for one item. Returns false where there is no room for it.
  bool Push(Item&& item, size_t its) {
    return Push({&item, 1}, [its](const Item&) { return its; }).items == 1;
  }

  // Waits for items, and takes them in order until those taken weigh `enough`. Empty: Close was
  // called, and nothing is left. One thread.
  std::vector<Item> Take(size_t enough) {
    std::vector<Item> items;
    MutexLock lock(mutex_);
    while (queue_.empty() && !closed_) work_.Wait(lock);
    for (size_t taken = 0; !queue_.empty() && taken < enough; queue_.pop_front()) {
      taken += queue_.front().second;
      weight_ -= queue_.front().second;
      items.push_back(std::move(queue_.front().first));
    }
    on_change_(weight_);
    return items;
  }

  // Says that nothing more will be added.
  void Close() {
    {
      const MutexLock lock(mutex_);
      closed_ = true;
    }
    work_.NotifyAll();
  }

  // The sum of the weights of what waits.
  size_t weight() const {
    const MutexLock lock(mutex_);
    return weight_;
  }

 private:
  const size_t most_;
  const std::function<void(size_t)> on_change_;
  mutable Mutex mutex_;
  ConditionVariable work_;
  std::deque<std::pair<Item, size_t>> queue_ GUARDED_BY(mutex_);
  size_t weight_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace rollcall
