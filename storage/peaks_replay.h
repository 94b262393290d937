// The replay of chunks: adds their reports to a row of peaks, in order. A report that repeats its
// stream's last one changes nothing and is skipped, unless another stream has since reported one of
// its metrics. One thread.
#pragma once

#include <array>
#include <span>

#include "model/peaks.h"
#include "model/report.h"
#include "storage/chunk_codec.h"

namespace rollcall::storage {

class PeaksReplay {
 public:
  // `row` must outlive it.
  explicit PeaksReplay(PeaksRow& row) : row_(row) {}

  // Begins another day's chunk, whose slots start afresh. Requires `day_of_month` in 1..31.
  void BeginDay(unsigned day_of_month) {
    day_of_month_ = day_of_month;
    streams_ = {};
  }
  // Adds a report. `series` must stay valid until the slot's next report.
  void Add(unsigned slot, bool repeats, std::span<const SeriesValue> series) {
    if (repeats && streams_[slot].has_last_word) return;
    // The series of its previous report are gone.
    streams_[slot].has_last_word = false;
    AddReport(series, day_of_month_, row_);
    for (Stream& other : streams_) {
      other.has_last_word = other.has_last_word && !ShareMetric(other.latest, series);
    }
    streams_[slot] = {series, true};
  }

 private:
  struct Stream {
    std::span<const SeriesValue> latest;
    bool has_last_word = false;
  };

  PeaksRow& row_;
  unsigned day_of_month_ = 1;
  std::array<Stream, kStreamSlots> streams_;
};

}  // namespace rollcall::storage
