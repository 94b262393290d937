// A sequence of refs: gives out the numbers 1, 2, 3, …, and keeps the last one under a name in
// kMeta. What an abandoned transaction was given is given out again. Used only within transactions.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class RefSequence {
 public:
  explicit RefSequence(std::string name) : name_(std::move(name)) {}

  // Reads the last number. Must be called first.
  Status Load(const Store& store) {
    const Result<uint64_t> last = store.GetNumber(name_);
    if (!last.ok()) return last.status();
    committed_ = staged_ = *last;
    return Status::Ok();
  }
  // Returns the next number. Unavailable: all 2^32 - 1 are used up.
  Result<uint32_t> Take() {
    if (staged_ >= UINT32_MAX) return Status::Unavailable(name_ + ": no number left");
    return static_cast<uint32_t>(++staged_);
  }
  // Puts the last number into the transaction, if it has changed.
  void Save(Transaction& transaction) const {
    if (staged_ != committed_) transaction.PutNumber(name_, staged_);
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
