// PromQL beside VictoriaMetrics and Prometheus on the same history: the panels of Grafana's
// dashboard over three months, cold and warm; maxima of 30 days, label values and series of a
// month; memory while all panels are asked for at once, and a report beside queries that run into
// their limits.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/history.h"
#include "tests/bench/query_history.h"
#include "tests/bench/requests.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

using std::chrono::hours;
using Steady = std::chrono::steady_clock;

constexpr int64_t kStep = 7'200;  // seconds: what Grafana takes for three months
constexpr int kPanelDays = 90;
constexpr int kAsksAgain = 50;
// Prometheus keeps no answers, and gives up after 2 minutes.
constexpr int kAsksAgainOfPrometheus = 2;
constexpr int kPatience = 150;  // seconds
constexpr double kMostMiB = 512;
constexpr double kMostReportMs = 10;
constexpr int kReports = 2'000;
constexpr std::chrono::milliseconds kReportEvery{5};

struct Fleet {
  std::string name;
  QueryHistory history = {};
  std::string store = {};  // directories of the products
  std::string peer = {};
  std::string prometheus = {};
};

struct Panel {
  std::string what;
  std::string query;
};

std::vector<Panel> RangePanels() {
  const std::string all = "{cluster_id=~\".*\"}";
  const std::string clusters = "count(count by (cluster_id) (cozy_cluster_info" + all + "))";
  const std::string nodes = "sum(cozy_nodes_count" + all + ")";
  return {
      {"1, clusters", clusters},
      {"2, nodes", nodes},
      {"3, nodes per cluster", nodes + " / " + clusters},
      {"4, load balancers", "sum(cozy_loadbalancers_count" + all + ")"},
      {"5, nodes by os", "sum by (os) (cozy_nodes_count" + all + ")"},
      {"6, nodes by kernel", "sum by (kernel) (cozy_nodes_count" + all + ")"},
      {"7, clusters by version", "count by (cozystack_version) (cozy_cluster_info" + all + ")"},
      {"8, clusters by Kubernetes", "count by (kubernetes_version) (cozy_cluster_info" + all + ")"},
      {"9, applications by kind", "sum by (kind) (cozy_application_count" + all + ")"},
      {"10, capacity", "sum by (resource) (cozy_cluster_capacity" + all + ")"},
      {"11, volumes by driver", "sum by (driver) (cozy_pvs_count" + all + ")"},
      {"12, volumes by size", "sum by (size) (cozy_pvs_count" + all + ")"}};
}

std::string Escaped(const std::string& text) {
  std::string escaped;
  AppendPercentEncoded(text, escaped);
  return escaped;
}

std::string RangeTarget(const Fleet& fleet, const std::string& query) {
  const int64_t end = Day{fleet.history.last.number + 1}.Start().time_since_epoch().count() - kStep;
  const int64_t start = end - kPanelDays * 86'400;
  return "/api/v1/query_range?query=" + Escaped(query) + "&start=" + std::to_string(start) +
         "&end=" + std::to_string(end) + "&step=" + std::to_string(kStep);
}

std::string InstantTarget(const Fleet& fleet, const std::string& query) {
  const int64_t at = Day{fleet.history.last.number + 1}.Start().time_since_epoch().count() - kStep;
  return "/api/v1/query?query=" + Escaped(query) + "&time=" + std::to_string(at);
}

std::string MonthTarget(const Fleet& fleet, const std::string& path, const std::string& match) {
  const Month month = Month::Of(fleet.history.last).Plus(-1);
  return path + "?match%5B%5D=" + Escaped(match) +
         "&start=" + std::to_string(month.Start().time_since_epoch().count()) +
         "&end=" + std::to_string(month.Plus(1).Start().time_since_epoch().count() - 1);
}

struct Asked {
  std::string what;
  std::string target;
  double ratio;  // at most, of VictoriaMetrics' time
};

std::vector<Asked> AllAsked(const Fleet& fleet) {
  std::vector<Asked> asked;
  for (const Panel& panel : RangePanels()) {
    asked.push_back({"panel " + panel.what, RangeTarget(fleet, panel.query), 1.0 / 3});
  }
  asked.push_back(
      {"panel 13, packages",
       InstantTarget(fleet, "count by (name, variant) (cozy_package_info{cluster_id=~\".*\"})"),
       1.0 / 3});
  asked.push_back({"sum(max_over_time(cozy_nodes_count[30d]))",
                   InstantTarget(fleet, "sum(max_over_time(cozy_nodes_count[30d]))"), 1.0 / 10});
  asked.push_back({"ids of a month",
                   MonthTarget(fleet, "/api/v1/label/cluster_id/values", "cozy_cluster_info"), 1});
  asked.push_back(
      {"series of a month", MonthTarget(fleet, "/api/v1/series", "cozy_nodes_count"), 1});
  return asked;
}

Result<double> Milliseconds(test::HttpClient& client, const std::string& target) {
  const auto start = Steady::now();
  const auto reply = client.Get(target);
  const auto took = std::chrono::duration<double, std::milli>(Steady::now() - start).count();
  if (reply.status != 200) {
    return Status::Unavailable(target + ": " + std::to_string(reply.status) + " " +
                               reply.body.substr(0, 200));
  }
  return took;
}

