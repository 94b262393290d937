// What a window scan gathers: the maxima of one source at a time, over the rows of its months, and
// the totals of all sources so far. The hot path of a closed month's first overview. A source's
// rows list mostly the same series in the same order, so each is walked along the list of those
// before it; what belongs to all sources is looked up once a source and not once a row.
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
  // Takes a row of the source at hand. Its months come newest first; `span` is the narrowest that
  // reaches the row's month. False: the row is damaged, and nothing here may be used any more.
  bool AddRow(std::string_view row, size_t span);
  // The source has no further rows: its maxima go into the totals.
  void CloseSource();
  // Adds the totals of all closed sources to `totals`.
  void AddTo(const storage::WindowKey& window, TotalsMap& totals) const;

 private:
  // Of a series of the source at hand, or of a metric's sum (label set 0), by span. A value belongs
  // to every span from the narrowest that reaches its month.
  struct Maxima {
    uint64_t key = 0;  // metric, then label set: the order of a row
    std::array<double, 3> max{};
    size_t narrowest = 0;
  };

  // Of the sources so far. Each span has what it adds to the narrower one: most sources have the
  // same maximum in all three.
  struct Gains {
    MetricRef metric;
    LabelSetRef label_set;
    std::array<int64_t, 3> sources{};
    std::array<ExactSum, 3> sums{};

    void Add(const Maxima& maxima);
  };

  // A number for each ref that was seen. Refs that are not seen take no memory but that of their
  // neighbours' page.
  class Numbers {
   public:
    // The ref's place; 0 where it has no number yet.
    uint32_t& Of(uint32_t ref);

   private:
    static constexpr size_t kPageSize = 4096;
    std::vector<std::unique_ptr<std::array<uint32_t, kPageSize>>> pages_;
  };

  std::vector<Maxima> maxima_;  // of the source at hand, by key
  std::vector<Maxima> new_;     // that the row at hand has and the rows before it had not
  Numbers label_sets_;          // place in gains_, from 1
  Numbers metrics_;
  std::vector<Gains> gains_;
};

}  // namespace rollcall::counts
