#include "storage/host_history.h"

#include <algorithm>

#include "base/log.h"
#include "storage/keys.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kDroppedBefore = "host_samples_dropped_before";

// Rows of a step that are walked over; where there are more, the next step is looked up.
constexpr int kRowsToWalk = 16;

UnixSeconds StartOf(UnixSeconds time, std::chrono::seconds step) {
  return UnixSeconds(time.time_since_epoch() / step * step);
}

}  // namespace

Result<std::unique_ptr<HostHistory>> HostHistory::Open(Store& store) {
  std::unique_ptr<HostHistory> history(new HostHistory(store));
  ROLLCALL_RETURN_IF_ERROR(history->Load());
  return history;
}

Status HostHistory::Load() {
  ROLLCALL_RETURN_IF_ERROR(sequence_.Load(store_));
  Scan scan = store_.NewScan(Table::kHosts, "", "");
  const MutexLock lock(mutex_);
  for (; scan.Valid(); scan.Next()) {
    HostRecord record;
    const Status status = DecodeHostRecord(scan.value(), record);
    if (status.ok()) {
      hosts_.emplace_hint(hosts_.end(), scan.key(), record);
    } else {
      // The others are as good as before; `rollcall verify` names it as well.
      log::Error("open the host history: {}", status.message());
    }
  }
  return scan.status();
}

std::optional<HostRecord> HostHistory::Find(std::string_view host) const {
  const MutexLock lock(mutex_);
  const auto at = hosts_.find(host);
  return at == hosts_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<HostRecord> HostHistory::FindStaged(const std::string& host) const {
  const auto at = staged_.find(host);
  return at == staged_.end() ? Find(host) : at->second;
}

Status HostHistory::Put(const HostName& host, std::span<const HostSample> samples, size_t max_hosts,
                        Transaction& transaction) {
  if (samples.empty()) return Status::Ok();
  const std::optional<HostRecord> known = FindStaged(host.text());
  HostRecord record;
  if (known) {
    record = *known;
  } else {
    if (size() + staged_new_ >= max_hosts) {
      return Status::FailedPrecondition("there are " + std::to_string(max_hosts) +
                                        " hosts already (--max-hosts)");
    }
    const Result<uint32_t> ref = sequence_.Take();
    if (!ref.ok()) return ref.status();
    record.ref = {*ref};
    ++staged_new_;
  }
  for (const HostSample& sample : samples) {
    const HostSampleKey key = HostSampleKey::Of(sample.time, record.ref);
    transaction.Put(Table::kHostSamples, EncodeKey(key), EncodeHostSample(sample));
    record.newest = std::max(record.newest, Hour::Of(sample.time));
  }
  if (known != record) staged_[host.text()] = record;
  return Status::Ok();
}

Status HostHistory::Read(std::string_view host, UnixSeconds from, UnixSeconds to,
                         std::chrono::seconds step, std::vector<HostSample>& out) const {
  const std::optional<HostRecord> record = Find(host);
  if (!record || to < from) return Status::Ok();
  const HostRef ref = record->ref;
  const HostSampleKey last = HostSampleKey::Of(to, ref);
  Scan scan = store_.NewScan(Table::kHostSamples, EncodeKey(HostSampleKey::Of(from, ref)),
                             EncodeKey(last) + '\0');
  UnixSeconds wanted = from;  // nothing before it
  int walked = 0;
  while (scan.Valid()) {
    const auto key = DecodeHostSampleKey(scan.key());
    if (!key) return Status::DataLoss("read samples of a host: not a key");
    if (key->host == ref && key->time() >= wanted) {
      HostSample& sample = out.emplace_back();
      ROLLCALL_RETURN_IF_ERROR(DecodeHostSample(scan.value(), sample));
      sample.time = key->time();
      wanted = StartOf(sample.time, step) + step;
      walked = 0;
    }
    if (key->host == ref && ++walked <= kRowsToWalk) {
      scan.Next();
      continue;
    }
    // Beside the host's rows of this stretch, or far from what is wanted: on to where that may
    // begin.
    const uint32_t stretch = key->stretch + (key->host > ref ? 1 : 0);
    wanted = std::max(wanted, HostSampleKey::StartOf(stretch));
    scan.Seek(EncodeKey(HostSampleKey::Of(wanted, ref)));
    walked = 0;
  }
  return scan.status();
}

std::vector<std::string> HostHistory::NamesSince(Hour since) const {
  const MutexLock lock(mutex_);
  std::vector<std::string> names;
  names.reserve(hosts_.size());
  for (const auto& [name, record] : hosts_) {
    if (record.newest >= since) names.push_back(name);
  }
  return names;
}

size_t HostHistory::size() const {
  const MutexLock lock(mutex_);
  return hosts_.size();
}

Status HostHistory::DropBefore(Hour hour) {
  const uint32_t stretch = HostSampleKey::Of(hour.Start(), {}).stretch;
  const Hour first_kept = Hour::Of(HostSampleKey::StartOf(stretch));
  Transaction transaction(store_);
  const Result<uint64_t> dropped_before = store_.GetNumber(kDroppedBefore);
  if (!dropped_before.ok()) return dropped_before.status();
  if (*dropped_before >= stretch) return Status::Ok();
  const std::string begin = EncodePrefix(0);
  const std::string end = EncodePrefix(stretch);
  transaction.DeleteRange(Table::kHostSamples, begin, end);
  transaction.PutNumber(kDroppedBefore, stretch);
  {
    const MutexLock lock(mutex_);
    for (const auto& [name, record] : hosts_) {
      if (record.newest < first_kept) staged_[name] = std::nullopt;
    }
  }
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  // Nobody can see the rows any more, and no compaction needs to read them to be rid of them.
  return store_.DropFiles(transaction, Table::kHostSamples, begin, end);
}

void HostHistory::Save(Transaction& transaction) const {
  sequence_.Save(transaction);
  for (const auto& [name, record] : staged_) {
    record ? transaction.Put(Table::kHosts, name, EncodeHostRecord(*record))
           : transaction.Delete(Table::kHosts, name);
  }
}

void HostHistory::Committed() {
  sequence_.Committed();
  staged_new_ = 0;
  if (staged_.empty()) return;
  const MutexLock lock(mutex_);
  for (const auto& [name, record] : staged_) {
    if (record) {
      hosts_.insert_or_assign(name, *record);
    } else {
      hosts_.erase(name);
    }
  }
  staged_.clear();
}

void HostHistory::Abandoned() {
  sequence_.Abandoned();
  staged_new_ = 0;
  staged_.clear();
}

}  // namespace rollcall::storage
