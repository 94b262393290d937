// Hands out the numbers 1, 2, 3, … under a name in kMeta. What was handed out for a batch that
// could not be committed is handed out again. Guarded by the store's writer lock.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "storage/store.h"

namespace rollcall::storage {

class RefSequence {
 public:
  explicit RefSequence(std::string name) : name_(std::move(name)) {}

  Status Load(const Store& store) {
    const Result<uint64_t> last = store.GetNumber(name_);
    if (!last.ok()) return last.status();
    committed_ = staged_ = *last;
    return Status::Ok();
  }
  // Unavailable: all 2^32 - 1 are used up.
  Result<uint32_t> Take() {
    if (staged_ >= UINT32_MAX) return Status::Unavailable(name_ + ": no number left");
    return static_cast<uint32_t>(++staged_);
  }
  // Puts the last number into the batch, if it moved.
  void Save(Batch& batch) const {
    if (staged_ != committed_) Store::PutNumber(name_, staged_, batch);
  }
  void Committed() { committed_ = staged_; }
  void Abandoned() { staged_ = committed_; }
  uint64_t committed() const { return committed_; }

 private:
  std::string name_;
  uint64_t committed_ = 0;
  uint64_t staged_ = 0;
};

}  // namespace rollcall::storage
