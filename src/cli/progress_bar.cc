#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "cli/message.h"

namespace rollcall::cli {
namespace {

double Seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// "7 s", "3 min 20 s", "2 h 5 min": two units are enough.
std::string DurationText(uint64_t seconds) {
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) {
    return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
  }
  return std::to_string(seconds / 3600) + " h " + std::to_string(seconds / 60 % 60) + " min";
}

// "months", and "month" for one.
std::string_view Noun(uint64_t n, std::string_view plural) {
  return plural.substr(0, plural.size() - (n == 1 && plural.ends_with('s') ? 1 : 0));
}

uint64_t Rounded(double value) {
  return static_cast<uint64_t>(std::llround(std::clamp(value, 0.0, 1e18)));
}

}  // namespace

ProgressBar::Options ProgressBar::ForStderr(std::string what, std::string unit, uint64_t total) {
  Options options;
  options.what = std::move(what);
  options.unit = std::move(unit);
  options.total = total;
  const char* const term = std::getenv("TERM");
  options.terminal =
      isatty(STDERR_FILENO) == 1 && term != nullptr && term != std::string_view("dumb");
  options.now = [] { return std::chrono::steady_clock::now(); };
  options.write = Say;
  return options;
}

ProgressBar::ProgressBar(Options options)
    : options_(std::move(options)), begin_(options_.now()), last_line_(begin_) {}

ProgressBar::~ProgressBar() { Finish(); }

void ProgressBar::Update(uint64_t done) {
  done_ = done;
  if (finished_) return;
  const SteadyTime now = options_.now();
  if (now - last_line_ < (options_.terminal ? kTerminalPeriod : kPlainPeriod)) return;
  last_line_ = now;
  // The sequence after \r clears what a longer line left behind.
  options_.write(options_.terminal ? "\r" + Line(now) + "\x1b[K" : Line(now) + "\n");
}

void ProgressBar::Finish() {
  if (finished_) return;
  finished_ = true;
  const std::string line = Line(options_.now());
  options_.write(options_.terminal ? "\r" + line + "\x1b[K\n" : line + "\n");
}

std::string ProgressBar::Line(SteadyTime now) const {
  const double elapsed = Seconds(now - begin_);
  const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
  // Only what is complete is shown as 100%.
  uint64_t percent = 100;
  if (done_ < options_.total) {
    percent = std::min<uint64_t>(99, static_cast<uint64_t>(100.0 * static_cast<double>(done_) /
                                                           static_cast<double>(options_.total)));
  }
  std::string line = options_.what + ": ";
  if (options_.total_known) line += std::to_string(percent) + "% ";
  line += std::to_string(done_);
  if (options_.total_known) line += "/" + std::to_string(options_.total);
  line.append(" ").append(Noun(options_.total_known ? options_.total : done_, options_.unit));
  if (!options_.detail_unit.empty()) {
    line.append(", ").append(std::to_string(details_)).append(" ");
    line.append(Noun(details_, options_.detail_unit));
    if (elapsed > 0) {
      line += ", " + std::to_string(Rounded(static_cast<double>(details_) / elapsed)) + "/s";
    }
  } else if (rate > 0)
    line += ", " + std::to_string(Rounded(rate)) + "/s";
  if (finished_) return line + ", " + DurationText(Rounded(elapsed));
  if (options_.total_known && rate > 0 && done_ < options_.total) {
    line +=
        ", " + DurationText(Rounded(static_cast<double>(options_.total - done_) / rate)) + " left";
  }
  return line;
}

}  // namespace rollcall::cli
