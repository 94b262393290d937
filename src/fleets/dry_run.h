// What an overview would say if only some sample reports had come, all in one month. Owned by
// whoever tries a declaration; one thread.
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

  // A report of the installation with this id.
  void Add(const std::string& id, const ParsedReport& report);

  // By the contract of the overview: installations that had the counted metric, and for each figure
  // and breakdown the sum of the largest value of each series.
  PeriodCounts Counts() const;
  std::vector<BreakdownTotals> Breakdowns() const;

 private:
  struct Source {
    std::map<std::string, double> peaks;  // by label set
    std::vector<double> report_totals;    // of each figure the largest sum in one report
  };

  const Declaration& declaration_;
  std::map<std::string, Source> sources_;
};

}  // namespace rollcall::fleets
