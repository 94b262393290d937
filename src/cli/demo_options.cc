#include "cli/demo_options.h"

#include <limits>

#include "cli/option_kinds.h"

namespace rollcall::cli {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void AddDemoOptions(std::vector<OptionSpec>& table) {
  table.push_back(Number<unsigned>(
      kDemo, "sources", 1, 1'000'000, "installations", ROLLCALL_FIELD(demo.sources),
      {"How large each made-up fleet gets.", "enough to see growth, upgrades and leavers"}));
  table.push_back(Number<unsigned>(kDemo, "months", 1, 120, "months", ROLLCALL_FIELD(demo.months),
                                   {"How long its history is; it ends now.",
                                    "a full year to look at, and the one before it to compare"}));
  table.push_back(Number<uint64_t>(
      kDemo, "seed", 0, std::numeric_limits<uint64_t>::max(), "", ROLLCALL_FIELD(demo.seed),
      {"Which fleet: the same seed makes the same one.", "any will do", "a seed like any other"}));
  table.push_back(Duration<seconds>(kDemo, "interval", minutes(1), hours(24),
                                    ROLLCALL_FIELD(demo.interval),
                                    {"Time between two reports of one installation in the history.",
                                     "every day has reports, and the store stays small"}));
}

}  // namespace rollcall::cli
