// The retries of a computation whose result a concurrent transaction may drop: an import, or a
// report of an earlier month. After the first few attempts imports have to wait for it; reports do
// not, but one of an earlier month comes only where a clock was set back.
#pragma once

#include <optional>
#include <string>

#include "base/status.h"
#include "storage/stores.h"
#include "storage/transaction.h"

namespace rollcall::counts {

// How many attempts run beside imports, and how many there are in all.
inline constexpr int kAttemptsBesideImports = 2;
inline constexpr int kAttempts = 16;

// Calls `attempt()`, which returns a Result<std::optional<Value>>, until it gives a value or fails,
// and returns that; nullopt means that the result was dropped. Unavailable: all attempts were
// dropped; the message begins with `what`. Thread-safe.
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
