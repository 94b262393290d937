// The overview: what a fleet counted in a month and in the quarter and the year that end with it,
// and who gives it. See api/README.md, "Contract". Plain values; what they have in
// common wherever the numbers come from is here.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/fleet.h"
#include "model/window.h"

namespace rollcall {

// The years that an overview can be asked for, both inclusive.
inline constexpr int kFirstOverviewYear = 2024;
inline constexpr int kLastOverviewYear = 2100;

struct FigureCount {
  int64_t total = 0;   // sum of the series' peaks, cut to an integer
  double average = 0;  // per counted source, one decimal
  // The honest figure: the sum over sources of the peak of their sum within one report. Only where
  // the figure takes the whole metric, and the numbers come from our own store.
  std::optional<int64_t> report_total;
};

struct PeriodCounts {
  int64_t sources = 0;
  std::vector<FigureCount> figures;  // as in Fleet::figures
};

// By the contract: not all of the numbers are 0.
bool HasData(const PeriodCounts& counts);

// By label value.
using BreakdownTotals = std::map<std::string, int64_t>;
// The label values that are too many, or too long, to stand for themselves.
struct BreakdownRest {
  int64_t values = 0;  // how many
  int64_t total = 0;
};

struct Overview {
  Month month;
  bool is_final = false;       // the month is over
  UnixSeconds generated_at{};  // when the numbers were computed; of a closed month: first given
  Day last_day;                // the last day counted: today in the running month
  std::array<PeriodCounts, 3> periods;      // by Span
  std::vector<BreakdownTotals> breakdowns;  // of the month, as in Fleet::breakdowns
  std::vector<BreakdownRest> rests;         // as breakdowns; may be fewer, see RestOf

  // What is known of a month's overview at `now` before anything is counted.
  static Overview Begin(Month month, UnixSeconds now);
  PeriodCounts& operator[](Span span) { return periods[static_cast<size_t>(span)]; }
  // Of a breakdown; zeros where nothing was left out of it.
  BreakdownRest RestOf(size_t breakdown) const {
    return breakdown < rests.size() ? rests[breakdown] : BreakdownRest();
  }
  // Makes the averages what the totals and the sources say.
  void SetAverages();
};

// `value` / `count`, rounded half away from zero to one decimal; 0 where count is 0.
double AverageToOneDecimal(int64_t value, int64_t count);

// The names that stand in a breakdown that has them (Breakdown::has_known_names) even where nobody
// reported them. Thread-safe.
using KnownNames = std::function<std::vector<std::string>()>;

// Where overviews come from. Thread-safe.
class OverviewSource {
 public:
  virtual ~OverviewSource() = default;
  // The overview of a month or, where it has no data, of the latest earlier month that has;
  // nullopt: none has. A failure says nothing of the numbers; the next call may succeed.
  // Unavailable too where a stop was requested.
  virtual Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                               std::stop_token stop = {}) = 0;
};

}  // namespace rollcall
