// Machine checks and thermal events: how many there were, week by week, and of what. Pure functions
// of a moment's records; any thread. All of it goes by the machine's clock.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "records/source.h"
#include "records/week.h"
#include "records/word_counts.h"

namespace rollcall::records {

inline constexpr std::array<std::string_view, 4> kMachineCheckClasses{
    "org.clearlinux/mce/corrected", "org.clearlinux/mce/SRAO", "org.clearlinux/mce/SRAR",
    "org.clearlinux/mce/UCNA"};
inline constexpr std::string_view kThermalClass = "org.clearlinux/mce/thermal";

// The most builds and statuses that are listed.
inline constexpr size_t kMostListed = 1'000;

bool IsMachineCheckClass(std::string_view classification);

struct MachineCheckWeek {
  Week week;
  std::array<uint64_t, kMachineCheckClasses.size()> records{};  // by class

  bool operator==(const MachineCheckWeek&) const = default;
};

struct MachineChecks {
  uint64_t records = 0;
  std::array<uint64_t, kMachineCheckClasses.size()> classes{};
  std::vector<MachineCheckWeek> weeks;  // ascending, with those in between that have none
  std::vector<WordCount> builds;        // the most records first; like statuses, not all
  std::vector<WordCount> machines;      // those with the most
  uint64_t machine_count = 0;           // all of them: distinct ids
  std::vector<WordCount> statuses;
  uint64_t without_status = 0;
};

// Counts machine checks from `from` to `now`, both inclusive; lists at most `top` machines.
// DataLoss, Unavailable: as reads of the store.
Result<MachineChecks> CountMachineChecks(const Source& source, UnixSeconds from, UnixSeconds now,
                                         size_t top);

struct ThermalWeek {
  Week week;
  uint64_t records = 0;
  uint64_t machines = 0;  // distinct ids

  bool operator==(const ThermalWeek&) const = default;
};

// Counts thermal events of the last `weeks` weeks, the running one among them, ascending. Fails as
// CountMachineChecks.
Result<std::vector<ThermalWeek>> CountThermal(const Source& source, UnixSeconds now, size_t weeks);

}  // namespace rollcall::records
