// A made-up fleet of machines that post records: heartbeats, crashes that are new on some builds
// and gone on others, machine checks, thermal events and units that fail; and the truth about it,
// counted by its maker. The same options make the same fleet. Pure function of its options.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "model/crash_frame.h"
#include "model/record.h"
#include "storage/stores.h"

namespace rollcall::demo {

struct DemoRecordOptions {
  uint32_t machines = 300;  // 1 to 5,000; a larger number counts as that
  uint64_t seed = 1;
  UnixSeconds end{};  // its history ends there
};

inline constexpr uint32_t kMostDemoMachines = 5'000;
inline constexpr std::chrono::days kDemoRecordDays{40};

struct DemoRecordTruth {
  // Machines that were there over the last 14 days, on average.
  double internal_machines = 0;
  double external_machines = 0;
  // Crashes of the last 7 days by the frame that is guilty under the filter below.
  std::map<CrashFrameName, uint64_t> crashes;
  std::map<CrashFrameName, uint32_t> new_in;   // the build that brought a crash
  std::map<CrashFrameName, uint32_t> gone_in;  // the build that ended one
  uint64_t machine_checks = 0;                 // of the year of the end
  std::string spike;                           // the class that was rare before the last day
};

struct DemoRecords {
  std::vector<Record> records;  // in the order of their reception
  std::vector<CrashFrameName> filter;
  DemoRecordTruth truth;
};

DemoRecords MakeDemoRecords(const DemoRecordOptions& options);

// Stores the records and the filter. Does nothing in a store that has records. Unavailable: `stop`
// returned true, or the store cannot be written.
Status FillWithDemoRecords(storage::Stores& stores, const DemoRecordOptions& options,
                           const std::function<bool()>& stop);

}  // namespace rollcall::demo