// A request to a server that was just started, and the median of those after it.
Status MeasureOne(const Server& server, const std::string& target, int asks_again,
                  std::vector<double>& cold, std::vector<double>& warm) {
  test::HttpClient client(server.private_port(), kPatience);
  const Result<double> first = Milliseconds(client, target);
  if (!first.ok()) return first.status();
  cold.push_back(*first);
  std::vector<double> again;
  for (int i = 0; i < asks_again; ++i) {
    const Result<double> took = Milliseconds(client, target);
    if (!took.ok()) return took.status();
    again.push_back(*took);
  }
  warm.push_back(MedianOf(again));
  return Status::Ok();
}

// How long a sample stands in the other two: as long as rollcall finds for such reports.
std::chrono::seconds LookbackOf(const Fleet& fleet) { return fleet.history.interval / 8 * 9; }

std::string NoteOf(const std::vector<double>& prometheus) {
  if (prometheus.empty()) return "Prometheus gives no answer";
  char text[64];
  std::snprintf(text, sizeof text, "Prometheus %.3g ms", MedianOf(prometheus));
  return text;
}

Status MeasureAsked(Context& context, const Fleet& fleet) {
  for (const Asked& asked : AllAsked(fleet)) {
    const auto row = [&](const std::string& how) {
      Row made;
      made.bench = "promql";
      made.what = fleet.name + ": " + asked.what + how;
      made.unit = "ms";
      made.bar = Bar{Bar::Kind::kRatioAtMost, asked.ratio};
      return made;
    };
    Row cold = row(", from a server just started");
    Row warm = row(", again");
    std::vector<double> prometheus_cold;
    std::vector<double> prometheus_warm;
    for (int round = 0; round < context.rounds; ++round) {
      {
        const auto server = context.StartRollcall(fleet.store);
        if (!server.ok()) return server.status();
        ROLLCALL_RETURN_IF_ERROR(
            MeasureOne(**server, asked.target, kAsksAgain, cold.rollcall, warm.rollcall));
        ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
      }
      const auto peer = context.StartVictoria(fleet.peer);
      if (!peer.ok()) return peer.status();
      ROLLCALL_RETURN_IF_ERROR(
          MeasureOne(**peer, asked.target, kAsksAgain, cold.victoria, warm.victoria));
      ROLLCALL_RETURN_IF_ERROR((*peer)->Stop());
      const auto prometheus = context.StartPrometheus(fleet.prometheus, LookbackOf(fleet));
      if (!prometheus.ok()) return prometheus.status();
      const Status measured = MeasureOne(**prometheus, asked.target, kAsksAgainOfPrometheus,
                                         prometheus_cold, prometheus_warm);
      if (!measured.ok()) context.Say("Prometheus: " + measured.message());
      ROLLCALL_RETURN_IF_ERROR((*prometheus)->Stop());
    }
    cold.note = NoteOf(prometheus_cold);
    warm.note = NoteOf(prometheus_warm);
    context.Add(std::move(cold));
    context.Add(std::move(warm));
  }
  return Status::Ok();
}

// Runs as many requests at once as there are targets.
Status AskAllAtOnce(int port, const std::vector<std::string>& targets) {
  std::vector<Status> statuses(targets.size());
  std::vector<std::jthread> threads;
  for (size_t i = 0; i < targets.size(); ++i) {
    threads.emplace_back([&, i] {
      test::HttpClient client(port);
      statuses[i] = Milliseconds(client, targets[i]).status();
    });
  }
  threads.clear();
  for (const Status& status : statuses) ROLLCALL_RETURN_IF_ERROR(status);
  return Status::Ok();
}

Status MeasureMemory(Context& context, const Fleet& fleet) {
  std::vector<std::string> panels;
  for (const Asked& asked : AllAsked(fleet)) {
    if (asked.what.starts_with("panel")) panels.push_back(asked.target);
  }
  Row row{.bench = "promql",
          .what = fleet.name + ": memory, the most while all panels are asked for at once",
          .unit = "MiB",
          .bar = Bar{Bar::Kind::kAtMost, kMostMiB}};
  const auto server = context.StartRollcall(fleet.store, {"--query-queue", "64"});
  if (!server.ok()) return server.status();
  ROLLCALL_RETURN_IF_ERROR(AskAllAtOnce((*server)->private_port(), panels));
  row.rollcall = {static_cast<double>((*server)->child().PeakResidentBytes()) / (1024 * 1024)};
  ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  const auto peer = context.StartVictoria(fleet.peer);
  if (!peer.ok()) return peer.status();
  ROLLCALL_RETURN_IF_ERROR(AskAllAtOnce((*peer)->private_port(), panels));
  row.victoria = {static_cast<double>((*peer)->child().PeakResidentBytes()) / (1024 * 1024)};
  ROLLCALL_RETURN_IF_ERROR((*peer)->Stop());
  context.Add(std::move(row));
  return Status::Ok();
}

