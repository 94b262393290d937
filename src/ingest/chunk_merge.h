// A day's chunk as a list of instants, so that an import can merge its samples with what is stored.
// Pure functions.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/report.h"

namespace rollcall::ingest {

// The series of a source at one second, or those of one of its reports at that second. Sorted by
// metric, then label set; each label set once. Borrows the series from whoever made the instant.
struct Instant {
  UnixSeconds time;
  std::span<const SeriesValue> series;
};

// The reports of a day, in order of time.
struct DayReports {
  std::vector<Instant> instants;
  std::deque<std::vector<SeriesValue>> owned;  // the series of instants that do not borrow theirs
};

// Returns the reports of a stored chunk. DataLoss: the chunk is damaged.
Result<DayReports> ReadInstants(Day day, std::string_view chunk);

struct MergeTally {
  uint64_t reports = 0;  // instants that were not stored yet
  uint64_t samples = 0;  // values that were not stored yet, or were smaller
  uint64_t too_old = 0;  // values of days past retention: counted, but not kept
  bool appended = true;  // everything new came after everything stored

  MergeTally& operator+=(const MergeTally& other) {
    reports += other.reports;
    samples += other.samples;
    too_old += other.too_old;
    appended &= other.appended;
    return *this;
  }
};

// Merges `added` into `day`, which borrows the new series from it. Requires `added` sorted by time;
// the instants of one second are in their own order.
//
// Reports of one second that share a metric are matched by position: the first added with the first
// stored, the second with the second. A series that is in both keeps the larger value, so merging
// the same samples twice changes nothing. A new series joins the report that has its metric, else
// one that has another metric of the same added report. Else the new series become a report of
// their own, so that two senders in one second stay two streams.
MergeTally MergeInstants(std::span<const Instant> added, DayReports& day);

// Returns the chunk that holds these instants, as live reports would have written it.
std::string WriteInstants(Day day, std::span<const Instant> instants);

}  // namespace rollcall::ingest
