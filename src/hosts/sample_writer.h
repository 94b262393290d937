// The writer of hosts' samples: the only thread that stores any, whoever brings them. It takes what
// waits, writes it in one transaction with one sync, and tells those who asked to know. Nobody who
// brings samples waits for it. Owned by the server.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/batch_queue.h"
#include "base/clock.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "model/host_sample.h"
#include "storage/stores.h"

namespace rollcall::hosts {

class SampleWriter {
 public:
  // Called once, on the writer's thread. Ok: all of the samples are stored, durably.
  // FailedPrecondition: there are too many hosts, and of some nothing is stored. Unavailable:
  // nothing is: the store cannot be written, or its clock is not to be believed.
  using Done = std::function<void(const Status&)>;

  // Samples that may wait; some 100 bytes each.
  static constexpr size_t kMaxQueuedSamples = 200'000;

  // `max_hosts`: inclusive.
  SampleWriter(storage::Stores& stores, const Clock& clock, size_t max_hosts,
               metrics::Registry& registry);
  // Stores what is still queued, then ends the thread.
  ~SampleWriter();
  SampleWriter(const SampleWriter&) = delete;
  SampleWriter& operator=(const SampleWriter&) = delete;

  // Queues the samples of these hosts, which are stored together. Never waits. Unavailable: too
  // many are queued, and none of these is; `done` is not called. Thread-safe.
  Status Submit(std::vector<HostSamples> hosts, Done done);
  // Queues the samples of several hosts, each by itself; what there is no room for is dropped, and
  // counted. Returns how many hosts were dropped. Thread-safe.
  size_t Submit(std::vector<HostSamples> hosts);

 private:
  // The size at which a commit takes no further samples: some milliseconds of work, during which
  // reports wait.
  static constexpr size_t kSamplesOfACommit = 4'096;

  // What is stored together.
  struct Item {
    std::vector<HostSamples> hosts;
    Done done;
    size_t samples = 0;
    size_t refused = 0;  // of them
    Status status = {};
  };

  static Item Together(std::vector<HostSamples> hosts, Done done);
  static size_t WeightOf(const Item& item) { return item.samples; }
  void Run();
  void Write(std::vector<Item>& items);
  Status Commit(std::vector<Item>& items);
  void Count(const std::vector<Item>& items);

  storage::Stores& stores_;
  const Clock& clock_;
  const size_t max_hosts_;
  bool is_full_ = false;  // of hosts; the thread's own
  metrics::Counter& stored_;
  metrics::Counter& refused_;
  metrics::Counter& failed_;
  metrics::Counter& dropped_;
  BatchQueue<Item> queue_;  // weighs samples
  std::thread thread_;      // last: it uses the rest
};

}  // namespace rollcall::hosts
