#include "cli/serve_process.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "api/server.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/log_stderr.h"
#include "base/pause.h"
#include "cli/command.h"
#include "cli/fleet_files.h"
#include "cli/message.h"
#include "cli/service_manager.h"
#include "storage/store_files.h"

namespace rollcall::cli {
namespace {

sigset_t AwaitedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// How often the store is checked while the process runs.
constexpr timespec kWatchInterval{1, 0};
// How long closing may take once the grace is over. A RocksDB that waits for a disk may
// never return.
constexpr std::chrono::seconds kClosePatience{10};

// Waits for SIGTERM or SIGINT and returns it; 0: the store needs another start. Reloads on SIGHUP,
// has files that changed followed, and gives a sign of life as long as the server receives
// requests.
int AwaitEnd(const storage::Store& store, const sigset_t& signals, Reloader& reloader,
             api::Server& server, ServiceManager& manager) {
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kWatchInterval);
    if (signal == SIGHUP) {
      reloader.Reload();
    } else if (signal > 0) {
      return signal;
    }
    server.FollowFiles();
    if (store.NeedsRestart()) return 0;
    if (manager.waits_for_life() && server.IsTurning()) manager.Alive();
  }
}

// Says which fleets the store has reports of that are not declared now.
void WarnOfUndeclared(const storage::FleetNames& known, const fleets::FleetSet& fleets) {
  for (const auto& [name, ref] : known.All()) {
    if (fleets.Find(name) != nullptr) continue;
    log::Warn("fleet {}: not declared (--fleets); what the store has of it is kept", name);
  }
}

// Ends the process without waiting for any of its threads.
[[noreturn]] void EndNow(int code) {
  std::fflush(nullptr);
  std::_Exit(code);
}

// Ends the process if shutdown takes too long. One thread.
class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds within)
      : thread_([within](std::stop_token stop) {
          PauseFor(within, stop);
          if (stop.stop_requested()) return;
          log::Error(
              "not stopped after {} s: a disk or a computation does not come back; ending "
              "as it is, and the next start reads the log again",
              std::chrono::ceil<std::chrono::seconds>(within).count());
          EndNow(kExitTryAgain);
        }) {}

 private:
  std::jthread thread_;
};

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

// What a person at a terminal can do next.
void PrintWelcome(int public_port, int private_port, const api::ServerOptions& options,
                  const fleets::DeclaredFleet& first) {
  const auto scheme = [](const http::TlsFiles& files) {
    return files.certificate.empty() ? "http" : "https";
  };
  const char* const open = scheme(options.front.public_tls);
  const char* const closed = scheme(options.front.private_tls);
  const fleets::Declaration& declaration = first.declaration();
  std::printf("rollcall " ROLLCALL_VERSION
              " is running.\n"
              "  Open     %s://localhost:%d/\n",
              open, public_port);
  if (!first.body_names_source()) {
    std::printf("  Post     curl -H '%s: my-%s' --data-binary '%s 1' %s://localhost:%d%s\n",
                declaration.id_header.c_str(), declaration.counted_one.c_str(),
                declaration.fleet.counted_metric.c_str(), open, public_port,
                declaration.path.c_str());
  }
  std::printf("  Read     curl '%s://localhost:%d/api/overview?year=%s&month=%u'\n", open,
              public_port, std::to_string(Month::Of(SystemClock().Now()).year()).c_str(),
              Month::Of(SystemClock().Now()).month());
  if (private_port != 0) {
    if (options.records)
      std::printf("  Records  %s://localhost:%d/records\n", closed, private_port);
    std::printf("  Hosts    %s://localhost:%d/hosts\n  Metrics  %s://localhost:%d/metrics\n",
                closed, private_port, closed, private_port);
  }
  std::fflush(stdout);
}

}  // namespace

void SetUpLogging(const std::string& level, const std::string& format) {
  log::WriteToStderr(level, format == "json" ? log::Format::kJson : log::Format::kText);
}

void HoldSignals() {
  const sigset_t signals = AwaitedSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int ServeUntilSignal(const Options& options, Reread reread, std::unique_ptr<storage::Stores> stores,
                     const std::string& fewer_connections) {
  ServiceManager manager;
  const SystemClock clock;
  metrics::Registry registry;
  storage::Store& store = stores->store();
  const uint64_t sources = stores->sources().size();
  const uint64_t label_sets = stores->labels().size();
  storage::FleetNames& names = stores->fleets();
  const auto assign = [&names](const std::string& name) { return names.Assign(name); };
  auto fleets = OpenFleets(options.fleets, assign, nullptr);
  if (!fleets.ok()) return Fail("serve", fleets.status());
  WarnOfUndeclared(names, **fleets);
  fleets::Catalog catalog(std::move(fleets).value());
  auto server = api::Server::Start(options.server, std::move(stores), catalog, clock, registry);
  if (!server.ok()) return Fail("serve", server.status());
  log::Info(
      "rollcall {} listens on {} (public, port {}) and {} (private, port {}); data in {}, {}, "
      "{} sources, {} label sets",
      ROLLCALL_VERSION, options.server.front.public_address, (*server)->public_port(),
      options.server.front.private_address.empty() ? "nothing"
                                                   : options.server.front.private_address,
      (*server)->private_port(), options.store.directory, SizeOnDisk(options.store.directory),
      sources, label_sets);
  if (!fewer_connections.empty()) log::Warn("{}", fewer_connections);
  PrintWelcome((*server)->public_port(), (*server)->private_port(), options.server,
               catalog.current().first());

  const sigset_t signals = AwaitedSignals();
  Reloader reloader(std::move(reread), assign, catalog, **server);
  manager.Ready();
  const int signal = AwaitEnd(store, signals, reloader, **server, manager);
  manager.Stopping();
  if (signal == 0) {
    log::Error("store {}: only another start can make it writable: {}; draining, then exit {}",
               options.store.directory, store.GivenUp().value_or(""), kExitTryAgain);
  } else {
    log::Info("{}: draining", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  }
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);

  const Deadline deadline(options.process.shutdown_grace + kClosePatience);
  (*server)->Stop(options.process.shutdown_grace);
  const int code = signal == 0 ? kExitTryAgain : kExitOk;
  if (!store.EndWriting()) {
    log::Warn("stopped; the store is not closed, the next start reads its log again");
    EndNow(code);
  }
  server->reset();
  const auto files = storage::ListStoreFiles(options.store.directory);
  if (!files.ok() || !files->has_current) {
    return Fail("serve", Status::DataLoss("data directory " + options.store.directory +
                                          " is gone, and so is what was stored in it"));
  }
  log::Info("stopped");
  return code;
}

int Fail(const char* command, const Status& status) {
  Say("rollcall " + std::string(command) + ": " + status.message() + "\n");
  return kExitFailure;
}

}  // namespace rollcall::cli
