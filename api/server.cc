#include "api/server.h"

#include <algorithm>

#include "base/log.h"
#include "http/client/client.h"
#include "jobs/background_jobs.h"
#include "query/old_snapshots.h"

namespace rollcall::api {
namespace {

// A machine that is gone is noticed well before the queries' own time is over.
constexpr std::chrono::milliseconds kVmselectConnectTimeout{3'000};

ingest::IngesterOptions IngesterOptionsOf(const ServerOptions& options) {
  ingest::IngesterOptions ingester = options.ingester;
  ingester.store = !options.no_store;
  ingester.forward = !options.forward.url.empty();
  return ingester;
}

// Of a server that only forwards: what an older run has stored is not the fleet of today.
class NoOverviews : public OverviewSource {
 public:
  Result<std::optional<Overview>> Read(const Fleet&, Month, std::stop_token) override {
    return std::optional<Overview>();
  }
};

}  // namespace

Server::Server(const ServerOptions& options, std::unique_ptr<storage::Stores> stores,
               const Clock& clock, metrics::Registry& registry)
    : clock_(clock),
      registry_(registry),
      stores_(std::move(stores)),
      ingester_(std::make_unique<ingest::Ingester>(*stores_, clock, IngesterOptionsOf(options),
                                                   registry)),
      windows_(*stores_, registry),
      app_list_(options.app_list.url),
      stored_overviews_(*stores_, windows_, clock, registry,
                        [this] { return *app_list_.Current(); }),
      overviews_(MakeOverviews(options)),
      tallies_(*stores_, clock, registry, options.tallies),
      comparisons_(*stores_, stored_overviews_, tallies_),
      routes_(registry),
      jobs_(registry, clock) {
  AddRoutes(
      {*ingester_, *overviews_, !options.vmselect.url.empty(), stored_overviews_, comparisons_,
       tallies_, registry, options.max_report_bytes, *stores_, !options.no_store,
       !options.forward.url.empty(), clock, stop_imports_.get_token(), options.retention},
      routes_);
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::unique_ptr<storage::Stores> stores,
                                              const Clock& clock, metrics::Registry& registry) {
  std::unique_ptr<Server> server(new Server(options, std::move(stores), clock, registry));
  // Before anything goes by the store's time.
  server->stores_->time().Follow(clock.NowMilliseconds());
  server->AddReadings();
  ROLLCALL_RETURN_IF_ERROR(server->AddJobs(options));
  ROLLCALL_RETURN_IF_ERROR(server->StartForwarder(options));
  auto front = http::HttpFront::Start(
      options.front,
      [routes = &server->routes_](const http::HttpRequest& head) { return routes->Judge(head); },
      registry);
  if (!front.ok()) return front.status();
  server->front_ = std::move(front).value();
  server->jobs_.Start();
  return server;
}

Status Server::StartForwarder(const ServerOptions& options) {
  if (options.forward.url.empty()) {
    const uint64_t waiting = stores_->outbox().size().reports;
    if (waiting > 0) {
      log::Warn("{} reports wait in the outbox, and there is no URL to forward them to", waiting);
    }
    return Status::Ok();
  }
  // Parked reports are dropped by their age, so the store's time says when they were parked.
  auto forwarder =
      forward::Forwarder::Start(stores_->outbox(), stores_->time(), options.forward, registry_);
  if (!forwarder.ok()) return forwarder.status();
  forwarder_ = std::move(forwarder).value();
  return Status::Ok();
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

void Server::Stop(std::chrono::milliseconds grace) {
  if (!front_) return;
  const auto end = std::chrono::steady_clock::now() + grace;
  stop_imports_.request_stop();
  stop_queries_.request_stop();
  windows_.RequestStop();
  tallies_.RequestStop();
  front_->Stop(grace);
  front_.reset();
  // Commits what is still queued, and tells the routes what came of it.
  ingester_.reset();
  if (forwarder_) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    forwarder_->Stop(std::max(left, std::chrono::milliseconds(0)));
  }
  jobs_.Stop();
}

std::unique_ptr<OverviewSource> Server::MakeOverviews(const ServerOptions& options) {
  if (options.vmselect.url.empty()) {
    if (options.no_store) return std::make_unique<NoOverviews>();
    return std::make_unique<query::OldSnapshots>(stored_overviews_, options.vmselect.snapshot_dir,
                                                 clock_);
  }
  query::Fetch fetch = [stop = stop_queries_.get_token()](
                           const std::string& url,
                           std::chrono::milliseconds timeout) -> Result<query::FetchedPage> {
    http::HttpClientOptions http;
    http.connect_timeout = std::min(kVmselectConnectTimeout, timeout);
    http.read_timeout = timeout;
    http.total_timeout = timeout;
    http.max_response_bytes = kMaxInstantVectorJsonBytes;
    auto response = http::HttpGet(url, http, stop);
    if (!response.ok()) return response.status();
    return query::FetchedPage{response->status, std::move(response->body)};
  };
  return std::make_unique<query::VmselectOverviews>(
      options.vmselect, std::move(fetch), [this] { return *app_list_.Current(); }, clock_,
      stores_->time(), registry_);
}

Status Server::AddJobs(const ServerOptions& options) {
  const jobs::JobServices services{*stores_,          clock_,   windows_, tallies_,
                                   stored_overviews_, app_list_};
  for (jobs::Job& job : jobs::BackgroundJobs(
           services, {!options.no_store, options.retention, options.app_list.interval})) {
    ROLLCALL_RETURN_IF_ERROR(jobs_.Add(std::move(job)));
  }
  return Status::Ok();
}

void Server::AddOutboxReadings() {
  using Readings = std::vector<metrics::Registry::Reading>;
  const auto add = [this](const char* name, const char* help, auto read) {
    registry_.AddCallback(name, help, [this, read] {
      return Readings{{{}, static_cast<double>(read(stores_->outbox().size()))}};
    });
  };
  using Size = storage::Outbox::Size;
  add("rollcall_outbox_reports", "Reports that are still to be forwarded",
      [](const Size& size) { return size.reports; });
  add("rollcall_outbox_bytes", "Bytes that they take", [](const Size& size) { return size.bytes; });
  add("rollcall_outbox_parked_reports", "Reports that the receiver refused, and that are kept",
      [](const Size& size) { return size.parked_reports; });
  add("rollcall_outbox_parked_bytes", "Bytes that they take",
      [](const Size& size) { return size.parked_bytes; });
  registry_.AddCallback(
      "rollcall_outbox_oldest_age_seconds",
      "Time since the oldest report to be forwarded came; 0: there is none", [this] {
        // Both are the wall clock's; it may have been set back since.
        const auto now = clock_.NowMilliseconds();
        const auto age = std::max(now - stores_->outbox().OldestTime().value_or(now),
                                  std::chrono::milliseconds(0));
        return Readings{{{}, std::chrono::duration<double>(age).count()}};
      });
}

void Server::AddClockReadings() {
  registry_.AddCallback(
      "rollcall_clock_held_back_seconds",
      "How far the clock is ahead of the store's time, below 0 behind it, while that does not "
      "follow and what is deleted by its age waits; 0: it follows",
      [this] {
        const auto held_back = stores_->time().view().held_back();
        return std::vector<metrics::Registry::Reading>{
            {{}, static_cast<double>(held_back.count())}};
      });
}

void Server::AddReadings() {
  AddOutboxReadings();
  AddClockReadings();
  using Readings = std::vector<metrics::Registry::Reading>;
  registry_.AddCallback("rollcall_sources", "Sources that ever reported", [this] {
    return Readings{{{}, static_cast<double>(stores_->sources().size())}};
  });
  registry_.AddCallback("rollcall_label_sets", "Distinct label sets", [this] {
    return Readings{{{}, static_cast<double>(stores_->labels().size())}};
  });
  registry_.AddCallback(
      "rollcall_store_property", "RocksDB's own numbers: sizes, stalls, errors", [this] {
        Readings readings;
        for (const auto& property : stores_->store().Properties()) {
          readings.push_back({{{"property", property.name}}, static_cast<double>(property.value)});
        }
        return readings;
      });
}

}  // namespace rollcall::api
