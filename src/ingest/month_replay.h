// The replay of a month: adds the reports of its days to a row of peaks, in their order. One
// thread.
#pragma once

#include <span>

#include "base/civil_time.h"
#include "ingest/chunk_merge.h"
#include "model/peaks.h"
#include "storage/chunk_writer.h"
#include "storage/peaks_replay.h"

namespace rollcall::ingest {

class MonthReplay {
 public:
  // `row` must outlive it.
  MonthReplay(Month month, PeaksRow& row) : month_(month), peaks_(row) {}

  // Adds reports of one day of the month, sorted by time. The series must stay as they are until it
  // returns.
  void Add(Day day, std::span<const Instant> instants) {
    peaks_.BeginDay(day.number - month_.FirstDay().number + 1);
    storage::StreamSlots slots;
    for (const Instant& instant : instants) {
      const storage::StreamSlots::Place place = slots.Take(instant.series);
      peaks_.Add(place.slot, place.repeats, instant.series);
    }
  }

 private:
  const Month month_;
  storage::PeaksReplay peaks_;
};

}  // namespace rollcall::ingest
