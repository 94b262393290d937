// What floods leave behind, and what a real report takes meanwhile: a million ids that nobody has,
// from a thousand addresses, with the limits as they are by default and without.
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/paced.h"
#include "tests/support/http_client.h"
#include "tests/support/raw_http.h"

namespace rollcall::bench {
namespace {

constexpr size_t kAddresses = 1'000;
constexpr size_t kAtOnce = 32;  // requests on their way

std::string FakeReport(uint64_t number, uint64_t random) {
  const std::string body = "cozy_cluster_info 1\ncozy_nodes_count{kernel=\"" +
                           std::to_string(random % 1'000'000) + "\"} 1\n";
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Cluster-ID: fake-" + std::to_string(number) +
         "-" + std::to_string(random) + "\r\nX-Forwarded-For: 198.18." +
         std::to_string(number % kAddresses / 256) + "." + std::to_string(number % 256) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Flood {
  uint64_t taken = 0;
  uint64_t refused = 0;
  bool is_whole = false;
};

Flood Pour(int port, uint64_t count) {
  Flood flood;
  test::RawClient client(port);
  std::minstd_rand random(1);
  for (uint64_t sent = 0; sent < count; sent += kAtOnce) {
    std::string batch;
    for (size_t i = 0; i < kAtOnce; ++i) batch += FakeReport(sent + i, random());
    if (!client.Send(batch)) return flood;
    for (size_t i = 0; i < kAtOnce; ++i) {
      const int status = client.ReadStatus();
      if (status == 0) return flood;
      (status == 200 ? flood.taken : flood.refused) += 1;
    }
  }
  flood.is_whole = true;
  return flood;
}

Status Measure(Context& context, const std::string& name, const std::vector<std::string>& flags,
               bool has_bars) {
  std::vector<std::string> args{"--trusted-proxies", "127.0.0.1"};
  args.insert(args.end(), flags.begin(), flags.end());
  const auto server = context.StartRollcall(context.NewPath("flood"), args);
  if (!server.ok()) return server.status();
  const std::vector<StreamReport> reports = ClusterReports(100);
  // The real ones are known before the flood comes. They come from this machine itself, so no limit
  // is in their way, only the flood.
  Latencies alone;
  ROLLCALL_RETURN_IF_ERROR(PostPaced(context, **server, reports, alone));

  const uint64_t count = context.quick ? 20'000 : 1'000'000;
  std::atomic<bool> is_over = false;
  Flood flood;
  std::thread pouring([&] {
    flood = Pour((*server)->port(), count);
    is_over = true;
  });
  Latencies beside;
  Status status;
  while (status.ok() && !is_over) status = PostPaced(context, **server, reports, beside);
  pouring.join();
  ROLLCALL_RETURN_IF_ERROR(status);
  if (!flood.is_whole) return Status::Unavailable("the flood was cut off");

  const double resident = static_cast<double>((*server)->child().ResidentBytes()) / (1024.0 * 1024);
  char note[128];
  std::snprintf(note, sizeof note, "%llu taken, %llu refused",
                static_cast<unsigned long long>(flood.taken),
                static_cast<unsigned long long>(flood.refused));
  const auto at_most = [&](double bound) {
    return has_bars ? std::optional(Bar{Bar::Kind::kAtMost, bound}) : std::nullopt;
  };
  context.Add({"flood",
               name + ": a known report beside it: p99",
               "ms",
               beside.p99_ms,
               {},
               at_most(10),
               note});
  context.Add({"flood", name + ": resident memory after it", "MiB", {resident}, {}, at_most(512)});
  return Status::Ok();
}

}  // namespace

Status BenchFlood(Context& context) {
  ROLLCALL_RETURN_IF_ERROR(Measure(context, "a million fake ids", {}, true));
  return Measure(context, "a million fake ids, without limits",
                 {"--max-sender-requests-per-minute=0", "--max-sender-requests-per-day=0",
                  "--max-new-sources-per-minute=0", "--max-new-sources-per-day=0",
                  "--max-source-reports-per-minute=0", "--max-new-label-sets-per-report=0",
                  "--max-new-label-sets-per-day=0", "--max-label-sets=0"},
                 false);
}

}  // namespace rollcall::bench
