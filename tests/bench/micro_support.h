// What the micro benchmarks share: bodies of made-up clusters, their series, stores to work on.
// Each is named with the limit that it is held against; micro_limits.cc measures the limits.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "model/report.h"
#include "storage/stores.h"
#include "tests/bench/requests.h"

namespace rollcall::bench {

// The limits, as they stand in names.
inline constexpr const char* kOnePass = " (limit: copy_body)";
inline constexpr const char* kOneSync = " (limit: sync_4KiB)";
inline constexpr const char* kBandwidth = " (limit: copy_64MiB)";

// Operator and controller reports by turns, of 256 sources. Made once.
const std::vector<StreamReport>& Reports();
const std::vector<std::string>& Bodies();

// A store in a directory of its own, beside the working directory: a sync must reach a disk.
class ScratchStore {
 public:
  ScratchStore();
  ~ScratchStore();
  ScratchStore(const ScratchStore&) = delete;
  ScratchStore& operator=(const ScratchStore&) = delete;

  storage::Stores& stores() { return *stores_; }
  const std::string& directory() const { return directory_; }
  void Close() { stores_.reset(); }
  void Open();

 private:
  std::string directory_;
  std::unique_ptr<storage::Stores> stores_;
};

// The body as the store knows it, sorted.
std::vector<SeriesValue> SeriesOf(storage::Stores& stores, const std::string& body);

}  // namespace rollcall::bench
