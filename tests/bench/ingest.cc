// Reports per second: the same bodies to both servers, in turns, all of them known before it
// counts.
#include <filesystem>

#include "tests/bench/bench.h"
#include "tests/bench/load.h"
#include "tests/bench/requests.h"

namespace rollcall::bench {
namespace {

constexpr size_t kSources = 2'048;  // 4,096 pairs of source and stream

struct Variant {
  const char* what;
  Changing changing;
  int percent;
};
constexpr Variant kVariants[] = {{"same content", Changing::kOneLine, 0},
                                 {"5 % changed", Changing::kOneLine, 5},
                                 {"all new", Changing::kAllCounts, 100}};

struct Side {
  std::unique_ptr<Server> server;
  LoadOptions load;
  std::vector<double> per_second;
  std::vector<double> p50_ms;
  std::vector<double> p99_ms;
};

// One server works at a time; the other's debts (merging, flushing) wait for its own turn.
Status RunRound(Context& context, Side& side, bool counts) {
  side.server->child().Continue();
  const Result<LoadResult> result = RunLoad(context, side.load);
  side.server->child().Pause();
  if (!result.ok()) return result.status();
  if (counts) {
    side.per_second.push_back(result->per_second);
    side.p50_ms.push_back(result->p50_ms);
    side.p99_ms.push_back(result->p99_ms);
  }
  return Status::Ok();
}

Status RunVariant(Context& context, const std::string& bench, const Variant& variant, bool close,
                  const std::vector<StreamReport>& reports) {
  Side rollcall;
  Side victoria;
  for (Side* side : {&rollcall, &victoria}) {
    const bool ours = side == &rollcall;
    auto server = ours ? context.StartRollcall(context.NewPath("rollcall"))
                       : context.StartPeer(context.NewPath("peer"));
    if (!server.ok()) return server.status();
    side->server = std::move(server).value();
    RequestsOptions requests;
    requests.product = side->server->product();
    requests.changing = variant.changing;
    requests.close = close;
    side->load.port = side->server->port();
    side->load.requests_path = context.NewPath("requests");
    side->load.changed_percent = variant.percent;
    side->load.seconds = context.round_seconds;
    side->load.connections = context.connections;
    ROLLCALL_RETURN_IF_ERROR(WriteRequests(reports, requests, side->load.requests_path));
    ROLLCALL_RETURN_IF_ERROR(RunRound(context, *side, false));
  }
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(RunRound(context, rollcall, true));
    ROLLCALL_RETURN_IF_ERROR(RunRound(context, victoria, true));
  }
  rollcall.server->child().Continue();
  const double commits = rollcall.server->Metric("rollcall_commits_total");
  double taken = 0;
  for (const char* outcome : {"same", "changed", "full"}) {
    taken +=
        rollcall.server->Metric(std::string("rollcall_reports_total{outcome=\"") + outcome + "\"}");
  }
  char note[64];
  std::snprintf(note, sizeof note, "%.0f reports a sync", taken / commits);
  const std::string what =
      std::string(close ? "a connection for each report, " : "kept-alive, ") + variant.what;
  context.Add({bench, "reports/s, " + what, "1/s", rollcall.per_second, victoria.per_second,
               Bar{Bar::Kind::kRatioAtLeast, 1.5}, note});
  context.Add({bench, "latency p50, " + what, "ms", rollcall.p50_ms, victoria.p50_ms});
  context.Add({bench, "latency p99, " + what, "ms", rollcall.p99_ms, victoria.p99_ms});
  for (const Side* side : {&rollcall, &victoria}) {
    std::filesystem::remove(side->load.requests_path);
  }
  return Status::Ok();
}

Status Run(Context& context, const std::string& bench, bool close) {
  const auto reports = ClusterReports(context.quick ? 64 : kSources);
  for (const Variant& variant : kVariants) {
    ROLLCALL_RETURN_IF_ERROR(RunVariant(context, bench, variant, close, reports));
  }
  return Status::Ok();
}

}  // namespace

Status BenchIngestKeepAlive(Context& context) { return Run(context, "ingest-keepalive", false); }
Status BenchIngestConnections(Context& context) { return Run(context, "ingest-connections", true); }

}  // namespace rollcall::bench
