// A dry run: what an overview would say if a few sample reports, all in one month, were everything.
// Owned by whoever tries a declaration; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fleets/declaration.h"
#include "model/exact_sum.h"
#include "model/overview.h"
#include "model/report.h"

namespace rollcall::fleets {

class DryRun {
 public:
  explicit DryRun(const Declaration& declaration) : declaration_(declaration) {}

  // Adds a report of the installation with this id.
  void Add(const std::string& id, const ParsedReport& report);

  // Return the numbers by the contract of the overview: installations that had the counted metric,
  // and for each figure and breakdown the sum of the largest value of each series.
  PeriodCounts Counts() const;
  std::vector<BreakdownTotals> Breakdowns() const;

 private:
  struct Source {
    std::map<std::string, double> peaks;  // by label set
    std::vector<double> report_totals;    // per figure, its largest sum in one report
  };

  const Declaration& declaration_;
  std::map<std::string, Source> sources_;
};

}  // namespace rollcall::fleets
