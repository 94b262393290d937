#include "hosts/scraper.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"
#include "base/pause.h"

namespace rollcall::hosts {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<std::string> HostOwners::Claim(size_t place, const CountersByHost& hosts) {
  std::vector<std::string> of_others;
  const MutexLock lock(mutex_);
  std::erase_if(owners_, [&](const auto& owned) {
    return owned.second == place && !hosts.contains(owned.first);
  });
  for (const auto& [host, counters] : hosts) {
    size_t& owner = owners_.try_emplace(host, place).first->second;
    owner = std::min(owner, place);
    if (owner != place) of_others.push_back(host);
  }
  return of_others;
}

Scraper::Scraper(std::vector<Source> sources, milliseconds interval, SampleWriter& writer,
                 const Clock& clock, metrics::Registry& registry)
    : interval_(interval), writer_(writer), clock_(clock) {
  const auto runs = [&](const std::string& name, const char* result) -> metrics::Counter& {
    return registry.GetCounter("rollcall_scrapes_total", "Targets asked for hosts' counters",
                               {{"target", name}, {"result", result}});
  };
  for (Source& source : sources) {
    metrics::Counter& succeeded = runs(source.name, "ok");
    metrics::Counter& failed = runs(source.name, "error");
    metrics::Gauge& last_success = registry.GetGauge(
        "rollcall_scrape_last_success_timestamp_seconds",
        "When a target last gave its counters; 0: not since the start", {{"target", source.name}});
    jobs_.push_back({jobs_.size(), std::move(source), {}, 0, succeeded, failed, last_success});
  }
  for (Job& job : jobs_) {
    threads_.emplace_back([this, &job](const std::stop_token& stop) { Run(job, stop); });
  }
}

Scraper::~Scraper() {
  // All at once: each may be in the middle of a request.
  for (std::jthread& thread : threads_) thread.request_stop();
}

void Scraper::Run(Job& job, const std::stop_token& stop) {
  auto due = steady_clock::now();
  while (!stop.stop_requested()) {
    ScrapeOnce(job, stop);
    const auto now = steady_clock::now();
    // What was missed is not made up for.
    due += interval_ * std::max<milliseconds::rep>(1, (now - due) / interval_ + 1);
    PauseFor(std::chrono::ceil<milliseconds>(due - now), stop);
  }
}

void Scraper::ScrapeOnce(Job& job, const std::stop_token& stop) {
  const auto started = steady_clock::now();
  const UnixSeconds wall = clock_.Now();
  try {
    Result<CountersByHost> counters = job.source.read(stop);
    if (stop.stop_requested()) return;
    if (!counters.ok()) return Failed(job, counters.status());
    Rename(job, *counters);
    const size_t dropped = writer_.Submit(job.rates.Advance(std::move(*counters), started, wall));
    if (dropped > 0) log::Warn("target {}: samples of {} hosts dropped", job.source.name, dropped);
    Succeeded(job, wall);
  } catch (const std::exception& e) {
    Failed(job, Status::Internal(e.what()));
  }
}

void Scraper::Rename(const Job& job, CountersByHost& counters) {
  for (const std::string& host : owners_.Claim(job.place, counters)) {
    auto node = counters.extract(host);
    node.key() = host + "@" + job.source.name;
    counters.insert(std::move(node));
  }
}

// A line when it begins and one when it ends: an outage of days is not news.
void Scraper::Failed(Job& job, const Status& status) {
  job.failed.Add();
  log::At(job.failures == 0 ? log::Level::kWarn : log::Level::kDebug, "target {}: {}",
          job.source.name, status.message());
  job.failures = std::min<uint32_t>(job.failures + 1, 1'000'000);
}

void Scraper::Succeeded(Job& job, UnixSeconds now) {
  if (job.failures > 0) {
    log::Info("target {}: answers again after {} failures", job.source.name, job.failures);
  }
  job.failures = 0;
  job.succeeded.Add();
  job.last_success.Set(now.time_since_epoch().count());
}

}  // namespace rollcall::hosts
