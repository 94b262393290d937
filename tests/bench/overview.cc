// The overview at the size of a fleet: of the running month while reports come in, and of a closed
// month that nobody has asked for yet, once the jobs have made it ready.
#include "tests/bench/overview.h"

#include <algorithm>
#include <functional>
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

// The p99 of what is asked of each closed month, a row for each kind of question; each is asked
// some times over, and every answer is a 200.
Status AskOfAllMonths(Context& context, int port, uint32_t sources, const std::string& bench) {
  const Month last = Month::Of(SystemClock().Now()).Plus(-1);
  const auto of_month = [](const char* path, Month month) {
    return std::string(path) + month.ToString();
  };
  using Targets = std::function<std::vector<std::string>(Month)>;
  const std::pair<const char*, Targets> kinds[] = {
      {"overview of any closed month",
       [](Month month) { return std::vector<std::string>{OverviewTarget(month)}; }},
      {"any closed month beside those before",
       [&](Month month) {
         return std::vector<std::string>{of_month("/api/v1/overview?month=", month)};
       }},
      {"breakdown of any closed month, quarter or year",
       [&](Month month) {
         std::vector<std::string> targets;
         for (const char* const periods : {"1", "3", "12"}) {
           targets.push_back(std::string("/api/v1/breakdown?metric=cozy_cluster_info&by=") +
                             of_month("cozystack_version&month=", month) + "&periods=" + periods);
         }
         return targets;
       }},
      {"distribution of any closed month, quarter or year",
       [&](Month month) {
         std::vector<std::string> targets;
         for (const char* const query : {"1&figure=nodes", "3&figure=tenants", "12&figure=nodes"}) {
           targets.push_back(of_month("/api/v1/distribution?month=", month) + "&periods=" + query);
         }
         return targets;
       }},
      {"trend of 12 months that end with any closed one, by version",
       [&](Month month) {
         return std::vector<std::string>{
             of_month("/api/v1/trend?by=cozystack_version&from=", month.Plus(-11)) +
             "&to=" + month.ToString()};
       }},
  };
  for (const auto& [name, targets] : kinds) {
    Row row{.bench = bench, .unit = "ms"};
    NameAfter(std::string(name) + ": p99", sources, row);
    row.bar = Bar{Bar::Kind::kAtMost, 5};
    std::vector<double> times;
    for (int round = 0; round < (context.quick ? 2 : 20); ++round) {
      for (int back = 0; back < kMonthsOfHistory - 1; ++back) {
        for (const std::string& target : targets(last.Plus(-back))) {
          const auto begin = std::chrono::steady_clock::now();
          const int status = Fetch(port, target).status;
          times.push_back(MillisecondsSince(begin));
          if (status != 200) return Status::Internal(target + ": " + std::to_string(status));
        }
      }
    }
    std::sort(times.begin(), times.end());
    row.rollcall.push_back(times[times.size() * 99 / 100]);
    row.note = std::to_string(times.size()) + " questions";
    context.Add(std::move(row));
  }
  return Status::Ok();
}

}  // namespace

std::string OverviewTarget(Month month) {
  return "/api/overview?year=" + std::to_string(month.year()) +
         "&month=" + std::to_string(month.month());
}

Status MeasureRunning(Context& context, uint32_t sources, const std::string& bench) {
  const auto reports = ClusterReports(64);
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
    const Trickle trickle(load.port, sources, kTricklePerSecond, reports);
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
  (*server)->AwaitClosedPeriods();
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
  return AskOfAllMonths(context, (*server)->port(), sources, bench);
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
