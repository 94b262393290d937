#include "jobs/background_jobs.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include "jobs/record_retention.h"
#include "records/group_keeper.h"
#include "storage/purge.h"

namespace rollcall::jobs {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

// The time for one run, or as long as one scan takes, so that other jobs get their turn.
constexpr seconds kTallyBudget{1};
constexpr std::chrono::milliseconds kGroupsBudget{500};

Status FollowClock(const JobServices& services) {
  services.stores.time().Follow(services.clock.NowMilliseconds());
  return services.stores.store().Writable().ok() ? services.stores.time().Persist() : Status::Ok();
}

// Begins to keep the totals of a month soon after it starts, before anyone asks.
Status KeepCurrentWindows(const JobServices& services) {
  for (const auto& declared : services.catalog.current().all()) {
    const storage::WindowKey window{Month::Of(services.clock.Now()), declared->fleet().ref};
    ROLLCALL_RETURN_IF_ERROR(services.windows.Ensure(window).status());
  }
  return Status::Ok();
}

Status RefreshTallies(const JobServices& services, std::stop_token stop) {
  for (const auto& declared : services.catalog.current().all()) {
    const Fleet& fleet = declared->fleet();
    ROLLCALL_RETURN_IF_ERROR(services.tallies.FollowRule(fleet));
    ROLLCALL_RETURN_IF_ERROR(services.tallies.Refresh(fleet, kTallyBudget, stop));
  }
  return Status::Ok();
}

Status PrepareOverviews(const JobServices& services, std::stop_token stop) {
  for (const auto& declared : services.catalog.current().all()) {
    ROLLCALL_RETURN_IF_ERROR(services.overviews.Prepare(declared->fleet(), kTallyBudget, stop));
  }
  return Status::Ok();
}

Status FinishPurge(const JobServices& services, const std::stop_token& stop) {
  storage::Store& store = services.stores.store();
  // Who erases now waits for its purge himself.
  if (storage::IsPurging(store)) return Status::Ok();
  return storage::Purge(
      store, [](uint64_t, uint64_t) {}, stop);
}

std::shared_ptr<records::GroupKeeper> MakeGroupKeeper(const JobServices& services) {
  if (services.record_views == nullptr) return nullptr;
  return std::make_shared<records::GroupKeeper>(services.stores, *services.record_views,
                                                services.clock, services.registry);
}

// Runs the work only while its results can be stored. Otherwise it does nothing and does not fail,
// since the store reports that itself.
std::function<Status(std::stop_token)> WhileWritable(const storage::Store& store,
                                                     std::function<Status(std::stop_token)> work) {
  return [&store, work = std::move(work)](std::stop_token stop) {
    return store.Writable().ok() ? work(std::move(stop)) : Status::Ok();
  };
}

}  // namespace

std::vector<Job> BackgroundJobs(const JobServices& services, const JobOptions& options) {
  const bool counts = options.counts;
  const JobServices s = services;
  const RetentionOptions retention = options.retention;
  const auto counting = [&store = s.stores.store()](auto work) {
    return WhileWritable(store, std::move(work));
  };
  // The clock comes first: the others follow the store's time. Retention comes after the tallies:
  // it deletes what days are counted from.
  const std::vector<std::pair<bool, Job>> rows = {
      {true, {"clock", seconds(10), [s](auto) { return FollowClock(s); }}},
      {counts,
       {"current-windows", seconds(30), counting([s](auto) { return KeepCurrentWindows(s); })}},
      {counts,
       {"tallies", seconds(5), counting([s](auto stop) { return RefreshTallies(s, stop); })}},
      {true,
       {"retention", hours(1),
        [=](auto) { return ApplyRetention(s.stores, s.catalog.current(), retention); }}},
      {s.app_list.enabled(),
       {"app-list", options.app_list_interval,
        [s](auto stop) { return s.app_list.Refresh(stop); }}},
      // After the app list, whose names the overview of a closed month keeps.
      {counts, {"closed-months", seconds(5), counting([s](auto stop) {
                  return PrepareOverviews(s, stop);
                })}},
      // Erasures whose purge was cut short, by the end of the process or a full disk.
      {true, {"purge", seconds(10), counting([s](auto stop) { return FinishPurge(s, stop); })}},
      // It only begins one, which has a thread of its own.
      {s.backups.has_schedule(),
       {"backup", seconds(10), [s](auto) { return s.backups.StartIfDue(); }}},
      {options.records.has_value(),
       {"record-retention", seconds(1),
        counting([job = std::make_shared<RecordRetentionJob>(
                      s.stores, options.records.value_or(RecordRetention()))](auto) {
          return job->Run();
        })}},
      {s.record_views != nullptr,
       {"record-groups", seconds(1),
        counting([job = MakeGroupKeeper(s)](auto stop) { return job->Run(kGroupsBudget, stop); })}},
  };
  std::vector<Job> jobs;
  for (const auto& [wanted, job] : rows) {
    if (wanted) jobs.push_back(job);
  }
  return jobs;
}

}  // namespace rollcall::jobs
