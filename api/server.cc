#include "api/server.h"

#include <algorithm>

#include "base/log.h"
#include "base/run_on_threads.h"
#include "http/client/client.h"
#include "jobs/background_jobs.h"
#include "query/old_snapshots.h"
#include "storage/purge.h"
#include "storage/records.h"

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

// Of the first fleet that has a breakdown with such a list.
jobs::AppList MakeAppList(const fleets::FleetSet& fleets, const jobs::AppListOptions& options) {
  for (const auto& declared : fleets.all()) {
    const fleets::Declaration& declaration = declared->declaration();
    for (size_t i = 0; i < declaration.fleet.breakdowns.size(); ++i) {
      const Breakdown& breakdown = declaration.fleet.breakdowns[i];
      if (!breakdown.has_name_list) continue;
      const bool is_declared = options.url == jobs::AppListOptions::kDeclared;
      return jobs::AppList(
          is_declared ? declaration.breakdown_descriptions[i].known_names_url : options.url,
          breakdown.known_names);
    }
  }
  return jobs::AppList("", {});
}

forward::FindIdLabel IdLabels(const fleets::Catalog& catalog) {
  return [&catalog](FleetRef ref) -> std::optional<std::string_view> {
    const fleets::DeclaredFleet* const known = catalog.current().Find(ref);
    if (known == nullptr) return std::nullopt;
    return known->fleet().id_label;
  };
}

query::FleetsInForce FleetsOf(const fleets::Catalog& catalog) {
  return [&catalog] {
    std::vector<const Fleet*> fleets;
    for (const auto& declared : catalog.current().all()) fleets.push_back(&declared->fleet());
    return fleets;
  };
}

// Of answers to such queries, in memory: some hundred panels of a dashboard.
constexpr size_t kKeptAnswerBytes = 32 << 20;

query::TotalsKept TotalsOf(counts::WindowCounts& windows) {
  return [&windows](const storage::WindowKey& key) -> Result<storage::Snapshot> {
    auto counts = windows.Ensure(key);
    if (!counts.ok()) return counts.status();
    return std::move(counts->snapshot);
  };
}

}  // namespace

Server::Server(const ServerOptions& options, std::unique_ptr<storage::Stores> stores,
               std::unique_ptr<http::Login> login, fleets::Catalog& catalog, const Clock& clock,
               metrics::Registry& registry)
    : catalog_(catalog),
      clock_(clock),
      registry_(registry),
      stores_(std::move(stores)),
      ingester_(std::make_unique<ingest::Ingester>(*stores_, clock, IngesterOptionsOf(options),
                                                   registry)),
      host_samples_(
          std::make_unique<hosts::SampleWriter>(*stores_, clock, options.max_hosts, registry)),
      record_writer_(options.records
                         ? std::make_unique<records::RecordWriter>(*stores_, clock, registry)
                         : nullptr),
      record_intake_(options.records ? std::make_unique<const RecordIntake>(
                                           RecordIntake{*record_writer_, options.telemetry_ids})
                                     : nullptr),
      record_views_(options.records ? std::make_unique<records::RecordViews>(
                                          *stores_, clock, records::DeclaredViews())
                                    : nullptr),
      windows_(*stores_, registry),
      app_list_(MakeAppList(catalog.current(), options.app_list)),
      stored_overviews_(*stores_, windows_, clock, registry,
                        [this] { return *app_list_.Current(); }),
      overviews_(MakeOverviews(options)),
      tallies_(*stores_, clock, registry, options.tallies),
      comparisons_(*stores_, stored_overviews_, tallies_),
      login_(std::move(login)),
      backups_(stores_->store(), clock, options.backups, registry),
      sender_limits_(options.sender_limits, registry),
      queries_(*stores_, clock, FleetsOf(catalog), TotalsOf(windows_), ThreadsForWork(),
               kKeptAnswerBytes),
      promql_(queries_, options.promql, clock, registry),
      routes_(registry, login_.get()),
      jobs_(registry, clock) {
  AddRoutes({catalog,
             *ingester_,
             *overviews_,
             !options.vmselect.url.empty(),
             stored_overviews_,
             comparisons_,
             tallies_,
             registry,
             options.max_report_bytes,
             *stores_,
             !options.no_store,
             !options.forward.url.empty(),
             clock,
             stop_imports_.get_token(),
             options.retention,
             *host_samples_,
             record_intake_.get(),
             record_views_.get(),
             options.record_retention,
             backups_,
             promql_},
            routes_);
}

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                              std::unique_ptr<storage::Stores> stores,
                                              fleets::Catalog& catalog, const Clock& clock,
                                              metrics::Registry& registry) {
  std::unique_ptr<http::Login> login;
  if (!options.login.empty()) {
    auto loaded = http::Login::Load(options.login, clock, registry);
    if (!loaded.ok()) return loaded.status();
    login = std::move(loaded).value();
  }
  std::unique_ptr<Server> server(
      new Server(options, std::move(stores), std::move(login), catalog, clock, registry));
  ROLLCALL_RETURN_IF_ERROR(server->CheckPaths(catalog.current()));
  // Before anything goes by the store's time.
  server->stores_->time().Follow(clock.NowMilliseconds());
  server->AddReadings();
  server->ReloadViews(options.views_dir);
  ROLLCALL_RETURN_IF_ERROR(server->AddJobs(options));
  ROLLCALL_RETURN_IF_ERROR(server->StartForwarder(options));
  auto front = http::HttpFront::Start(
      options.front,
      [server = server.get()](const http::HttpRequest& head) -> http::HeadVerdict {
        if (auto refusal = server->sender_limits_.Refuse(head)) return *std::move(refusal);
        return server->routes_.Judge(head);
      },
      registry);
  if (!front.ok()) return front.status();
  server->front_ = std::move(front).value();
  server->jobs_.Start();
  server->StartScraper(options);
  return server;
}

