// The scraper: asks each source for its hosts' counters at the start and once per interval, and
// hands samples to the writer. Each source has a thread of its own, so that one that hangs, or
// answers with nonsense, delays no other. Owned by the server.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "hosts/rates.h"
#include "hosts/sample_writer.h"
#include "hosts/targets.h"
#include "metrics/registry.h"

namespace rollcall::hosts {

struct ScraperOptions {
  std::vector<Target> targets;  // no name twice
  std::chrono::milliseconds interval = std::chrono::minutes(1);
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  // more counts as the interval
  bool no_own_samples = false;                                   // true: rollcall is no host itself
};

// Which source a host's samples come from. Two that serve the same host must not mix: the name is
// that of the source that stands first, and the other's samples are those of `host@source`.
// Thread-safe.
class HostOwners {
 public:
  // Notes that a source, told by its place, has these hosts now, and no others. Returns those of
  // which it is not the owner.
  std::vector<std::string> Claim(size_t place, const CountersByHost& hosts);

 private:
  Mutex mutex_;
  std::map<std::string, size_t, std::less<>> owners_ GUARDED_BY(mutex_);
};

class Scraper {
 public:
  // Starts the threads, one for each of `sources`. All references must outlive the scraper.
  Scraper(std::vector<Source> sources, std::chrono::milliseconds interval, SampleWriter& writer,
          const Clock& clock, metrics::Registry& registry);
  // Ends what is under way, and the threads.
  ~Scraper();
  Scraper(const Scraper&) = delete;
  Scraper& operator=(const Scraper&) = delete;

 private:
  struct Job {
    size_t place;
    Source source;
    Rates rates = {};
    uint32_t failures = 0;  // in a row
    metrics::Counter& succeeded;
    metrics::Counter& failed;
    metrics::Gauge& last_success;
  };
  void Run(Job& job, const std::stop_token& stop);
  void ScrapeOnce(Job& job, const std::stop_token& stop);
  // Gives the hosts of another source the names that they have here.
  void Rename(const Job& job, CountersByHost& counters);
  void Failed(Job& job, const Status& status);
  void Succeeded(Job& job, UnixSeconds now);

  const std::chrono::milliseconds interval_;
  SampleWriter& writer_;
  const Clock& clock_;
  HostOwners owners_;
  std::list<Job> jobs_;
  std::vector<std::jthread> threads_;  // last: they use the rest
};

}  // namespace rollcall::hosts
