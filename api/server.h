// The server: everything that one rollcall process runs, started and stopped in order. Owned by
// whoever starts it, and used from one thread.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "api/promql_service.h"
#include "api/routes.h"
#include "base/clock.h"
#include "counts/comparison.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "counts/window_counts.h"
#include "fleets/catalog.h"
#include "forward/forwarder.h"
#include "hosts/sample_writer.h"
#include "hosts/scraper.h"
#include "http/access/login.h"
#include "http/access/sender_limits.h"
#include "http/server/front.h"
#include "ingest/ingester.h"
#include "jobs/app_list.h"
#include "jobs/backups.h"
#include "jobs/job_table.h"
#include "jobs/retention.h"
#include "metrics/registry.h"
#include "parse/record_fields.h"
#include "parse/record_retention_json.h"
#include "query/vmselect_overviews.h"
#include "records/record_views.h"
#include "records/record_writer.h"
#include "storage/stores.h"

namespace rollcall::api {

struct ServerOptions {
  http::FrontOptions front;
  http::SenderLimitOptions sender_limits;
  http::LoginFiles login;  // empty: whoever reaches the private listener may ask it
  size_t max_report_bytes = 10 * 1024 * 1024;  // inclusive, after inflating
  bool no_store = false;              // reports are only forwarded, and there are no counts
  ingest::IngesterOptions ingester;   // `store` and `forward` are set from these options
  forward::ForwarderOptions forward;  // an empty URL: nothing is forwarded
  jobs::RetentionOptions retention;
  jobs::AppListOptions app_list;
  // An empty URL: overviews come from the store or, where it has none, from the snapshots.
  query::VmselectOptions vmselect;
  counts::TallyOptions tallies;
  hosts::ScraperOptions scraper;
  size_t max_hosts = 20'000;  // inclusive
  bool records = false;       // records are taken in, and given out
  std::vector<std::string> telemetry_ids{kDefaultTelemetryId};  // of the records that are taken
  RecordRetention record_retention;
  std::string views_dir;  // of declared views of records; empty: there are none
  jobs::BackupSchedule backups;
  PromqlOptions promql;
};

class Server {
 public:
  // Starts all threads and listens. FailedPrecondition: an address cannot be listened on, or a file
  // of certificates, logins or the forwarder's credentials cannot be read. InvalidArgument: such a
  // file is wrong, and as SetFleets. `catalog`, `clock` and
  // `registry` must outlive the server.
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                               std::unique_ptr<storage::Stores> stores,
                                               fleets::Catalog& catalog, const Clock& clock,
                                               metrics::Registry& registry);
  // The same as Stop with a grace of 0.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Drains the server: accepts no further connections, stores and answers the reports that it has
  // accepted, and ends all threads. Cuts off what is not done after `grace`. Imports end at once
  // and keep what they have stored; a backup ends at once, and is not there; exports end at once;
  // overviews that wait for VictoriaMetrics or for a scan end at once without numbers, as do views
  // of records. What is not forwarded yet stays in the outbox. Samples of hosts and records that
  // are queued are stored.
  void Stop(std::chrono::milliseconds grace);

  // Reads the files of certificates and logins again if they have changed. Bad ones leave in force
  // what is, and the log says why. Cheap where nothing has changed.
  void FollowFiles();

  // Puts a set of fleets in force; returns whether it is another one than that in force.
  // InvalidArgument: one of them declares a path that is the server's own; then nothing changes.
  Result<bool> SetFleets(std::unique_ptr<const fleets::FleetSet> fleets);

  // Reads the declared views of records again, from a folder as views_dir; what is bad is told in
  // the log and left out.
  void ReloadViews(const std::string& directory);

  // Returns whether requests are still received; see HttpFront::IsTurning.
  bool IsTurning() { return front_->IsTurning(); }

  int public_port() const { return front_->public_port(); }
  int private_port() const { return front_->private_port(); }

 private:
  Server(const ServerOptions& options, std::unique_ptr<storage::Stores> stores,
         std::unique_ptr<http::Login> login, fleets::Catalog& catalog, const Clock& clock,
         metrics::Registry& registry);
  Status CheckPaths(const fleets::FleetSet& fleets) const;
  std::unique_ptr<OverviewSource> MakeOverviews(const ServerOptions& options);
  Status AddJobs(const ServerOptions& options);
  Status StartForwarder(const ServerOptions& options);
  void StartScraper(const ServerOptions& options);
  void AddReadings();
  void AddOutboxReadings();
  void AddClockReadings();
  void AddFleetReadings();
  void AddRecordReadings();

  fleets::Catalog& catalog_;
  const Clock& clock_;
  metrics::Registry& registry_;
  std::unique_ptr<storage::Stores> stores_;               // declared before its users: it goes last
  std::unique_ptr<ingest::Ingester> ingester_;            // null after Stop
  std::unique_ptr<hosts::SampleWriter> host_samples_;     // null after Stop
  std::unique_ptr<records::RecordWriter> record_writer_;  // null without records, and after Stop
  const std::unique_ptr<const RecordIntake> record_intake_;   // null without records
  const std::unique_ptr<records::RecordViews> record_views_;  // the same
  counts::WindowCounts windows_;
  jobs::AppList app_list_;
  counts::OverviewReader stored_overviews_;
  std::stop_source stop_queries_;
  const std::unique_ptr<OverviewSource> overviews_;  // what /api/overview serves
  counts::PeriodTallies tallies_;
  counts::ComparisonReader comparisons_;
  std::stop_source stop_imports_;
  const std::unique_ptr<http::Login> login_;  // null where none is required
  jobs::Backups backups_;
  http::SenderLimits sender_limits_;
  query::StoredQueries queries_;
  PromqlService promql_;
  http::RouteTable routes_;
  jobs::JobTable jobs_;
  std::unique_ptr<forward::Forwarder> forwarder_;  // null where nothing is forwarded
  std::unique_ptr<hosts::Scraper> scraper_;        // null after Stop
  std::unique_ptr<http::HttpFront> front_;
};

}  // namespace rollcall::api
