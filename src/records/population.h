// How many machines there are, by their heartbeats: distinct machine ids by build, and what can be
// said of machines, which renew their ids. Pure functions of a moment's records; any thread.
//
// A client takes a new id every 3 days. Distinct ids of a window longer than that count a machine
// several times, and even those of a day count one twice that renewed its id on that day. What is
// independent of the window is how many *new* ids come: each machine that is there brings one every
// 3 days. So an estimate of the machines that were there on average over a window is the number of
// ids that were first seen in it, times 3 days, divided by the window. It assumes that ids are
// renewed every 3 days and that each is seen at least once; a machine that was there for a part of
// the window counts as that part.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "records/source.h"

namespace rollcall::records {

inline constexpr std::string_view kHeartbeatClass = "org.clearlinux/heartbeat/ping";
inline constexpr std::string_view kHeartbeatSystem = "clear-linux-os";
// TM_MACHINE_ID_EXPIRY of the clients.
inline constexpr std::chrono::days kMachineIdLife{3};

// The windows end now; by the machine's clock. After them, as the last, comes all time.
inline constexpr std::array<std::chrono::days, 4> kPopulationWindows{
    std::chrono::days(1), std::chrono::days(3), std::chrono::days(7), std::chrono::days(14)};
inline constexpr size_t kPopulationCounts = kPopulationWindows.size() + 1;
// Those that are longer than an id lives.
inline constexpr std::array<std::chrono::days, 2> kEstimatedWindows{std::chrono::days(7),
                                                                    std::chrono::days(14)};

// Distinct ids, by window.
struct IdCounts {
  std::array<uint64_t, kPopulationCounts> internal{};
  std::array<uint64_t, kPopulationCounts> external{};

  bool operator==(const IdCounts&) const = default;
};

struct BuildPopulation {
  std::string build;
  IdCounts ids;

  bool operator==(const BuildPopulation&) const = default;
};

struct PopulationEstimate {
  std::chrono::days window{};
  // Whether heartbeats go far enough back: 3 days further than the window. If not, the rest is 0.
  bool is_known = false;
  uint64_t new_internal = 0;  // ids that were first seen in the window
  uint64_t new_external = 0;
  uint64_t internal = 0;  // machines, on average over the window
  uint64_t external = 0;
};

// How long ids were seen, from the first heartbeat to the last: of ids that had the time to end.
struct IdLives {
  uint64_t ids = 0;
  std::chrono::seconds median{};
  std::chrono::seconds most{};  // 95 of 100 lived no longer
};

struct Population {
  // Whole numbers in their order, then all others by their text.
  std::vector<BuildPopulation> builds;
  IdCounts all;  // whatever the build
  std::array<PopulationEstimate, kEstimatedWindows.size()> estimates;
  IdLives lives;
};

// DataLoss, Unavailable: as reads of the store.
Result<Population> CountPopulation(const Source& source, UnixSeconds now);

}  // namespace rollcall::records
