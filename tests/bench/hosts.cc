// The history of 10,000 hosts: what a minute of all their samples takes of a processor, pushed and
// scraped, beside a full day of them; what 24 hours of one host take to answer meanwhile; and what
// a sample takes on the disk.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <thread>

#include "storage/stores.h"
#include "storage/transaction.h"
#include "tests/bench/bench.h"
#include "tests/bench/history.h"
#include "tests/support/file_tree.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback_server.h"

namespace rollcall::bench {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Steady = std::chrono::steady_clock;

constexpr double kMostPercent = 5;
constexpr double kMostMilliseconds = 5;
constexpr int kPushers = 4;
constexpr size_t kHostsOfAPush = 100;  // where they come together
constexpr int kSamplesOfATransaction = 20'000;
constexpr seconds kScrapeInterval{5};

std::string NameOf(size_t host) { return "host-" + std::to_string(host) + ".example.com"; }

// As a proxy measures it: numbers of few decimals, like those of the minute before.
HostSample SampleOf(size_t host, UnixSeconds time, std::mt19937& random) {
  const double busy = static_cast<double>(host % 100 + 1);
  const auto noise = [&](unsigned most) { return static_cast<double>(random() % most) / 1000; };
  return {time, busy + noise(10'000), 20 + noise(30'000), noise(700),
          static_cast<uint32_t>(host % 5)};
}

UnixSeconds Now() { return SystemClock().Now(); }

// A day of minutes of all hosts, in the order in which they would have come.
Status FillADay(const std::string& directory, size_t hosts) {
  storage::StoreOptions options;
  options.directory = directory;
  auto stores = storage::Stores::Open(options);
  if (!stores.ok()) return stores.status();
  std::vector<HostName> names;
  for (size_t i = 0; i < hosts; ++i) names.push_back(HostName::Parse(NameOf(i)).value());
  std::mt19937 random(1);
  std::unique_ptr<storage::Transaction> transaction;
  int waiting = 0;
  const auto commit = [&] {
    const Status status = transaction ? transaction->CommitUnsynced() : Status::Ok();
    transaction.reset();
    waiting = 0;
    return status;
  };
  const UnixSeconds now = Now();
  for (UnixSeconds time = now - minutes(24 * 60 - 1); time <= now; time += minutes(1)) {
    for (size_t i = 0; i < hosts; ++i) {
      if (!transaction) transaction = std::make_unique<storage::Transaction>((*stores)->store());
      const HostSample sample = SampleOf(i, time, random);
      ROLLCALL_RETURN_IF_ERROR(
          (*stores)->hosts().Put(names[i], std::span(&sample, 1), hosts, *transaction));
      if (++waiting == kSamplesOfATransaction) ROLLCALL_RETURN_IF_ERROR(commit());
    }
  }
  return commit();
}

// Seconds of processor time that a process has taken.
double ProcessorSeconds(pid_t pid) {
  const std::string text = test::FileBytes("/proc/" + std::to_string(pid) + "/stat");
  // What stands in brackets is the program's name, which may have blanks.
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Figures {
  std::vector<double> pushed_percent;  // a push each
  std::vector<double> pushed_together_percent;
  std::vector<double> scraped_percent;
  std::vector<double> p50_ms;
  std::vector<double> p99_ms;
};

std::string PushOf(size_t host, std::mt19937& random) {
  const HostSample sample = SampleOf(host, Now(), random);
  char body[256];
  std::snprintf(body, sizeof body,
                R"({"host":"%s","samples":[{"ts":%lld,"requests_sec":%.3f,"p99_ms":%.3f,)"
                R"("error_rate":%.3f,"active_backends":%u}]})",
                NameOf(host).c_str(),
                static_cast<long long>(sample.time.time_since_epoch().count()), sample.requests_sec,
                sample.p99_ms, sample.error_rate, sample.active_backends);
  return body;
}

// Pushes one sample of each host, `together` in a body, evenly over a minute, for as long as `end`
// is not reached.
void PushEvenly(int port, int pusher, size_t hosts, size_t together, Steady::time_point end,
                std::atomic<uint64_t>& failed) {
  test::HttpClient client(port);
  std::mt19937 random(static_cast<unsigned>(pusher));
  const auto pause = std::chrono::nanoseconds(minutes(1)) * kPushers * together / hosts;
  auto due = Steady::now() + pause * pusher / kPushers;
  for (size_t first = static_cast<size_t>(pusher) * together; due < end;
       due += pause, first += kPushers * together) {
    std::this_thread::sleep_until(due);
    std::string body = PushOf(first % hosts, random);
    for (size_t i = 1; i < together; ++i) body += "," + PushOf((first + i) % hosts, random);
    if (together > 1) body = "[" + body + "]";
    if (client.PostBare(body, "", "/telemetry/samples").status != 204) ++failed;
  }
}

// A day of one host after another, in no order.
Status AskEvenly(int port, size_t hosts, Steady::time_point end, std::mt19937& random,
                 Figures& figures) {
  test::HttpClient client(port);
  std::vector<double> times;
  while (Steady::now() < end) {
    const std::string target = "/telemetry/history?range=24h&host=" + NameOf(random() % hosts);
    const auto start = Steady::now();
    const auto reply = client.Get(target);
    times.push_back(std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    if (reply.status != 200 || std::count(reply.body.begin(), reply.body.end(), '{') < 90) {
      return Status::Unavailable(target + ": " + std::to_string(reply.status) +
                                 ", and not a day of samples");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  figures.p50_ms.push_back(PercentileOf(times, 50));
  figures.p99_ms.push_back(PercentileOf(times, 99));
  return Status::Ok();
}

Status MeasurePushes(Context& context, Server& server, size_t hosts, Figures& figures) {
  std::mt19937 random(2);
  // The first round is not counted: the store, just filled, is still being put in order.
  for (int round = -1; round < context.rounds; ++round) {
    // Alternately nothing but pushes, which are what is counted, and questions beside them.
    for (const auto& [together, asks] : {std::pair{kHostsOfAPush, false}, {1, false}, {1, true}}) {
      std::atomic<uint64_t> failed{0};
      const auto begin = Steady::now();
      const auto end = begin + seconds(4 * context.round_seconds);
      const double before = ProcessorSeconds(server.child().pid());
      std::vector<std::thread> pushers;
      for (int i = 0; i < kPushers; ++i) {
        pushers.emplace_back(PushEvenly, server.private_port(), i, hosts, together, end,
                             std::ref(failed));
      }
      const Status asked = asks && round >= 0
                               ? AskEvenly(server.private_port(), hosts, end, random, figures)
                               : Status::Ok();
      for (std::thread& pusher : pushers) pusher.join();
      ROLLCALL_RETURN_IF_ERROR(asked);
      if (failed > 0) return Status::Unavailable(std::to_string(failed) + " pushes failed");
      if (asks || round < 0) continue;
      const double wall = std::chrono::duration<double>(Steady::now() - begin).count();
      (together == 1 ? figures.pushed_percent : figures.pushed_together_percent)
          .push_back(100 * (ProcessorSeconds(server.child().pid()) - before) / wall);
    }
  }
  return Status::Ok();
}

// agbero's /uptime of so many hosts with two backends each.
std::string Uptime(size_t hosts) {
  std::string body = "{\"hosts\":{";
  for (size_t i = 0; i < hosts; ++i) {
    std::string backends;
    for (int b = 0; b < 2; ++b) {
      backends += std::string(b > 0 ? "," : "") + R"({"url":"http://10.0.0.)" + std::to_string(b) +
                  R"(:8080","alive":true,"in_flight":2,"failures":3,"total_reqs":)" +
                  std::to_string(i * 7) +
                  R"(,"latency_us":{"p50":900,"p90":4000,"p99":12500,"max":90000,"count":60,)"
                  R"("sum_us":120000,"avg_us":2000},"health":{"status":"Healthy"}})";
    }
    body += (i > 0 ? ",\"" : "\"") + NameOf(i) + R"(":{"routes":[{"backends":[)" + backends +
            R"(]}],"total_reqs":)" + std::to_string(i * 14) + "}";
  }
  return body + "}}";
}

// More often than once a minute, and counted as if it were once.
Status MeasureScrapes(Context& context, const std::string& directory, size_t hosts,
                      Figures& figures) {
  const std::string answer = test::Answer("200 OK", Uptime(hosts));
  const test::LoopbackServer proxy(
      [&](test::Connection& connection, const std::string&) { connection.Send(answer); });
  const auto server = context.StartRollcall(
      directory, {"--scrape-target", "edge=" + proxy.Url("/uptime"), "--scrape-interval",
                  std::to_string(kScrapeInterval.count()) + "s"});
  if (!server.ok()) return server.status();
  for (int round = 0; round < context.rounds; ++round) {
    const std::string stored = "rollcall_host_samples_total{outcome=\"stored\"}";
    const double before = ProcessorSeconds((*server)->child().pid());
    const double stored_before = (*server)->Metric(stored);
    std::this_thread::sleep_for(4 * kScrapeInterval);
    const double minutes_of_samples =
        ((*server)->Metric(stored) - stored_before) / static_cast<double>(hosts);
    if (minutes_of_samples < 1) return Status::Unavailable("nothing was scraped");
    figures.scraped_percent.push_back(100 * (ProcessorSeconds((*server)->child().pid()) - before) /
                                      minutes_of_samples / 60);
  }
  return (*server)->Stop();
}

}  // namespace

Status BenchHosts(Context& context) {
  const size_t hosts = context.quick ? 200 : 10'000;
  const std::string directory = context.NewPath("hosts");
  ROLLCALL_RETURN_IF_ERROR(FillADay(directory, hosts));
  const double bytes =
      static_cast<double>(BytesBelow(directory)) / static_cast<double>(hosts * 24 * 60);
  Figures figures;
  {
    const auto server = context.StartRollcall(directory);
    if (!server.ok()) return server.status();
    ROLLCALL_RETURN_IF_ERROR(MeasurePushes(context, **server, hosts, figures));
    ROLLCALL_RETURN_IF_ERROR((*server)->Stop());
  }
  ROLLCALL_RETURN_IF_ERROR(MeasureScrapes(context, directory, hosts, figures));
  const Bar share{Bar::Kind::kAtMost, kMostPercent};
  context.Add(
      {"hosts",
       "10,000 hosts a minute, pushed " + std::to_string(kHostsOfAPush) + " together: of one core",
       "%",
       figures.pushed_together_percent,
       {},
       share});
  context.Add({"hosts",
               "10,000 hosts a minute, a push each: of one core",
               "%",
               figures.pushed_percent,
               {},
               share});
  context.Add({"hosts",
               "10,000 hosts a minute, scraped: of one core",
               "%",
               figures.scraped_percent,
               {},
               share});
  context.Add(
      {"hosts", "24 hours of one of 10,000 hosts, while all push: p50", "ms", figures.p50_ms});
  context.Add({"hosts",
               "24 hours of one of 10,000 hosts, while all push: p99",
               "ms",
               figures.p99_ms,
               {},
               Bar{Bar::Kind::kAtMost, kMostMilliseconds}});
  context.Add({"hosts", "a sample on the disk", "bytes", {bytes}});
  return Status::Ok();
}

}  // namespace rollcall::bench
