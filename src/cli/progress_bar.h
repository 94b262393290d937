// A progress bar for a long piece of work: on a terminal a line that is redrawn again and again,
// elsewhere a plain line now and then. Owned by whoever does the work; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::cli {

class ProgressBar {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // The shortest time between two lines; the last line does not wait.
  static constexpr std::chrono::milliseconds kTerminalPeriod{100};
  static constexpr std::chrono::milliseconds kPlainPeriod{5'000};

  struct Options {
    std::string what;         // begins each line: "demo"
    std::string unit;         // what is counted: "reports"
    std::string detail_unit;  // a finer unit, counted as well: "lines"; empty: none
    uint64_t total = 0;       // 0: nothing to do, shown as 100%
    bool total_known = true;  // false: shows no percentage and no time left
    bool terminal = false;
    std::function<SteadyTime()> now;              // a clock that never goes back
    std::function<void(std::string_view)> write;  // gets whole lines; on a terminal also \r
  };

  // Returns options for a bar on standard error; `terminal` is set if that is one.
  static Options ForStderr(std::string what, std::string unit, uint64_t total);

  // Starts measuring the time.
  explicit ProgressBar(Options options);
  // Calls Finish.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Sets how much of the total is done. Cheap enough to be called for every item.
  void Update(uint64_t done);
  // Also sets how many of the finer unit are done; their rate is shown too.
  void Update(uint64_t done, uint64_t details) {
    details_ = details;
    Update(done);
  }
  // Writes the last line, which stays: how much was done in how much time. Later calls do nothing.
  void Finish();

 private:
  std::string Line(SteadyTime now) const;

  const Options options_;
  const SteadyTime begin_;
  SteadyTime last_line_;
  uint64_t done_ = 0;
  uint64_t details_ = 0;
  bool finished_ = false;
};

}  // namespace rollcall::cli
