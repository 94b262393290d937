// What a window scan gathers: the maxima of one source at a time, over the rows of its months, and
// the totals of all sources so far. The hot path of a closed month's first overview: a visit of a
// series touches 32 bytes that belong to it and 4 that say where they are.
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
  // Of one thing (a series, a metric's sum) of the source at hand, by span. A value belongs to
  // every span from the narrowest that reaches its month.
  struct Maxima {
    std::array<double, 3> max{};
    uint32_t source_number = 0;  // whose they are; others' are void
    uint32_t narrowest = 0;

    // True when this is the source's first.
    bool Add(uint32_t number, size_t span, double value);
  };
  static_assert(sizeof(Maxima) == 32);

  // Of the sources so far. Each span has what it adds to the narrower one: most sources have the
  // same maximum in all three.
  struct Gains {
    std::array<int64_t, 3> sources{};
    std::array<ExactSum, 3> sums{};

    void Add(const Maxima& maxima);
  };

  // A number for each ref that was seen, from 1 up in order of their coming. Refs that are not seen
  // take no memory but that of their neighbours' page.
  class Numbers {
   public:
    // The ref's place; 0 where it has no number yet.
    uint32_t& Of(uint32_t ref);

   private:
    static constexpr size_t kPageSize = 4096;
    std::vector<std::unique_ptr<std::array<uint32_t, kPageSize>>> pages_;
  };

  struct Seen {
    MetricRef metric;
    LabelSetRef label_set;  // 0: the metric itself
    Gains gains;
  };

  Maxima& Find(Numbers& numbers, uint32_t ref, MetricRef metric, LabelSetRef label_set);

  uint32_t source_number_ = 1;
  Numbers label_sets_;
  Numbers metrics_;
  std::vector<Maxima> maxima_;  // by number - 1, like seen_
  std::vector<Seen> seen_;
  std::vector<uint32_t> touched_;  // of the source at hand, number - 1
};

}  // namespace rollcall::counts
