// A store with a year of history, written through the store's own batches: what a server that has
// run for so long holds, in seconds. Totals are left out: the program computes them.
#pragma once

#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "base/status.h"

namespace rollcall::bench {

struct HistoryOptions {
  uint32_t sources = 10'000;
  unsigned months = 12;  // that end with `last`
  Month last;
  Day today;  // no day after it is active
};

// Every source reported on every day of every month, as a made-up cluster of the demo fleet that
// upgrades, grows and shrinks. On `today` there are its reports of a day as well. The store is
// settled: compacted and closed.
Status WriteHistory(const std::string& directory, const HistoryOptions& options);

// The id of the history's source of this number, from 0.
std::string HistorySource(uint32_t number);

// A copy of a store that no process has open. Its tables, which never change, are shared.
Status CopyStore(const std::string& from, const std::string& to);

// Bytes of all files below a directory, but RocksDB's own log of what it did.
uint64_t BytesBelow(const std::string& directory);

}  // namespace rollcall::bench
