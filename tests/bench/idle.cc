// What a report takes while a crowd holds connections: 10,000 that are idle and 1,000 that send a
// byte a second.
#include <cstdio>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/paced.h"
#include "tests/bench/requests.h"
#include "tests/bench/stores.h"

namespace rollcall::bench {
namespace {

Status Measure(Context& context, bool ours, const std::vector<StreamReport>& reports,
               Latencies& alone, Latencies& crowded, std::string& note) {
  // The crowd comes from one address, which would have its share of the connections and no more.
  const auto server =
      ours ? context.StartRollcall(context.NewPath("rollcall"), {"--max-peer-connections", "0"})
           : context.StartVictoria(context.NewPath("victoria"));
  if (!server.ok()) return server.status();
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(PostPaced(context, **server, reports, alone));
  }
  const size_t idle = context.quick ? 100 : 10'000;
  const Crowd crowd((*server)->port(), idle, idle / 10);
  for (int round = 0; round < context.rounds; ++round) {
    ROLLCALL_RETURN_IF_ERROR(PostPaced(context, **server, reports, crowded));
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
