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
      queue_(kMaxQueuedSamples,
             [&gauge = registry.GetGauge("rollcall_host_samples_queued",
                                         "Samples of hosts that wait to be stored")](
                 size_t samples) { gauge.Set(static_cast<int64_t>(samples)); }),
      thread_([this] { Run(); }) {}

SampleWriter::~SampleWriter() {
  queue_.Close();
  thread_.join();
}

Status SampleWriter::Submit(HostSamples samples, Done done) {
  const size_t count = samples.samples.size();
  if (queue_.Push({std::move(samples), std::move(done)}, count)) return Status::Ok();
  dropped_.Add(count);
  return Status::Unavailable(std::to_string(queue_.weight()) + " samples of hosts are queued");
}

size_t SampleWriter::Submit(std::vector<HostSamples> hosts) {
  std::vector<Item> items;
  items.reserve(hosts.size());
  uint64_t samples = 0;
  for (HostSamples& host : hosts) {
    samples += host.samples.size();
    items.push_back({std::move(host), nullptr});
  }
  const BatchQueue<Item>::Added added = queue_.Push(items, WeightOf);
  dropped_.Add(samples - added.weight);
  return items.size() - added.items;
}

void SampleWriter::Run() {
  for (;;) {
    std::vector<Item> items = queue_.Take(kSamplesOfACommit);
    if (items.empty()) return;
    Write(items);
    Count(items);
    for (const Item& item : items) {
      if (item.done) item.done(item.status);
    }
  }
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
  for (Item& item : items) {
    if (item.status.ok()) item.status = status;
  }
}

Status SampleWriter::Commit(std::vector<Item>& items) {
  storage::Transaction transaction(stores_.store());
  for (Item& item : items) {
    item.status =
        stores_.hosts().Put(item.samples.host, item.samples.samples, max_hosts_, transaction);
  }
  return transaction.Commit();
}

void SampleWriter::Count(const std::vector<Item>& items) {
  bool is_full = is_full_;
  for (const Item& item : items) {
    const Code code = item.status.code();
    (code == Code::kOk                   ? stored_
     : code == Code::kFailedPrecondition ? refused_
                                         : failed_)
        .Add(item.samples.samples.size());
    if (code == Code::kFailedPrecondition) is_full = true;
  }
  // Told once: there will be as many more as there are hosts too many, each minute.
  if (is_full && !is_full_) {
    log::Warn("samples of further hosts are refused: there are {} (--max-hosts)", max_hosts_);
  }
  is_full_ = is_full && stores_.hosts().size() >= max_hosts_;
}

}  // namespace rollcall::hosts
