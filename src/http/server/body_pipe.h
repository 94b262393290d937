// A pipe for a request's body that is too large for memory: the front's loop puts one part in at a
// time as it arrives, and the worker that handles the request takes it out. Shared by the
// connection and the request.
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
  // `taken` is called on the worker's thread after it took a part that was not the last.
  explicit BodyPipe(std::function<void()> taken) : taken_(std::move(taken)) {}

  // Puts a part in, with the charge for its bytes. Does not block. Requires that the part before it
  // was taken.
  void Put(std::string&& part, BudgetCharge&& charge, bool is_last);
  // Says that the rest will not come. Does nothing where the last part is already in.
  void Abort();

  // Blocks until there is a part and returns it; nullopt after the last one. Unavailable: the body
  // was cut off, so the parts taken are not all of it.
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
