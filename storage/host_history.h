// The host history: which hosts there are and the samples that are kept of them. What is known of
// hosts is in memory too, some 150 bytes each. Owned by Stores.
//
// Put is for whoever holds the transaction. Everything else is thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "model/host_sample.h"
#include "storage/host_rows.h"
#include "storage/ref_sequence.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class HostHistory final : private Participant {
 public:
  static Result<std::unique_ptr<HostHistory>> Open(Store& store);

  // Puts a host's samples into the transaction; one of the same second takes the place of what was
  // there. FailedPrecondition: the host is new, and there are `max_hosts` already; nothing was put.
  // Requires times from 1970 on.
  Status Put(const HostName& host, std::span<const HostSample> samples, size_t max_hosts,
             Transaction& transaction);

  // Appends to `out`, oldest first, the host's first sample of each `step` from `from` to `to`,
  // both inclusive; steps are counted from 1970. Nothing where there is no such host. DataLoss,
  // Unavailable: as reads of the store.
  Status Read(std::string_view host, UnixSeconds from, UnixSeconds to, std::chrono::seconds step,
              std::vector<HostSample>& out) const;

  // Returns the names of the hosts that have a sample in `since` or later, sorted.
  std::vector<std::string> NamesSince(Hour since) const;
  size_t size() const;

  // Deletes the samples of all stretches that end before `hour` or with its start, and the hosts
  // that have none left. Does nothing where these were deleted before. Makes its own transaction.
  Status DropBefore(Hour hour);

 private:
  explicit HostHistory(Store& store) : store_(store) {}
  Status Load();
  std::optional<HostRecord> Find(std::string_view host) const;
  // The same as the transaction under way has it.
  std::optional<HostRecord> FindStaged(const std::string& host) const;
  void Save(Transaction& transaction) const override;
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  // Used only within transactions. A host that is deleted is staged as nullopt.
  RefSequence sequence_{"last_host"};
  std::map<std::string, std::optional<HostRecord>> staged_;
  size_t staged_new_ = 0;  // hosts

  mutable Mutex mutex_;
  std::map<std::string, HostRecord, std::less<>> hosts_ GUARDED_BY(mutex_);
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
