// The rows of the job table: what a server does in the background, one row per job. Pure: it only
// makes the rows; job_table.h runs them, on its own thread.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "counts/overview.h"
#include "counts/period_tallies.h"
#include "counts/window_counts.h"
#include "fleets/catalog.h"
#include "jobs/app_list.h"
#include "jobs/backups.h"
#include "jobs/job_table.h"
#include "jobs/retention.h"
#include "metrics/registry.h"
#include "parse/record_retention_json.h"
#include "records/record_views.h"
#include "storage/stores.h"

namespace rollcall::jobs {

// What the jobs work with. Owned by the server; outlives the table that runs the jobs.
struct JobServices {
  storage::Stores& stores;
  const Clock& clock;
  counts::WindowCounts& windows;
  counts::PeriodTallies& tallies;
  counts::OverviewReader& overviews;
  AppList& app_list;
  const fleets::Catalog& catalog;
  Backups& backups;
  metrics::Registry& registry;
  const records::RecordViews* record_views = nullptr;  // null: there are none
};

struct JobOptions {
  bool counts;  // reports are stored here and counted
  RetentionOptions retention;
  std::chrono::milliseconds app_list_interval;
  std::optional<RecordRetention> records = {};  // nullopt: they are none of this server's business
};

// Returns the jobs, in the order in which they first run. `services` itself need not outlive the
// call; what it refers to must.
std::vector<Job> BackgroundJobs(const JobServices& services, const JobOptions& options);

}  // namespace rollcall::jobs
