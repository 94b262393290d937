// The body of a request that is too large for memory, handed on part by part while it comes in. The
// loop puts parts in, one at a time; the worker that has the request takes them out.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/status.h"
#include "http/server/body_buffer.h"

namespace rollcall::http {

// Thread-safe.
class BodyPipe {
 public:
  // `taken` is called, on the thread that takes, when a part was taken and more may come.
  explicit BodyPipe(std::function<void()> taken) : taken_(std::move(taken)) {}

  // Does not block. The part before it was taken.
  void Put(std::string&& part, BudgetCharge&& charge, bool is_last);
  // The rest will not come; nothing where the last part is in.
  void Abort();

  // Blocks until there is a part; nullopt: that was all. Unavailable: the body was broken off, and
  // what was taken is not all of it.
  Result<std::optional<std::string>> Take();

 private:
  enum class End { kToCome, kLastPartIn, kAborted };

  const std::function<void()> taken_;
  Mutex mutex_;
  ConditionVariable changed_;
  std::optional<std::string> part_ GUARDED_BY(mutex_);
  BudgetCharge charge_ GUARDED_BY(mutex_);  // of part_
  End end_ GUARDED_BY(mutex_) = End::kToCome;
};

}  // namespace rollcall::http
