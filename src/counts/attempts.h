// The attempts of a reader whose result others may drop while it is worked out: imports, and
// reports of earlier months. After some of them imports have to wait; reports of earlier months
// come only where a clock was set back.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "storage/stores.h"
#include "storage/transaction.h"

namespace rollcall::counts {

inline constexpr int kAttemptsBesideImports = 2;
inline constexpr int kAttempts = 16;

// What `attempt()`, a Result<std::optional<Value>>, gives once it has a value or fails; nullopt: it
// was dropped, try again. Unavailable: every attempt was; `what` names it. Thread-safe.
template <typename Value, typename Attempt>
Result<Value> AttemptBesideImports(storage::Stores& stores, const std::string& what,
                                   Attempt attempt) {
  std::optional<storage::Turn> turn;
  for (int i = 0; i < kAttempts; ++i) {
    if (i == kAttemptsBesideImports) turn.emplace(stores.store());
    Result<std::optional<Value>> result = attempt();
    if (!result.ok()) return result.status();
    if (result->has_value()) return std::move(**result);
  }
  return Status::Unavailable(what + ": dropped " + std::to_string(kAttempts) +
                             " times while they were computed");
}

}  // namespace rollcall::counts
