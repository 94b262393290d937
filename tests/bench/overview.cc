// The overview at the size of a fleet: of the running month while reports come in, and of a closed
// month that nobody has asked for yet, once the jobs have made it ready.
#include "tests/bench/overview.h"

#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"
#include "tests/bench/trickle.h"

namespace rollcall::bench {
namespace {

constexpr unsigned kTricklePerSecond = 100;

double MillisecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

}  // namespace

std::string OverviewTarget(Month month) {
  return "/api/overview?year=" + std::to_string(month.year()) +
         "&month=" + std::to_string(month.month());
}

Status MeasureRunning(Context& context, uint32_t sources, const std::string& bench) {
  const auto reports = DemoReports(64);
  if (!reports.ok()) return reports.status();
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  const auto server = context.StartRollcall(*store);
  if (!server.ok()) return server.status();
  LoadOptions load;
  load.port = (*server)->port();
  load.target = OverviewTarget(Month::Of(SystemClock().Now()));
  load.seconds = context.quick ? 1 : 3;
  const HttpReply first = Fetch(load.port, load.target);
  if (first.body.find("\"clusters\":" + std::to_string(sources)) == std::string::npos) {
    return Status::Internal("overview of " + std::to_string(sources) +
                            " sources says: " + first.body);
  }
  for (const int connections : {1, 8}) {
    Row p50{.bench = bench, .unit = "ms"};
    Row p99{.bench = bench, .unit = "ms"};
    Row per_second{.bench = bench, .unit = "1/s"};
    const std::string callers =
        std::to_string(connections) + (connections == 1 ? " caller" : " callers");
    NameAfter("overview of the running month, " + callers + ": p50", sources, p50);
    NameAfter("overview of the running month, " + callers + ": p99", sources, p99);
    NameAfter("overviews of the running month a second, " + callers, sources, per_second);
    if (sources == 100'000) p99.bar = Bar{Bar::Kind::kAtMost, 5};
    load.connections = connections;
    const Trickle trickle(load.port, sources, kTricklePerSecond, *reports);
    for (int round = 0; round < context.rounds; ++round) {
      const auto result = RunLoad(context, load);
      if (!result.ok()) return result.status();
      p50.rollcall.push_back(result->p50_ms);
      p99.rollcall.push_back(result->p99_ms);
      per_second.rollcall.push_back(result->per_second);
    }
    if (trickle.failed() > 0 || trickle.taken() == 0) {
      return Status::Internal("reports beside the overview: " + std::to_string(trickle.failed()) +
                              " failed");
    }
    context.Add(std::move(p50));
    context.Add(std::move(p99));
    context.Add(std::move(per_second));
  }
  return Status::Ok();
}

Status MeasureClosed(Context& context, uint32_t sources, const std::string& bench) {
  const auto store = StoreWithHistory(context, sources);
  if (!store.ok()) return store.status();
  const auto server = context.StartRollcall(*store);
  if (!server.ok()) return server.status();
  const Month now = Month::Of(SystemClock().Now());
  Row ready{.bench = bench, .unit = "s"};
  NameAfter("until all closed months are ready", sources, ready);
  const auto start = std::chrono::steady_clock::now();
  // The jobs have told how much is missing, and then that nothing is.
  const auto ran = [&](const char* job) {
    return (*server)->Metric(std::string("rollcall_job_runs_total{job=\"") + job +
                             "\",result=\"ok\"}") > 0;
  };
  while (!ran("closed-months") || !ran("tallies") ||
         (*server)->Metric("rollcall_overviews_missing{fleet=\"cozystack\"}") > 0 ||
         (*server)->Metric("rollcall_periods_missing{fleet=\"cozystack\"}") > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  ready.rollcall.push_back(MillisecondsSince(start) / 1000);
  context.Add(std::move(ready));
  Row first{.bench = bench, .unit = "ms"};
  Row again{.bench = bench, .unit = "ms"};
  Row compared{.bench = bench, .unit = "ms"};
  NameAfter("first overview of a closed month", sources, first);
  NameAfter("the same month once more", sources, again);
  NameAfter("the same month beside the one before, the first time", sources, compared);
  first.bar = compared.bar = Bar{Bar::Kind::kAtMost, 5};
  for (unsigned back = 1; back <= kSpareMonths; ++back) {
    const Month month = now.Plus(-static_cast<int>(back));
    const std::pair<Row*, std::string> asked[] = {
        {&first, OverviewTarget(month)},
        {&again, OverviewTarget(month)},
        {&compared, "/api/v1/overview?month=" + month.ToString()}};
    for (const auto& [row, target] : asked) {
      const auto begin = std::chrono::steady_clock::now();
      const int status = Fetch((*server)->port(), target).status;
      row->rollcall.push_back(MillisecondsSince(begin));
      if (status != 200) return Status::Internal(target + ": " + std::to_string(status));
    }
  }
  context.Add(std::move(compared));
  context.Add(std::move(first));
  context.Add(std::move(again));
  return Status::Ok();
}

Status BenchOverviewRunning(Context& context) {
  for (const uint32_t sources : FleetSizes(context)) {
    ROLLCALL_RETURN_IF_ERROR(MeasureRunning(context, sources, "overview-running"));
  }
  return Status::Ok();
}

Status BenchOverviewClosed(Context& context) {
  for (const uint32_t sources : FleetSizes(context)) {
    ROLLCALL_RETURN_IF_ERROR(MeasureClosed(context, sources, "overview-closed"));
  }
  return Status::Ok();
}

}  // namespace rollcall::bench
