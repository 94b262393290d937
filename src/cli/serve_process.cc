#include "cli/serve_process.h"

#include <csignal>
#include <cstdio>
#include <filesystem>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "api/server.h"
#include "base/clock.h"
#include "cli/command.h"

namespace rollcall::cli {
namespace {

sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// A connection costs a file descriptor: take as many as the system lets us have.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::string SizeOnDisk(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    const auto size = entry.file_size(error);
    if (!error) bytes += size;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MiB", static_cast<double>(bytes) / (1024 * 1024));
  return text;
}

// What a person at a terminal does next.
void PrintWelcome(int public_port, int private_port) {
  std::printf("rollcall " ROLLCALL_VERSION
              " is running.\n"
              "  Open     http://localhost:%d/\n"
              "  Post     curl -H 'X-Cluster-ID: my-cluster' --data-binary 'cozy_cluster_info 1' "
              "http://localhost:%d/\n"
              "  Read     curl 'http://localhost:%d/api/overview?year=%s&month=%u'\n",
              public_port, public_port, public_port,
              std::to_string(Month::Of(SystemClock().Now()).year()).c_str(),
              Month::Of(SystemClock().Now()).month());
  if (private_port != 0) std::printf("  Metrics  http://localhost:%d/metrics\n", private_port);
  std::fflush(stdout);
}

}  // namespace

void SetUpLogging(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rollcall"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

void HoldSignals() {
  const sigset_t signals = EndingSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int ServeUntilSignal(const Options& options, std::unique_ptr<storage::Stores> stores) {
  RaiseFileLimit();
  const SystemClock clock;
  metrics::Registry registry;
  const uint64_t sources = stores->sources().size();
  const uint64_t label_sets = stores->labels().size();
  auto server = api::Server::Start(options.server, std::move(stores), clock, registry);
  if (!server.ok()) return Fail("serve", server.status());
  spdlog::info(
      "rollcall {} listens on {} (public, port {}) and {} (private, port {}); data in {}, {}, "
      "{} sources, {} label sets",
      ROLLCALL_VERSION, options.server.front.public_address, (*server)->public_port(),
      options.server.front.private_address.empty() ? "nothing"
                                                   : options.server.front.private_address,
      (*server)->private_port(), options.store.directory, SizeOnDisk(options.store.directory),
      sources, label_sets);
  PrintWelcome((*server)->public_port(), (*server)->private_port());

  const sigset_t signals = EndingSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("{}: draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);

  (*server)->Stop(options.process.shutdown_grace);
  server->reset();
  spdlog::info("stopped");
  return kExitOk;
}

int Fail(const char* command, const Status& status) {
  std::fprintf(stderr, "rollcall %s: %s\n", command, status.message().c_str());
  return kExitFailure;
}

}  // namespace rollcall::cli
