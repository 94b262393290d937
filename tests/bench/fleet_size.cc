// Memory and start, with a year of history.
#include "tests/bench/fleet_size.h"

#include "demo/random.h"
#include "tests/bench/history.h"
#include "tests/bench/overview.h"
#include "tests/bench/poster.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"

namespace rollcall::bench {
namespace {

constexpr double kMiB = 1024 * 1024;
constexpr uint32_t kReportsBeforeKill = 20'000;

// Both streams of every source once, and in the order in which sources report: none that is known.
Status PostFleet(int port, uint32_t sources, const std::vector<StreamReport>& reports) {
  return PostAll(port, uint64_t{sources} * 2, [&](uint64_t i) {
    const uint64_t number = i % sources;
    const uint64_t made = demo::SeedOf(5, number) % (reports.size() / 2);
    return Post{HistorySource(static_cast<uint32_t>(number)),
                reports[made * 2 + i / sources].Body()};
  });
}

}  // namespace

Status MeasureMemory(Context& context, uint32_t sources, const std::string& bench) {
  const auto reports = ClusterReports(context.quick ? 32 : 1'024);
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  const auto server = context.StartRollcall(*store);
  if (!server.ok()) return server.status();
  const std::string target = OverviewTarget(Month::Of(SystemClock().Now()));
  Fetch((*server)->port(), target);
  ROLLCALL_RETURN_IF_ERROR(PostFleet((*server)->port(), sources, reports));
  Fetch((*server)->port(), target);
  Row row{.bench = bench, .unit = "MiB"};
  NameAfter("memory when all have reported both streams", sources, row);
  row.rollcall = {static_cast<double>((*server)->child().ResidentBytes()) / kMiB};
  if (sources == 100'000) row.bar = Bar{Bar::Kind::kAtMost, 512};
  const double cached = (*server)->Metric("rollcall_source_cache_sources");
  row.note = WithCommas(static_cast<uint64_t>(cached)) + " sources in the cache";
  context.Add(std::move(row));
  Row most{.bench = bench, .unit = "MiB"};
  NameAfter("memory: the most until then", sources, most);
  most.rollcall = {static_cast<double>((*server)->child().PeakResidentBytes()) / kMiB};
  context.Add(std::move(most));
  return Status::Ok();
}

Status MeasureStart(Context& context, uint32_t sources, const std::string& bench) {
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  Row clean{.bench = bench, .unit = "s"};
  Row killed{.bench = bench, .unit = "s"};
  NameAfter("start", sources, clean);
  NameAfter("start after kill -9", sources, killed);
  if (sources == 100'000) clean.bar = killed.bar = Bar{Bar::Kind::kAtMost, 1};
  const auto reports = ClusterReports(32);
  for (int round = 0; round < context.rounds; ++round) {
    const auto server = context.StartRollcall(*store);
    if (!server.ok()) return server.status();
    clean.rollcall.push_back((*server)->ready_seconds());
    // What it has not written out yet is in its log and must be read again.
    ROLLCALL_RETURN_IF_ERROR(
        PostFleet((*server)->port(), std::min(sources, kReportsBeforeKill / 2), reports));
    (*server)->Kill();
    const auto again = context.StartRollcall(*store);
    if (!again.ok()) return again.status();
    killed.rollcall.push_back((*again)->ready_seconds());
    ROLLCALL_RETURN_IF_ERROR((*again)->Stop());
  }
  killed.note = WithCommas(2 * std::min(sources, kReportsBeforeKill / 2)) + " reports before it";
  context.Add(std::move(clean));
  context.Add(std::move(killed));
  return Status::Ok();
}

Status BenchMemory(Context& context) {
  return MeasureMemory(context, context.quick ? 1'000 : 100'000, "memory");
}

Status BenchStart(Context& context) {
  return MeasureStart(context, context.quick ? 1'000 : 100'000, "start");
}

}  // namespace rollcall::bench
