#include "hosts/sample_writer.h"

#include <new>
#include <utility>

#include "base/log.h"
#include "storage/transaction.h"

namespace rollcall::hosts {
namespace {

metrics::Counter& CounterOf(metrics::Registry& registry, const char* outcome) {
  return registry.GetCounter("rollcall_host_samples_total",
                             "Samples of hosts: stored; refused, of a host too many; failed, for "
                             "the store could not be written; dropped, for too many were queued",
                             {{"outcome", outcome}});
}

}  // namespace

SampleWriter::SampleWriter(storage::Stores& stores, const Clock& clock, size_t max_hosts,
                           metrics::Registry& registry)
    : stores_(stores),
      clock_(clock),
      max_hosts_(max_hosts),
      stored_(CounterOf(registry, "stored")),
      refused_(CounterOf(registry, "refused")),
      failed_(CounterOf(registry, "failed")),
      dropped_(CounterOf(registry, "dropped")),
      queued_samples_(registry.GetGauge("rollcall_host_samples_queued",
                                        "Samples of hosts that wait to be stored")),
      thread_([this] { Run(); }) {}

SampleWriter::~SampleWriter() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  work_.NotifyAll();
  thread_.join();
}

bool SampleWriter::Enqueue(std::vector<HostSamples>&& hosts, Done&& done) {
  size_t count = 0;
  for (const HostSamples& host : hosts) count += host.samples.size();
  if (queued_ + count > kMaxQueuedSamples) {
    dropped_.Add(count);
    return false;
  }
  queue_.push_back({std::move(hosts), std::move(done), count});
  queued_ += count;
  queued_samples_.Set(static_cast<int64_t>(queued_));
  return true;
}

Status SampleWriter::Submit(std::vector<HostSamples> hosts, Done done) {
  {
    const MutexLock lock(mutex_);
    if (!Enqueue(std::move(hosts), std::move(done))) {
      return Status::Unavailable(std::to_string(queued_) + " samples of hosts are queued");
    }
  }
  work_.NotifyOne();
  return Status::Ok();
}

size_t SampleWriter::Submit(std::vector<HostSamples> hosts) {
  size_t dropped = 0;
  {
    const MutexLock lock(mutex_);
    for (HostSamples& host : hosts) {
      std::vector<HostSamples> one;
      one.push_back(std::move(host));
      if (!Enqueue(std::move(one), nullptr)) ++dropped;
    }
  }
  work_.NotifyOne();
  return dropped;
}

void SampleWriter::Run() {
  for (;;) {
    std::vector<Item> items = Take();
    if (items.empty()) return;
    Write(items);
    Count(items);
    for (const Item& item : items) {
      if (item.done) item.done(item.status);
    }
  }
}

std::vector<SampleWriter::Item> SampleWriter::Take() {
  std::vector<Item> items;
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) work_.Wait(lock);
  for (size_t taken = 0; !queue_.empty() && taken < kSamplesOfACommit; queue_.pop_front()) {
    taken += queue_.front().samples;
    queued_ -= queue_.front().samples;
    items.push_back(std::move(queue_.front()));
  }
  queued_samples_.Set(static_cast<int64_t>(queued_));
  return items;
}

void SampleWriter::Write(std::vector<Item>& items) {
  Status status;
  if (stores_.time().Follow(clock_.NowMilliseconds()) == storage::ClockState::kImplausible) {
    status = Status::Unavailable(stores_.time().view().Explain());
  } else {
    try {
      status = Commit(items);
    } catch (const std::bad_alloc&) {
      status = Status::Unavailable("out of memory");
    }
  }
  if (status.ok()) return;
  for (Item& item : items) {
    item.status = status;
    item.refused = item.samples;
  }
}

Status SampleWriter::Commit(std::vector<Item>& items) {
  storage::Transaction transaction(stores_.store());
  for (Item& item : items) {
    for (const HostSamples& host : item.hosts) {
      Status status = stores_.hosts().Put(host.host, host.samples, max_hosts_, transaction);
      if (status.ok()) continue;
      item.refused += host.samples.size();
      item.status = std::move(status);
    }
  }
  return transaction.Commit();
}

void SampleWriter::Count(const std::vector<Item>& items) {
  bool is_full = is_full_;
  for (const Item& item : items) {
    const bool refuses = item.status.code() == Code::kFailedPrecondition;
    stored_.Add(item.samples - item.refused);
    (refuses ? refused_ : failed_).Add(item.refused);
    is_full |= refuses;
  }
  // Told once: there will be as many more as there are hosts too many, each minute.
  if (is_full && !is_full_) {
    log::Warn("samples of further hosts are refused: there are {} (--max-hosts)", max_hosts_);
  }
  is_full_ = is_full && stores_.hosts().size() >= max_hosts_;
}

}  // namespace rollcall::hosts
