// The public numbers at the size of a fleet, while reports come in: overview with its changes,
// trend, breakdown and distribution of running periods, and of closed ones that are stored.
#include <chrono>

#include "base/civil_time.h"
#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"
#include "tests/bench/trickle.h"

namespace rollcall::bench {
namespace {

constexpr unsigned kTricklePerSecond = 100;
constexpr double kMostMilliseconds = 50;

struct Asked {
  const char* what;
  std::string target;
};

std::vector<Asked> AllAsked() {
  const std::string closed = Month::Of(SystemClock().Now()).Plus(-1).ToString();
  return {{"overview beside the periods before", "/api/v1/overview"},
          {"overview of the last 30 days", "/api/v1/overview?period=30d"},
          {"badge of the last 30 days", "/badge/nodes.svg"},
          {"trend of 12 months by version", "/api/v1/trend?by=cozystack_version"},
          {"breakdown of the running month", "/api/v1/breakdown"},
          {"breakdown of the running year", "/api/v1/breakdown?periods=12"},
          {"breakdown of a closed month", "/api/v1/breakdown?month=" + closed},
          {"distribution of the running month", "/api/v1/distribution"},
          {"distribution of the running year", "/api/v1/distribution?periods=12"},
          {"distribution of the last 30 days", "/api/v1/distribution?period=30d"},
          {"distribution of a closed year", "/api/v1/distribution?periods=12&month=" + closed},
          {"trend of the running day", "/api/v1/trend?step=day&by=cozystack_version"},
          {"chart of 12 months", "/chart/nodes.svg"}};
}

double FirstMilliseconds(int port, const std::string& target, int& status) {
  const auto start = std::chrono::steady_clock::now();
  status = Fetch(port, target).status;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

Status BenchData(Context& context) {
  const uint32_t sources = context.quick ? 1'000 : 100'000;
  const auto reports = ClusterReports(64);
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  const auto server = context.StartRollcall(*store);
  if (!server.ok()) return server.status();
  LoadOptions load;
  load.port = (*server)->port();
  load.connections = 1;
  load.seconds = 1;
  for (const Asked& asked : AllAsked()) {
    load.target = asked.target;
    Row first{.bench = "data", .unit = "ms"};
    Row p50{.bench = "data", .unit = "ms"};
    Row p99{.bench = "data", .unit = "ms"};
    NameAfter(std::string(asked.what) + ": the very first", sources, first);
    NameAfter(std::string(asked.what) + ": p50", sources, p50);
    NameAfter(std::string(asked.what) + ": p99", sources, p99);
    p99.bar = Bar{Bar::Kind::kAtMost, kMostMilliseconds};
    int status = 0;
    first.rollcall.push_back(FirstMilliseconds(load.port, asked.target, status));
    if (status != 200) return Status::Internal(asked.target + ": " + std::to_string(status));
    const Trickle trickle(load.port, sources, kTricklePerSecond, reports);
    for (int round = 0; round < context.rounds; ++round) {
      const auto result = RunLoad(context, load);
      if (!result.ok()) return result.status();
      p50.rollcall.push_back(result->p50_ms);
      p99.rollcall.push_back(result->p99_ms);
    }
    if (trickle.failed() > 0 || trickle.taken() == 0) {
      return Status::Internal("reports beside " + asked.target + ": " +
                              std::to_string(trickle.failed()) + " failed");
    }
    context.Add(std::move(first));
    context.Add(std::move(p50));
    context.Add(std::move(p99));
  }
  return Status::Ok();
}

}  // namespace rollcall::bench
