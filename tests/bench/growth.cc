// How the figures grow with the fleet: the same measurements at 10,000, 100,000 and 1,000,000
// sources, and what ten times the sources cost.
#include <filesystem>

#include "tests/bench/bench.h"
#include "tests/bench/fleet_size.h"
#include "tests/bench/history.h"
#include "tests/bench/overview.h"
#include "tests/bench/stores.h"

namespace rollcall::bench {
namespace {

Status MeasureDisk(Context& context, uint32_t sources) {
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  Row row{.bench = "growth", .unit = "MiB"};
  NameAfter("store: 16 months of peaks, a day of reports", sources, row);
  row.rollcall = {static_cast<double>(BytesBelow(*store)) / (1024 * 1024)};
  context.Add(std::move(row));
  std::error_code ignored;
  std::filesystem::remove_all(*store, ignored);
  return Status::Ok();
}

}  // namespace

Status BenchGrowth(Context& context) {
  const std::vector<uint32_t> sizes = context.quick
                                          ? std::vector<uint32_t>{100, 1'000}
                                          : std::vector<uint32_t>{10'000, 100'000, 1'000'000};
  for (const uint32_t sources : sizes) {
    ROLLCALL_RETURN_IF_ERROR(MeasureDisk(context, sources));
    ROLLCALL_RETURN_IF_ERROR(MeasureClosed(context, sources, "growth"));
    ROLLCALL_RETURN_IF_ERROR(MeasureRunning(context, sources, "growth"));
    ROLLCALL_RETURN_IF_ERROR(MeasureStart(context, sources, "growth"));
    ROLLCALL_RETURN_IF_ERROR(MeasureMemory(context, sources, "growth"));
  }
  return Status::Ok();
}

}  // namespace rollcall::bench
