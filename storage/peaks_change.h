// The codec of a change of a peaks row: what a report changed in it, in a fraction of the row's
// bytes. RocksDB stores changes behind the row until it merges them (storage/FORMAT.md, "peaks").
// Pure functions and values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/peaks.h"

namespace rollcall::storage {

// Returns the change from `from` to `to`. Requires `to` to be what AddReport made of `from`: it has
// all its series, and no peak fell.
std::string EncodePeaksChange(const PeaksRow& from, const PeaksRow& to);

// The changes of one row, collected and then applied in one pass over it. One thread.
class PeaksChanges {
 public:
  // Adds the next change; they must come in order. DataLoss where the bytes are not what
  // EncodePeaksChange writes; those added before still count.
  Status Add(std::string_view bytes);
  // Returns the row after all changes. A series that is not in the row and has no peak in any
  // change is skipped.
  PeaksRow ApplyTo(const PeaksRow& row);

 private:
  // What a change says of a series, or, with label set 0, of the metric's sum within one report.
  struct Word {
    MetricRef metric;
    LabelSetRef label_set;
    bool current;
    bool has_peak;
    double peak;
  };

  // Sorts the words by series, and joins those on the same series into one.
  void Settle();

  uint32_t active_days_ = 0;
  std::vector<Word> words_;
};

}  // namespace rollcall::storage
