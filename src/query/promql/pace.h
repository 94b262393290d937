// Looks at a query's budget every few thousand units of work. Owned by one loop; one thread.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "query/promql/budget.h"

namespace rollcall::promql {

class Pace {
 public:
  explicit Pace(Budget& budget) : budget_(budget) {}

  // Counts work: samples looked at, or what takes as long. Fails as Budget::Check.
  Status Spend(uint64_t units) {
    spent_ += units;
    if (spent_ < kUnitsPerCheck) {
      return Status::Ok();
    }
    spent_ = 0;
    return budget_.Check();
  }

 private:
  static constexpr uint64_t kUnitsPerCheck = 16'384;  // well under a millisecond

  Budget& budget_;
  uint64_t spent_ = 0;
};

}  // namespace rollcall::promql
