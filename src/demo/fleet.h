// A made-up fleet of a declared product with years of history: it grows, upgrades, falls silent,
// loses members, and posts what the declaration says that installations post. The same declaration
// and options give the same bytes on every machine. It uses no clock and no files. Owned by the
// command that runs the demo; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/clock.h"
#include "base/status.h"
#include "demo/body.h"
#include "demo/source.h"
#include "fleets/declaration.h"

namespace rollcall::demo {

struct DemoFleetOptions {
  uint64_t seed = 1;
  uint32_t sources = 300;  // 1..1,000,000; all that ever existed, not all at once
  uint32_t months = 14;    // 1..120 calendar months; the last is that of `end`
  UnixSeconds end{};       // the last instant of a report, inclusive
  // The time between two reports of a source, give or take 3 s; 1 s to 31 days.
  std::chrono::seconds interval{15 * 60};
};

struct DemoReport {
  UnixSeconds time;
  std::string source;  // a UUID
  std::string body;
};

// Memory: about 40 bytes per source, whatever the months and the interval.
class DemoFleet {
 public:
  // InvalidArgument: an option is out of bounds.
  static Result<std::unique_ptr<DemoFleet>> Make(const fleets::Declaration& declaration,
                                                 const DemoFleetOptions& options);

  // Returns the first instant of the first month.
  UnixSeconds begin() const { return begin_; }
  // Returns the exact number of reports that Next produces in all.
  uint64_t total_reports() const { return total_reports_; }
  // Returns the time of the next report; no data if none is left.
  std::optional<UnixSeconds> next_time() const;

  // Sets `report` to the next report, reusing its buffers. Times never go back. Returns false, and
  // leaves `report` as it was, when none is left.
  bool Next(DemoReport& report);

 private:
  // When a source reports: its own moment of each interval, and for its jitter and the order of
  // its lines.
  struct Rhythm {
    uint32_t phase;  // below the interval
    uint64_t seed;
  };
  struct Due {
    uint32_t time;  // seconds since begin
    uint32_t source;
    bool operator>(const Due& other) const {
      return time != other.time ? time > other.time : source > other.source;
    }
  };

  DemoFleet(const DemoFleetOptions& options, UnixSeconds begin, uint64_t seed,
            std::unique_ptr<DemoBody> body);
  Rhythm RhythmOf(const DemoSource& source) const;
  uint64_t TimeOf(const Rhythm& rhythm, uint64_t index) const;
  uint64_t FirstIndexFrom(const Rhythm& rhythm, uint64_t time) const;
  uint64_t CountReports(const DemoSource& source) const;
  std::optional<uint32_t> NextTime(const DemoSource& source, uint64_t index) const;

  const UnixSeconds begin_;
  const uint32_t span_;  // the last second that counts
  const uint32_t interval_;
  const uint32_t jitter_;  // the most that is added to the time of a report; below the interval
  std::vector<DemoSource> sources_;
  std::vector<Due> due_;  // a heap, earliest on top
  uint64_t total_reports_ = 0;
  const std::unique_ptr<DemoBody> body_;
};

}  // namespace rollcall::demo
