// The overview: what a fleet counted in a month and in the quarter and the year that end with it.
// Contract "Cozystack telemetry", Overview.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "counts/window_counts.h"
#include "model/fleet.h"
#include "model/window.h"

namespace rollcall::counts {

struct FigureCount {
  int64_t total = 0;       // sum of the series' peaks, cut to an integer
  double average = 0;      // per counted source, one decimal
  // The honest figure: the sum over sources of the peak of their sum within one report. Only where the
  // figure takes the whole metric.
  std::optional<int64_t> report_total;
};

struct PeriodCounts {
  int64_t sources = 0;
  std::vector<FigureCount> figures;  // as in Fleet::figures
};

struct Overview {
  Month month;
  bool is_final = false;       // the month is over
  UnixSeconds generated_at{};  // when the numbers were computed; of a closed month: first given
  Day last_day;                // the last day counted: today in the running month
  std::array<PeriodCounts, 3> periods;  // by Span
  // As in Fleet::breakdowns, of the month; label value → total.
  std::vector<std::map<std::string, int64_t>> breakdowns;
};

// `value` / `count`, rounded half away from zero to one decimal; 0 where count is 0.
double AverageToOneDecimal(int64_t value, int64_t count);

// Thread-safe.
class OverviewReader {
 public:
  // The names that stand in a breakdown even where nobody reported them.
  using KnownNames = std::function<std::vector<std::string>()>;

  OverviewReader(storage::Stores& stores, WindowCounts& windows, const Clock& clock,
                 KnownNames known_names)
      : stores_(stores), windows_(windows), clock_(clock), known_names_(std::move(known_names)) {}

  // The overview of a month or, where it has no data, of the latest earlier month that has; nullopt:
  // none has. A month has data when its sources and figures are not all 0.
  Result<std::optional<Overview>> Read(const Fleet& fleet, Month month);
  // The month itself or the latest earlier one in which anything was reported; nullopt: there is none.
  Result<std::optional<Month>> LatestMonthWithReports(FleetRef fleet, Month month) const;

 private:
  Result<Overview> ReadMonth(const Fleet& fleet, Month month);
  Result<TotalsRow> ReadMetric(const storage::WindowKey& window, const std::string& metric,
                               const storage::Snapshot& snapshot) const;
  // Calls visit(label set as text, its totals) for each label set of a metric.
  Status VisitLabelSets(const storage::WindowKey& window, const std::string& metric,
                        const storage::Snapshot& snapshot,
                        const std::function<void(const std::string&, const TotalsRow&)>& visit) const;

  storage::Stores& stores_;
  WindowCounts& windows_;
  const Clock& clock_;
  KnownNames known_names_;
};

}  // namespace rollcall::counts
