// A day's chunk as a list of instants, for an import to merge what it brings with what is there.
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

// The series that a source had at one second, or of one of its reports there; sorted by metric,
// then label set, each once. They belong to whoever made the instant.
struct Instant {
  UnixSeconds time;
  std::span<const SeriesValue> series;
};

// A day's reports in the order of time.
struct DayReports {
  std::vector<Instant> instants;
  std::deque<std::vector<SeriesValue>> owned;  // series of those that are not borrowed
};

// DataLoss where the chunk is damaged.
Result<DayReports> ReadInstants(Day day, std::string_view chunk);

struct MergeTally {
  uint64_t reports = 0;  // instants that were not there
  uint64_t samples = 0;  // values that were not there, or smaller
  uint64_t too_old = 0;  // values of days that retention has taken: counted, not kept
  bool appended = true;  // all of that came after what was there

  MergeTally& operator+=(const MergeTally& other) {
    reports += other.reports;
    samples += other.samples;
    too_old += other.too_old;
    appended &= other.appended;
    return *this;
  }
};

// Takes `added` (sorted by time, those of one second in their order) into `day`, which borrows from
// it what is new. Reports of one second that share a metric came one after another: the first of
// those added meets the first of those that are there, the second the second. A series that a
// report has already keeps the larger value: what is merged twice changes nothing. What is new
// joins the report that has its metric, else one that has another of what came with it, else it
// becomes a report of its own, so that two senders of one second stay two streams.
MergeTally MergeInstants(std::span<const Instant> added, DayReports& day);

// The chunk that holds these instants, as live reports would have written it.
std::string WriteInstants(Day day, std::span<const Instant> instants);

}  // namespace rollcall::ingest
