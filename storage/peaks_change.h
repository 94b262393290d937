// What a report changed in a peaks row, as bytes that are a fraction of the row: what RocksDB keeps
// behind the row until it merges the two (storage/FORMAT.md, peaks). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/peaks.h"

namespace rollcall::storage {

// `to` is `from` after AddReport: it has all its series, and none of its peaks fell.
std::string EncodePeaksChange(const PeaksRow& from, const PeaksRow& to);

// Changes of one row, taken together and then made in one pass over it.
class PeaksChanges {
 public:
  // The next change, in their order. DataLoss where the bytes are not what EncodePeaksChange
  // writes; those added before still stand.
  Status Add(std::string_view bytes);
  // The row after all of them. What a change says of a series that the row does not have, and no
  // change gave a peak, is passed over.
  PeaksRow ApplyTo(const PeaksRow& row);

 private:
  // What is said of a series; of the metric's sum within one report where the label set is 0.
  struct Word {
    MetricRef metric;
    LabelSetRef label_set;
    bool current;
    bool has_peak;
    double peak;
  };

  // Sorts by series, and makes one word of all that are about the same.
  void Settle();

  uint32_t active_days_ = 0;
  std::vector<Word> words_;
};

}  // namespace rollcall::storage
