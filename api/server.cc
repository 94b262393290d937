#include "api/server.h"

#include <algorithm>

#include "model/fleet.h"
#include "storage/retention.h"

namespace rollcall::api {
namespace {

// Each time for so long, or as long as one scan takes, so that other jobs have their turn.
constexpr std::chrono::seconds kTallyPeriod{5};
constexpr std::chrono::seconds kTallyBudget{1};
// How soon after a month begins its totals are followed without anyone asking.
constexpr std::chrono::seconds kWindowPeriod{30};
constexpr std::chrono::hours kRetentionPeriod{1};
// Also without a report to store: who is not ready gets none.
constexpr std::chrono::seconds kRecoveryPeriod{5};

}  // namespace

Server::Server(const ServerOptions& options, std::unique_ptr<storage::Stores> stores,
               const Clock& clock, metrics::Registry& registry)
    : clock_(clock),
      registry_(registry),
      stores_(std::move(stores)),
      ingester_(std::make_unique<ingest::Ingester>(*stores_, clock, options.ingester, registry)),
      windows_(*stores_, registry),
      app_list_(options.app_list_url),
      overviews_(*stores_, windows_, clock, [this] { return *app_list_.Current(); }),
      tallies_(*stores_, clock, registry, options.tallies),
      comparisons_(*stores_, overviews_, tallies_),
      routes_({*ingester_, overviews_, comparisons_, tallies_, registry,
               [this] { return stores_->store().writable(); }, options.max_report_bytes, *stores_, clock,
               stop_imports_.get_token()}),
      jobs_(registry, clock) {}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::unique_ptr<storage::Stores> stores,
                                              const Clock& clock, metrics::Registry& registry) {
  std::unique_ptr<Server> server(new Server(options, std::move(stores), clock, registry));
  server->AddReadings();
  ROLLCALL_RETURN_IF_ERROR(server->AddJobs(options));
  auto front = HttpFront::Start(
      options.front,
      [routes = &server->routes_](const HttpRequest& head) { return routes->Judge(head); },
      [routes = &server->routes_](Lane lane, HttpRequest&& request, Responder&& responder) {
        routes->Handle(lane, std::move(request), std::move(responder));
      },
      registry);
  if (!front.ok()) return front.status();
  server->front_ = std::move(front).value();
  server->jobs_.Start();
  return server;
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

void Server::Stop(std::chrono::milliseconds grace) {
  if (!front_) return;
  stop_imports_.request_stop();
  front_->Stop(grace);
  front_.reset();
  // Commits what is still queued, and tells the routes what came of it.
  ingester_.reset();
  jobs_.Stop();
}

Status Server::AddJobs(const ServerOptions& options) {
  ROLLCALL_RETURN_IF_ERROR(jobs_.Add(
      {"current-windows", kWindowPeriod, [this](std::stop_token) {
         const auto kept = windows_.Ensure({Month::Of(clock_.Now()), CozystackFleet().ref});
         return kept.ok() ? Status::Ok() : kept.status();
       }}));
  // Before retention, which takes what days are counted from.
  ROLLCALL_RETURN_IF_ERROR(jobs_.Add({"tallies", kTallyPeriod, [this](std::stop_token stop) {
                                        return RefreshTallies(stop);
                                      }}));
  ROLLCALL_RETURN_IF_ERROR(
      jobs_.Add({"retention", kRetentionPeriod,
                 [this, options](std::stop_token) { return ApplyRetention(options); }}));
  ROLLCALL_RETURN_IF_ERROR(jobs_.Add({"recover-store", kRecoveryPeriod, [this](std::stop_token) {
                                        return stores_->store().Recover();
                                      }}));
  if (!app_list_.enabled()) return Status::Ok();
  return jobs_.Add({"app-list", options.app_list_interval,
                    [this](std::stop_token stop) { return app_list_.Refresh(stop); }});
}

Status Server::RefreshTallies(std::stop_token stop) {
  for (const Fleet& fleet : AllFleets()) {
    ROLLCALL_RETURN_IF_ERROR(tallies_.Refresh(fleet, kTallyBudget, stop));
  }
  return Status::Ok();
}

Status Server::ApplyRetention(const ServerOptions& options) {
  const Month now = Month::Of(clock_.Now());
  // The running month is one of those that are kept.
  const auto first_kept = [&](unsigned months) { return now.Plus(1 - static_cast<int>(months)); };
  if (options.retention_months > 0) {
    ROLLCALL_RETURN_IF_ERROR(storage::DropChunksBefore(
        stores_->store(), first_kept(options.retention_months).FirstDay()));
  }
  if (options.peaks_retention_months > 0) {
    const unsigned months = std::max(options.peaks_retention_months, unsigned{kMaxWindowMonths});
    ROLLCALL_RETURN_IF_ERROR(storage::DropPeaksBefore(stores_->store(), first_kept(months)));
  }
  return Status::Ok();
}

void Server::AddReadings() {
  using Readings = std::vector<metrics::Registry::Reading>;
  registry_.AddCallback("rollcall_sources", "Sources that ever reported", [this] {
    return Readings{{{}, static_cast<double>(stores_->sources().size())}};
  });
  registry_.AddCallback("rollcall_label_sets", "Distinct label sets", [this] {
    return Readings{{{}, static_cast<double>(stores_->labels().size())}};
  });
  registry_.AddCallback("rollcall_store_property", "RocksDB's own numbers: sizes, stalls, errors",
                        [this] {
                          Readings readings;
                          for (const auto& property : stores_->store().Properties()) {
                            readings.push_back({{{"property", property.name}},
                                                static_cast<double>(property.value)});
                          }
                          return readings;
                        });
}

}  // namespace rollcall::api