Status MeasureReports(Context& context, const Fleet& fleet) {
  const std::string store = context.NewPath("reported");
  ROLLCALL_RETURN_IF_ERROR(CopyStore(fleet.store, store));
  const auto server = context.StartRollcall(store);
  if (!server.ok()) return server.status();
  // All series of all time, at many steps: over the limit of samples, or of memory.
  const std::string heavy =
      RangeTarget(fleet, "quantile_over_time(0.5, {__name__=~\"cozy_.*\"}[30d])");
  std::atomic<bool> stop{false};
  std::atomic<int> refused{0};
  std::vector<std::jthread> askers;
  for (int i = 0; i < 2; ++i) {
    askers.emplace_back([&] {
      test::HttpClient client((*server)->private_port());
      while (!stop) refused += client.Get(heavy).status != 200 ? 1 : 0;
    });
  }
  const auto reports = ClusterReports(64);
  test::HttpClient client((*server)->port());
  std::vector<double> times;
  int failed = 0;
  const int count = context.quick ? 100 : kReports;
  for (int i = 0; i < count; ++i) {
    const StreamReport& report = reports[static_cast<size_t>(i) % reports.size()];
    const std::string body = report.Body();
    const auto start = Steady::now();
    failed += client.Post(report.source, body).status == 200 ? 0 : 1;
    times.push_back(std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    std::this_thread::sleep_until(start + kReportEvery);
  }
  stop = true;
  askers.clear();
  ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  if (failed != 0) return Status::Unavailable(std::to_string(failed) + " reports failed");
  context.Add({.bench = "promql",
               .what = fleet.name + ": a report beside two queries that run into their limits, p99",
               .unit = "ms",
               .rollcall = {PercentileOf(times, 99)},
               .bar = Bar{Bar::Kind::kAtMost, kMostReportMs},
               .note = std::to_string(refused.load()) + " queries were refused"});
  return Status::Ok();
}

// What a question takes that asks for nothing: the two ways through the kernel, and the threads'
// between them.
Status MeasureRoundTrip(Context& context, const Fleet& fleet) {
  Row row{
      .bench = "promql", .what = fleet.name + ": a request that asks for nothing", .unit = "ms"};
  std::vector<double> first;
  for (int round = 0; round < context.rounds; ++round) {
    const auto server = context.StartRollcall(fleet.store);
    if (!server.ok()) return server.status();
    ROLLCALL_RETURN_IF_ERROR(MeasureOne(**server, "/healthz", kAsksAgain, first, row.rollcall));
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
    const auto peer = context.StartVictoria(fleet.peer);
    if (!peer.ok()) return peer.status();
    ROLLCALL_RETURN_IF_ERROR(MeasureOne(**peer, "/health", kAsksAgain, first, row.victoria));
    ROLLCALL_RETURN_IF_ERROR((*peer)->Stop());
  }
  context.Add(std::move(row));
  return Status::Ok();
}

Status Measure(Context& context, Fleet fleet) {
  fleet.store = context.NewPath("store");
  fleet.peer = context.NewPath("victoria");
  fleet.prometheus = context.NewPath("prometheus");
  fleet.history.last = Day{Day::Of(SystemClock().Now()).number - 1};
  ROLLCALL_RETURN_IF_ERROR(WriteQueryHistory(fleet.store, fleet.history));
  {
    const auto server = context.StartRollcall(fleet.store);
    if (!server.ok()) return server.status();
    (*server)->AwaitClosedPeriods();
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  }
  {
    const auto peer = context.StartVictoria(fleet.peer);
    if (!peer.ok()) return peer.status();
    ROLLCALL_RETURN_IF_ERROR(SendToVictoria(fleet.store, (*peer)->port()));
    ROLLCALL_RETURN_IF_ERROR((*peer)->Stop());
  }
  {
    const auto prometheus = context.StartPrometheus(fleet.prometheus, LookbackOf(fleet));
    if (!prometheus.ok()) return prometheus.status();
    ROLLCALL_RETURN_IF_ERROR(SendToPrometheus(fleet.store, fleet.history, (*prometheus)->port()));
    ROLLCALL_RETURN_IF_ERROR((*prometheus)->Stop());
  }
  ROLLCALL_RETURN_IF_ERROR(MeasureAsked(context, fleet));
  ROLLCALL_RETURN_IF_ERROR(MeasureRoundTrip(context, fleet));
  ROLLCALL_RETURN_IF_ERROR(MeasureMemory(context, fleet));
  return MeasureReports(context, fleet);
}

}  // namespace

Status BenchPromql(Context& context) {
  Fleet quarterly{.name = "1,300 clusters, every 15 minutes"};
  quarterly.history = {.sources = context.quick ? 20U : 1'300U,
                       .days = 92,
                       .last = {},
                       .interval = std::chrono::minutes(15)};
  return Measure(context, quarterly);
}

Status BenchPromqlDaily(Context& context) {
  Fleet daily{.name = "10,000 clusters, daily"};
  daily.history = {.sources = context.quick ? 50U : 10'000U,
                   .days = context.quick ? 92U : 365U,
                   .last = {},
                   .interval = hours(24)};
  return Measure(context, daily);
}

}  // namespace rollcall::bench
