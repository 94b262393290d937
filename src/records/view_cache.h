// What views gave lately. A view is made again once its records are others, but not more often than
// once in some seconds: records come all the time. Who asks while a view is being made waits for
// it. Owned by RecordViews; thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/single_flight.h"
#include "base/status.h"

namespace rollcall::records {

// A view, and the moment that it is of.
template <typename T>
struct AsOf {
  UnixSeconds time{};
  T view;
};

class ViewCache {
 public:
  // How long a view is given whatever came in since, and how long at most: what it counts back from
  // is now.
  static constexpr std::chrono::seconds kGivenAnyway{5};
  static constexpr std::chrono::seconds kGivenAtMost{60};
  // Views that are kept; the one that was made first goes first.
  static constexpr size_t kMostKept = 64;

  // What tells two states of the records apart: the newest that ever came, and how many there are.
  struct State {
    uint64_t last = 0;
    uint64_t count = 0;
    bool operator==(const State&) const = default;
  };

  // Returns the view with that name, which stands for all that it depends on but the records and
  // the time. Calls make() -> Result<AsOf<T>> where there is none that is young enough.
  template <typename T, typename Make>
  Result<std::shared_ptr<const AsOf<T>>> Get(const std::string& name, State state, Make make) {
    if (auto kept = Find(name, state)) {
      return std::static_pointer_cast<const AsOf<T>>(std::move(kept));
    }
    const auto made = flight_.Run(name, [&]() -> Result<std::shared_ptr<const void>> {
      Result<AsOf<T>> view = make();
      if (!view.ok()) return view.status();
      auto shared = std::make_shared<const AsOf<T>>(*std::move(view));
      Keep(name, state, shared);
      return std::shared_ptr<const void>(std::move(shared));
    });
    if (!made.ok()) return made.status();
    return std::static_pointer_cast<const AsOf<T>>(*made);
  }

 private:
  using Steady = std::chrono::steady_clock;
  struct Entry {
    State state;
    Steady::time_point made;
    std::shared_ptr<const void> view;
  };

  std::shared_ptr<const void> Find(const std::string& name, State state) {
    const MutexLock lock(mutex_);
    const auto at = entries_.find(name);
    if (at == entries_.end()) return nullptr;
    const Entry& entry = at->second;
    const auto age = Steady::now() - entry.made;
    const bool is_same = entry.state == state && age < kGivenAtMost;
    return is_same || age < kGivenAnyway ? entry.view : nullptr;
  }

  void Keep(const std::string& name, State state, std::shared_ptr<const void> view) {
    const MutexLock lock(mutex_);
    entries_[name] = {state, Steady::now(), std::move(view)};
    if (entries_.size() <= kMostKept) return;
    auto oldest = entries_.begin();
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
      if (at->second.made < oldest->second.made) oldest = at;
    }
    entries_.erase(oldest);
  }

  SingleFlight<std::string, Result<std::shared_ptr<const void>>> flight_;
  Mutex mutex_;
  std::map<std::string, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::records
