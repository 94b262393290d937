// The overview: a fleet's numbers for a month, and for the quarter and the year that end with it,
// and the interface of what computes it. See api/README.md, "Contract". Plain values, whatever the
// numbers come from.
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

// Returns whether any of the numbers is not 0, which is what the contract calls data.
bool HasData(const PeriodCounts& counts);

// By label value.
using BreakdownTotals = std::map<std::string, int64_t>;
// The label values that a breakdown has no room for: too many, or too long.
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

  // Returns the overview of a month at `now` before anything is counted.
  static Overview Begin(Month month, UnixSeconds now);
  PeriodCounts& operator[](Span span) { return periods[static_cast<size_t>(span)]; }
  // The rest of a breakdown; zeros where it left nothing out.
  BreakdownRest RestOf(size_t breakdown) const {
    return breakdown < rests.size() ? rests[breakdown] : BreakdownRest();
  }
  // Computes the averages from the totals and the sources.
  void SetAverages();
};

// `value` / `count`, rounded half away from zero to one decimal; 0 where count is 0.
double AverageToOneDecimal(int64_t value, int64_t count);

// Returns today's names of the list on the web that a breakdown may have
// (Breakdown::has_name_list). Thread-safe.
using NameList = std::function<std::vector<std::string>()>;

// Where overviews come from. Thread-safe.
class OverviewSource {
 public:
  virtual ~OverviewSource() = default;
  // Returns the overview of a month or, where it has no data, of the latest earlier month that has;
  // nullopt where none has. Unavailable: the numbers cannot be had now, or a stop was requested;
  // the next call may succeed.
  virtual Result<std::optional<Overview>> Read(const Fleet& fleet, Month month,
                                               std::stop_token stop = {}) = 0;
};

}  // namespace rollcall
