// What a report takes while a crowd holds connections: 10,000 that are idle and 1,000 that send a
// byte a second.
#include <algorithm>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"
#include "tests/support/http_client.h"

namespace rollcall::bench {
namespace {

constexpr auto kPause = std::chrono::milliseconds(5);

struct Latencies {
  std::vector<double> p50_ms;
  std::vector<double> p99_ms;
};

// One report after another, at a steady pace: what waits behind a slow one waited from its own due
// time.
Status MeasureRound(Context& context, const Server& server,
                    const std::vector<StreamReport>& reports, Latencies& latencies) {
  test::HttpClient client(server.port());
  const bool ours = server.product() == Product::kRollcall;
  std::vector<double> times;
  auto due = std::chrono::steady_clock::now();
  const auto end = due + std::chrono::seconds(context.round_seconds);
  for (size_t i = 0; due < end; ++i, due += kPause) {
    const StreamReport& report = reports[i % reports.size()];
    std::string body;
    for (const std::string& line : report.lines) {
      body += ours ? line : WithSourceLabel(line, report.source);
      body += '\n';
    }
    std::this_thread::sleep_until(due);
    const int status =
        client.Post(report.source, body, "", ours ? "/" : "/api/v1/import/prometheus").status;
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - due).count());
    if (status != 200 && status != 204) {
      return Status::Unavailable("a report beside the crowd: " + std::to_string(status));
    }
  }
  latencies.p50_ms.push_back(PercentileOf(times, 50));
  latencies.p99_ms.push_back(PercentileOf(times, 99));
  return Status::Ok();
}

Status Measure(Context& context, bool ours, const std::vector<StreamReport>& reports,
               Latencies& alone, Latencies& crowded, std::string& note) {
  // The crowd comes from one address, which would have its share of the connections and no more.
  const auto server =
      ours ? context.StartRollcall(context.NewPath("rollcall"), {"--max-peer-connections", "0"})
           : context.StartVictoria(context.NewPath("victoria"));
  if (!server.ok()) return server.status();
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(MeasureRound(context, **server, reports, alone));
  }
  const size_t idle = context.quick ? 100 : 10'000;
  const Crowd crowd((*server)->port(), idle, idle / 10);
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(MeasureRound(context, **server, reports, crowded));
  }
  char text[96];
  std::snprintf(text, sizeof text, "%s connections, %.0f MiB resident",
                WithCommas(crowd.open()).c_str(),
                static_cast<double>((*server)->child().ResidentBytes()) / (1024 * 1024));
  note += std::string(note.empty() ? "" : "; VictoriaMetrics ") + text;
  return crowd.open() >= idle
             ? Status::Ok()
             : Status::Unavailable("of the crowd only " + std::to_string(crowd.open()) +
                                   " are connected");
}

}  // namespace

Status BenchIdle(Context& context) {
  const auto reports = ClusterReports(64);
  Latencies alone[2];
  Latencies crowded[2];
  std::string note;
  // One after the other: both crowds at once are more connections than one process may have.
  for (const size_t side : {size_t{0}, size_t{1}}) {
    ROLLCALL_RETURN_IF_ERROR(
        Measure(context, side == 0, reports, alone[side], crowded[side], note));
  }
  const std::string what = "a report beside 10,000 idle and 1,000 dripping connections";
  context.Add({"idle", "a report, nothing else: p50", "ms", alone[0].p50_ms, alone[1].p50_ms});
  context.Add({"idle", "a report, nothing else: p99", "ms", alone[0].p99_ms, alone[1].p99_ms});
  context.Add({"idle", what + ": p50", "ms", crowded[0].p50_ms, crowded[1].p50_ms, {}, note});
  context.Add({"idle", what + ": p99", "ms", crowded[0].p99_ms, crowded[1].p99_ms,
               Bar{Bar::Kind::kAtMost, 10}, ""});
  return Status::Ok();
}

}  // namespace rollcall::bench
