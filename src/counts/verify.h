// The verification of a store: reads every row of every table, recomputes totals from peaks, the
// tallies and distributions of closed periods from peaks and chunks, and peaks from chunks where
// these are still there. Changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/fleet.h"
#include "storage/stores.h"

namespace rollcall::counts {

struct VerifyReport {
  uint64_t tables = 0;
  uint64_t rows = 0;     // of all tables
  uint64_t faults = 0;   // rows that cannot be read, have no meaning, or contradict another table
  uint64_t windows = 0;  // months whose windows' totals were compared
  uint64_t totals_rows = 0;
  uint64_t windows_skipped = 0;  // retention has dropped some of their peaks
  uint64_t periods = 0;          // whose tallies were compared
  uint64_t period_rows = 0;
  // Retention has dropped some of what they were counted from, or their fleet is not given or
  // counts by another rule now.
  uint64_t periods_skipped = 0;
  uint64_t peaks_rows = 0;      // source × month
  uint64_t months_skipped = 0;  // retention has dropped some of their chunks
  uint64_t reports = 0;         // read from chunks
  uint64_t differences = 0;
  std::vector<std::string> examples;  // the first faults and differences, one line each

  static constexpr size_t kMaxExamples = 20;
};

// Verifies everything as of one snapshot; periods of `fleets` only. Calls
// `progress(done, all)` now and then. Never fails: what differs or cannot be read is counted in the
// report, and what depends on rows that cannot be read is not compared.
VerifyReport Verify(storage::Stores& stores, const std::vector<Fleet>& fleets,
                    const std::function<void(uint64_t, uint64_t)>& progress);

}  // namespace rollcall::counts
