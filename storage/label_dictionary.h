// The label dictionary: label sets and their refs, both ways, on disk, with a bounded cache of the
// refs in memory. Bounded because label sets are not: some are unique to one source (`uid` labels),
// and the network is hostile.
//
// A label set is found by the 128-bit hash of its canonical form, keyed by the store's secret seed.
// Owned by Stores. Calls without a transaction are thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/mutex.h"
#include "model/ids.h"
#include "storage/ref_sequence.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class LabelDictionary final : private Participant {
 public:
  struct Refs {
    LabelSetRef label_set;
    MetricRef metric;
  };

  static Result<std::unique_ptr<LabelDictionary>> Open(Store& store);

  // The seed of HashOf, for a parser that hashes label sets as it reads them.
  uint64_t hash_seed() const { return store_.hash_seed(); }
  // Returns the hash that Intern wants. Thread-safe.
  Hash128 HashOf(std::string_view label_set) const { return HashBytes(label_set, hash_seed()); }

  // Returns the refs of a canonical label set; new ones go into the transaction.
  Result<Refs> Intern(std::string_view label_set, const Hash128& hash, Transaction& transaction);
  // The first half of Intern: returns refs of 0 where the label set is new.
  Result<Refs> Find(const Hash128& hash, const Transaction& transaction);
  // The second half of Intern: gives a label set that Find did not find its refs.
  Result<Refs> Add(std::string_view label_set, const Hash128& hash, Transaction& transaction);

  // Returns the ref of a metric's name; 0 where no report ever had it. Thread-safe.
  Result<MetricRef> FindMetric(std::string_view name, const Snapshot* snapshot = nullptr) const;
  // Returns the canonical label set of a stored ref. DataLoss: there is none. Thread-safe.
  Result<std::string> TextOf(LabelSetRef ref, const Snapshot* snapshot = nullptr) const;
  // Calls visit(i, canonical label set) for each of `refs`, which must ascend. Many at once are
  // read in one scan and not cached. Ends with the first visit that fails. Thread-safe.
  Status VisitTexts(std::span<const LabelSetRef> refs, const Snapshot* snapshot,
                    const std::function<Status(size_t, std::string_view)>& visit) const;
  // Returns how many label sets there are. Thread-safe.
  uint64_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  explicit LabelDictionary(Store& store) : store_(store) {}
  Result<Refs> Read(const Hash128& hash, const Snapshot* snapshot) const;
  void Save(Transaction& transaction) const override { sequence_.Save(transaction); }
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  RefSequence sequence_{"last_label_set"};
  std::unordered_map<Hash128, Refs, Hash128Hasher> cache_;
  std::vector<Hash128> staged_;  // new in the transaction under way
  std::atomic<uint64_t> size_{0};
  mutable Mutex texts_mutex_;
  // The texts of label sets lately asked for, by ref; bounded. A ref's text never changes.
  mutable std::unordered_map<uint32_t, std::string> texts_ GUARDED_BY(texts_mutex_);
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
