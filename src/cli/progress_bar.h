// Shows how far a long piece of work is: a line that is drawn again and again on a terminal, a
// plain line now and then elsewhere. Owned by whoever does the work; one thread.
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

  // How often at most a line is written, the last one aside.
  static constexpr std::chrono::milliseconds kTerminalPeriod{100};
  static constexpr std::chrono::milliseconds kPlainPeriod{5'000};

  struct Options {
    std::string what;         // in front of each line: "demo"
    std::string unit;         // what is counted: "reports"
    std::string detail_unit;  // of what is finer than that: "lines"; empty: nothing is
    uint64_t total = 0;       // 0: nothing to do, which is 100%
    bool total_known = true;  // else there are no percents and no time left
    bool terminal = false;
    std::function<SteadyTime()> now;              // a clock that never goes back
    std::function<void(std::string_view)> write;  // takes whole lines, on a terminal also \r
  };

  // On standard error; `terminal` by what that is.
  static Options ForStderr(std::string what, std::string unit, uint64_t total);

  // The work begins now.
  explicit ProgressBar(Options options);
  // As Finish.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `done` of the total are done. Cheap enough to be called for each.
  void Update(uint64_t done);
  // The same, and how many of something finer that is, whose rate is shown too.
  void Update(uint64_t done, uint64_t details) {
    details_ = details;
    Update(done);
  }
  // Writes the last line, which stays: how much was done in what time. Once; later calls do
  // nothing.
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
