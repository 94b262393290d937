#include "http/server/body_pipe.h"

#include <utility>

namespace rollcall::http {

void BodyPipe::Put(std::string&& part, BudgetCharge&& charge, bool is_last) {
  {
    const MutexLock lock(mutex_);
    part_ = std::move(part);
    charge_ = std::move(charge);
    if (is_last) end_ = End::kLastPartIn;
  }
  changed_.NotifyOne();
}

void BodyPipe::Abort() {
  {
    const MutexLock lock(mutex_);
    if (end_ == End::kToCome) end_ = End::kAborted;
  }
  changed_.NotifyOne();
}

Result<std::optional<std::string>> BodyPipe::Take() {
  std::optional<std::string> part;
  {
    MutexLock lock(mutex_);
    while (!part_ && end_ == End::kToCome) changed_.Wait(lock);
    if (end_ == End::kAborted) return Status::Unavailable("the body was broken off");
    part = std::exchange(part_, std::nullopt);
    charge_.Release();
    if (end_ == End::kLastPartIn) return part;
  }
  taken_();
  return part;
}

}  // namespace rollcall::http
