// The state of a window scan: the maxima of one source at a time, over the rows of its months, and
// the totals of all sources so far. It is the hot path of a closed month's first overview. A
// source's rows list mostly the same series in the same order, so each row is merged into the list
// of those before it, and what all sources share is looked up once per source instead of once per
// row.
//
// Owned by one thread of a scan.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "model/exact_sum.h"
#include "model/totals.h"
#include "storage/keys.h"

namespace rollcall::counts {

class SourceMaxima {
 public:
  // Adds a row of the current source. Its months come newest first; `span` is the narrowest whose
  // window reaches the row's month. Returns false where the row is damaged; then the object must
  // not be used any more.
  bool AddRow(std::string_view row, size_t span);
  // Adds the current source's maxima to the totals; the next row is another source's.
  void CloseSource();
  // Adds the totals of all closed sources to `totals`.
  void AddTo(const storage::WindowKey& window, TotalsMap& totals) const;

 private:
  // The maxima of a series of the current source, or of a metric's sum (label set 0), by span. A
  // value belongs to every span from the narrowest that reaches its month.
  struct Maxima {
    uint64_t key = 0;  // metric, then label set: the order of a row
    std::array<double, 3> max{};
    size_t narrowest = 0;
  };

  // The totals of a series, or of a metric's sum, over the sources so far. Each span holds what it
  // adds to the next narrower one: most sources have the same maximum in all three.
  struct Gains {
    MetricRef metric;
    LabelSetRef label_set;
    std::array<int64_t, 3> sources{};
    std::array<ExactSum, 3> sums{};

    void Add(const Maxima& maxima);
  };

  // Assigns numbers to refs. Only the pages of refs that were seen take memory.
  class Numbers {
   public:
    // The number of a ref; 0 where it has none yet.
    uint32_t& Of(uint32_t ref);

   private:
    static constexpr size_t kPageSize = 4096;
    std::vector<std::unique_ptr<std::array<uint32_t, kPageSize>>> pages_;
  };

  std::vector<Maxima> maxima_;  // of the current source, by key
  std::vector<Maxima> new_;     // in the current row, but in none before it
  Numbers label_sets_;          // place in gains_, from 1
  Numbers metrics_;
  std::vector<Gains> gains_;
};

}  // namespace rollcall::counts
