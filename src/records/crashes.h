// Crashes: which frames are guilty of those of the last week, on which builds, and how often for
// the machines that run them. Pure functions of a moment's records and a GuiltyTable; any thread.
// All of it goes by the machine's clock.
//
// What is counted are the last 8 builds that crashed in the week: whole numbers from 10 to 100,000.
// Their machine-days are what a rate is of: a machine id that sent any record on a day, UTC, with
// that build. An id that is renewed within a day is one more.
//
// A guilty frame is new in a build that is the lowest it ever had, and gone in the first build
// above the highest it ever had, of those 8: each only where at the same rate 3 crashes or more
// would have been seen on the other side, so that it is no accident that there are none.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/crash_frame.h"
#include "records/guilty_table.h"
#include "records/source.h"

namespace rollcall::records {

inline constexpr std::chrono::days kCrashWindow{7};
inline constexpr size_t kCrashBuilds = 8;
inline constexpr uint32_t kLeastCrashBuild = 10;  // both inclusive
inline constexpr uint32_t kMostCrashBuild = 100'000;
inline constexpr double kExpectedCrashes = 3;

struct CrashBuild {
  uint32_t build = 0;
  uint64_t crashes = 0;  // of all frames, those that are not listed too
  uint64_t machine_days = 0;

  bool operator==(const CrashBuild&) const = default;
};

struct GuiltyCrashes {
  CrashFrameName frame;
  GuiltyNote note;
  uint64_t crashes = 0;            // over all of the builds
  std::vector<uint64_t> by_build;  // in the order of the builds
  uint64_t machines = 0;           // distinct ids that it crashed on
  // Of all records that are kept, up to now.
  UnixSeconds first_seen{};
  UnixSeconds last_seen{};
  std::optional<uint32_t> new_in;  // a build
  std::optional<uint32_t> gone_in;
};

struct Crashes {
  std::vector<CrashBuild> builds;       // the newest first
  std::vector<GuiltyCrashes> guilties;  // the most crashes first
  uint64_t crashes = 0;                 // of those builds, with the next two
  uint64_t without_guilty = 0;          // crashes that have no backtrace
  uint64_t hidden = 0;                  // crashes whose frames are hidden
};

struct CrashesRequest {
  UnixSeconds now{};
  size_t top = 10;
  bool with_hidden = false;
  std::map<CrashFrameName, GuiltyNote> notes = {};
};

// DataLoss, Unavailable: as reads of the store.
Result<Crashes> CountCrashes(const Source& source, const CrashesRequest& request,
                             GuiltyTable& table);

// One stack of a guilty frame, with the crashes that have it among all that are kept.
struct Backtrace {
  CrashReport stack;  // views `bytes`
  std::shared_ptr<const std::string> bytes;
  std::vector<FrameKind> kinds;  // of its frames
  std::optional<size_t> guilty;  // a frame
  uint64_t crashes = 0;
  uint64_t machines = 0;
  UnixSeconds first_seen{};
  UnixSeconds last_seen{};
  RecordId newest;  // an example, with all of its payload
};

struct Backtraces {
  std::vector<Backtrace> backtraces;  // the most crashes first
  uint64_t others = 0;                // further distinct stacks
};

// Returns at most `most` stacks of a guilty frame, on one build or on all. Fails as CountCrashes.
Result<Backtraces> ListBacktraces(const Source& source, const CrashFrameName& frame,
                                  std::optional<uint32_t> build, size_t most, GuiltyTable& table);

// What another list of filtered frames changes in the crashes of the last week, whatever their
// build.
struct GuiltyChange {
  CrashFrameName before;
  CrashFrameName after;
  uint64_t crashes = 0;
};

struct FilterPreview {
  std::vector<GuiltyChange> changes;  // the most crashes first, at most `most`
  uint64_t changed = 0;               // crashes, with those that are not listed
  uint64_t crashes = 0;               // all of them
};

// Fails as CountCrashes.
Result<FilterPreview> PreviewFilter(const Source& source, UnixSeconds now, size_t most,
                                    GuiltyTable& before, GuiltyTable& after);

}  // namespace rollcall::records
