// A made-up fleet of Cozystack clusters with years of history: it grows, upgrades, falls silent,
// loses members, and posts what real clusters post. The same options give the same bytes on every
// machine. It uses no clock and no files. Owned by the command that runs the demo; one thread.
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
#include "demo/cluster.h"
#include "demo/truth.h"

namespace rollcall::demo {

struct DemoFleetOptions {
  uint64_t seed = 1;
  uint32_t sources = 300;  // 1..1,000,000; all that ever existed, not all at once
  uint32_t months = 14;    // 1..120 calendar months; the last is that of `end`
  UnixSeconds end{};       // the last instant of a report, inclusive
  // The time between two reports of a sender, give or take 3 s; 1 s to 31 days.
  std::chrono::seconds interval{15 * 60};
  bool keep_truth = true;  // false: Truth() is empty, which saves its memory
};

struct DemoReport {
  UnixSeconds time;
  std::string source;  // a UUID
  std::string body;
};

// Memory: about 140 bytes per source, whatever the months and the interval; the truth needs
// more (truth.h).
class DemoFleet {
 public:
  // InvalidArgument: an option is out of bounds.
  static Result<std::unique_ptr<DemoFleet>> Make(const DemoFleetOptions& options);

  // Returns the first instant of the first month.
  UnixSeconds begin() const { return begin_; }
  // Returns the exact number of reports that Next produces in all.
  uint64_t total_reports() const { return total_reports_; }

  // Sets `report` to the next report, reusing its buffers. Times never go back. Returns false, and
  // leaves `report` as it was, when none is left.
  bool Next(DemoReport& report);

  // Returns the truth about the reports produced so far, for the `months` calendar months that end
  // with `last`.
  DemoTruth Truth(Month last, uint32_t months) const;
  DemoSizes Sizes(Month last, uint32_t months) const;

 private:
  // A source has up to two streams of reports, each with a phase of its own: that of the operator
  // (or of the legacy sender before release 1.0) and that of the controller.
  struct Stream {
    uint32_t first;  // seconds since begin from which it is active
    uint32_t phase;  // offset of its reports; below the interval
    uint64_t seed;   // for its jitter and the order of its lines
  };
  struct Due {
    uint32_t time;    // seconds since begin
    uint32_t stream;  // source * 2 + (0 operator, 1 controller)
    bool operator>(const Due& other) const {
      return time != other.time ? time > other.time : stream > other.stream;
    }
  };

  DemoFleet(const DemoFleetOptions& options, UnixSeconds begin);
  Stream StreamOf(uint32_t stream) const;
  uint64_t TimeOf(const Stream& stream, uint64_t index) const;
  uint64_t FirstIndexFrom(const Stream& stream, uint64_t time) const;
  uint64_t CountReports(uint32_t stream) const;
  std::optional<uint32_t> NextTime(uint32_t stream, uint64_t index) const;

  const DemoFleetOptions options_;
  const UnixSeconds begin_;
  const uint32_t interval_;
  const uint32_t jitter_;  // the most that is added to the time of a report; below the interval
  DemoTimeline timeline_;
  std::vector<DemoCluster> clusters_;
  std::vector<Due> due_;  // a heap, earliest on top
  uint64_t total_reports_ = 0;
  DemoBody body_;
  std::optional<DemoTruthKeeper> truth_;
};

}  // namespace rollcall::demo