void Server::StartScraper(const ServerOptions& options) {
  std::vector<hosts::Source> sources;
  if (!options.scraper.no_own_samples) {
    sources.push_back(hosts::OwnSource(registry_, stores_->store()));
  }
  for (const hosts::Target& target : options.scraper.targets) {
    sources.push_back(
        hosts::SourceOf(target, std::min(options.scraper.timeout, options.scraper.interval)));
  }
  if (sources.empty()) return;
  scraper_ = std::make_unique<hosts::Scraper>(std::move(sources), options.scraper.interval,
                                              *host_samples_, clock_, registry_);
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
  auto forwarder = forward::Forwarder::Start(stores_->outbox(), IdLabels(catalog_), stores_->time(),
                                             options.forward, registry_);
  if (!forwarder.ok()) return forwarder.status();
  forwarder_ = std::move(forwarder).value();
  return Status::Ok();
}

Status Server::CheckPaths(const fleets::FleetSet& fleets) const {
  for (const auto& declared : fleets.all()) {
    const std::string& path = declared->declaration().path;
    if (path == "/" || !routes_.Has(http::kAtPublic, path)) continue;
    return Status::InvalidArgument(declared->text().file + ": /reports/path: \"" + path +
                                   "\" stands there; allowed: a path that the server does not use");
  }
  return Status::Ok();
}

Result<bool> Server::SetFleets(std::unique_ptr<const fleets::FleetSet> fleets) {
  ROLLCALL_RETURN_IF_ERROR(CheckPaths(*fleets));
  return catalog_.Replace(std::move(fleets));
}

void Server::ReloadViews(const std::string& directory) {
  if (!record_views_) return;
  record_views_->Declare(records::ReadViewDirectory(directory));
  for (const std::string& fault : record_views_->declared()->faults) {
    log::Error("a view is left out: {}", fault);
  }
}

void Server::FollowFiles() {
  if (front_) front_->FollowFiles();
  if (login_) login_->FollowFiles();
}

Server::~Server() { Stop(std::chrono::milliseconds(0)); }

void Server::Stop(std::chrono::milliseconds grace) {
  if (!front_) return;
  const auto end = std::chrono::steady_clock::now() + grace;
  stop_imports_.request_stop();
  stop_queries_.request_stop();
  windows_.RequestStop();
  tallies_.RequestStop();
  if (record_views_) record_views_->RequestStop();
  scraper_.reset();
  backups_.Stop();
  front_->Stop(grace);
  front_.reset();
  // They commit what is still queued, and tell the routes what came of it.
  ingester_.reset();
  host_samples_.reset();
  record_writer_.reset();
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
  const jobs::JobServices services{*stores_,  clock_,   windows_, tallies_,  stored_overviews_,
                                   app_list_, catalog_, backups_, registry_, record_views_.get()};
  for (jobs::Job& job : jobs::BackgroundJobs(
           services, {!options.no_store, options.retention, options.app_list.interval,
                      options.records ? std::optional(options.record_retention) : std::nullopt})) {
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

void Server::AddFleetReadings() {
  const auto add = [this](const char* name, const char* help, auto read) {
    registry_.AddCallback(name, help, [this, read] {
      std::vector<metrics::Registry::Reading> readings;
      for (const auto& one : catalog_.current().all()) {
        readings.push_back(
            {{{"fleet", one->fleet().name}}, static_cast<double>(read(*one->log()))});
      }
      return readings;
    });
  };
  using Log = fleets::IntakeLog;
  add("rollcall_fleet_reports", "Reports of each fleet that were taken since the start",
      [](const Log& log) { return log.taken(); });
  add("rollcall_fleet_undeclared_fields",
      "Distinct undeclared fields that came since the start and were dropped; "
      "/api/v1/undeclared lists them",
      [](const Log& log) { return log.undeclared_count(); });
  add("rollcall_fleet_undeclared_dropped", "How often such a field was dropped since the start",
      [](const Log& log) { return log.dropped(); });
}

void Server::AddRecordReadings() {
  const auto add = [this](const char* name, const char* help, auto read) {
    registry_.AddCallback(name, help, [this, read] {
      return std::vector<metrics::Registry::Reading>{
          {{}, static_cast<double>(read(stores_->records()))}};
    });
  };
  using storage::Records;
  add("rollcall_records", "Records that are stored",
      [](const Records& records) { return records.count(); });
  add("rollcall_record_words", "Distinct texts of records: classes, builds, kernels, hardware",
      [](const Records& records) { return records.words().count(); });
  add("rollcall_record_stacks", "Distinct stacks of records of crashes",
      [](const Records& records) { return records.stacks().count(); });
}

void Server::AddReadings() {
  AddOutboxReadings();
  AddClockReadings();
  AddFleetReadings();
  if (record_writer_) AddRecordReadings();
  using Readings = std::vector<metrics::Registry::Reading>;
  registry_.AddCallback("rollcall_sources", "Sources that ever reported", [this] {
    return Readings{{{}, static_cast<double>(stores_->sources().size())}};
  });
  registry_.AddCallback("rollcall_purges_due", "Erasures of which files may still have something",
                        [this] {
                          const Result<uint64_t> due = storage::PurgesDue(stores_->store());
                          return due.ok() ? Readings{{{}, static_cast<double>(*due)}} : Readings();
                        });
  registry_.AddCallback("rollcall_hosts", "Hosts whose samples are kept", [this] {
    return Readings{{{}, static_cast<double>(stores_->hosts().size())}};
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
