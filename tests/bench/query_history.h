// A history of reports for queries: made-up clusters that were there all the time and report both
// streams at an even interval, written through the store's own batches, with their peaks. And the
// same history as VictoriaMetrics and Prometheus take it. Main thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"

namespace rollcall::bench {

struct QueryHistory {
  uint32_t sources = 1'300;
  unsigned days = 92;
  Day last;                         // reports to the end of it
  std::chrono::seconds interval{};  // divides a day
};

// A cluster changes at most once a day, at noon. The store is compacted and closed.
Status WriteQueryHistory(const std::string& directory, const QueryHistory& history);

// Sends all reports of a store that no process has open to a VictoriaMetrics, as samples.
Status SendToVictoria(const std::string& directory, int port);
// The same to a Prometheus, which takes them in the order of their time only: a third of a day of
// all series after the other.
Status SendToPrometheus(const std::string& directory, const QueryHistory& history, int port);

}  // namespace rollcall::bench
