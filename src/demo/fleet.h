// A made-up fleet of Cozystack clusters with years of history: it grows, upgrades, falls silent and
// loses members, and posts what real ones post. The same options make the same bytes on every
// machine. No clock, no files. One thread.
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
  uint32_t sources = 300;  // 1..1,000,000: that ever were, not all at a time
  uint32_t months = 14;    // 1..120 calendar months, the last of them that of `end`
  UnixSeconds end{};       // the last instant at which a report may be
  // Between two reports of one sender, give or take 3 s; 1 s to 31 days.
  std::chrono::seconds interval{15 * 60};
  bool keep_truth = true;  // false: Truth() is empty, and its memory is saved
};

struct DemoReport {
  UnixSeconds time;
  std::string source;  // a UUID
  std::string body;
};

// Memory: about 140 bytes per source, whatever the months and the interval; the truth comes on top.
class DemoFleet {
 public:
  // InvalidArgument: an option is out of its bounds.
  static Result<std::unique_ptr<DemoFleet>> Make(const DemoFleetOptions& options);

  // The first instant of the first month.
  UnixSeconds begin() const { return begin_; }
  // How many reports Next gives from first to last. Exact.
  uint64_t total_reports() const { return total_reports_; }

  // Puts the next report into `report`, whose buffers it uses again. Times never go back. False,
  // and `report` untouched, when there is none left.
  bool Next(DemoReport& report);

  // Of the reports given so far, in the `months` calendar months that end with `last`.
  DemoTruth Truth(Month last, uint32_t months) const;

 private:
  // A source has up to two streams of reports, each with a phase of its own: that of the operator
  // (and of its forerunner before release 1.0) and that of the controller.
  struct Stream {
    uint32_t first;  // active from then on, seconds since begin
    uint32_t phase;  // of its reports, below the interval
    uint64_t seed;   // of its jitter and of the order of its lines
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
  const uint32_t jitter_;  // the most that is added to a report's time; below the interval
  DemoTimeline timeline_;
  std::vector<DemoCluster> clusters_;
  std::vector<Due> due_;  // a heap, the earliest on top
  uint64_t total_reports_ = 0;
  DemoBody body_;
  std::optional<DemoTruthKeeper> truth_;
};

}  // namespace rollcall::demo
