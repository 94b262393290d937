// A dictionary of byte strings: each distinct one has a ref, both ways, in one table, with bounded
// caches in memory. Bounded because the strings are not: the network brings them.
//
// A string is found by its 128-bit hash, keyed by the store's secret seed. Owned by the owner of
// the rows that hold the refs. Intern is for whoever holds the transaction; everything else is
// thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/mutex.h"
#include "storage/ref_sequence.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class ByteDictionary final : private Participant {
 public:
  // `last_name` names the number of the last ref in kMeta, `removed_name` how many were removed.
  static Result<std::unique_ptr<ByteDictionary>> Open(Store& store, Table table,
                                                      std::string last_name,
                                                      std::string removed_name);

  // Returns the ref of the bytes; a new one goes into the transaction. The empty string is 0.
  Result<uint32_t> Intern(std::string_view bytes, Transaction& transaction);

  // Puts the removal of a ref, which stands for these bytes, into the transaction. Its number is
  // not given out again. No row may hold it.
  void Remove(uint32_t ref, std::string_view bytes, Transaction& transaction);

  // Returns the ref of the bytes; 0 where they are not there.
  Result<uint32_t> Find(std::string_view bytes, const Snapshot* snapshot = nullptr) const;
  // Returns the bytes of a ref that Intern gave out, or of 0. DataLoss: there are none.
  Result<std::shared_ptr<const std::string>> BytesOf(uint32_t ref,
                                                     const Snapshot* snapshot = nullptr) const;
  // Returns the hash by which the bytes are found.
  Hash128 HashOf(std::string_view bytes) const { return HashBytes(bytes, store_.hash_seed()); }
  // Returns how many refs were given out, in committed transactions.
  uint64_t last() const { return last_.load(std::memory_order_relaxed); }
  // Returns how many strings there are, of those.
  uint64_t count() const { return last() - removed_.load(std::memory_order_relaxed); }

 private:
  ByteDictionary(Store& store, Table table, std::string last_name, std::string removed_name)
      : store_(store),
        table_(table),
        sequence_(std::move(last_name)),
        removed_name_(std::move(removed_name)) {}
  Result<uint32_t> ReadRef(const Hash128& hash, const Snapshot* snapshot) const;
  void Save(Transaction& transaction) const override;
  void Committed() override;
  void Abandoned() override;

  Store& store_;
  const Table table_;
  RefSequence sequence_;
  const std::string removed_name_;
  std::atomic<uint64_t> last_{0};
  std::atomic<uint64_t> removed_{0};
  // Used only within transactions.
  std::unordered_map<Hash128, uint32_t, Hash128Hasher> refs_;
  std::vector<Hash128> staged_;  // new in the transaction under way
  uint64_t staged_removals_ = 0;

  mutable Mutex mutex_;
  // A ref's bytes never change.
  mutable std::unordered_map<uint32_t, std::shared_ptr<const std::string>> bytes_
      GUARDED_BY(mutex_);
  mutable size_t cached_bytes_ GUARDED_BY(mutex_) = 0;
  const Participation participation_{store_, *this};
};

// Keys: a ref of 4 bytes, or a hash of 16.
std::string EncodeDictionaryKey(uint32_t ref);

}  // namespace rollcall::storage
