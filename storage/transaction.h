// A transaction: one write to the store, from the first read that it depends on to its end. It owns
// the store's writer lock, so there is one at a time, and the changes, which become visible and
// durable together or not at all. Nothing else writes rows. Created, used and ended on one thread.
//
// Whoever keeps rows in memory takes part in all transactions of a store (Participant) and learns
// how each ended, still under the lock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "storage/store.h"

namespace rollcall::storage {

// The turn of an import, which holds one for each of its transactions and releases it for a moment
// before the next. A reader whose month imports keep changing takes it too, and imports wait
// meanwhile; reports that come in do not. Taken before the writer lock. Movable.
class Turn {
 public:
  explicit Turn(Store& store) : lock_(store.turn_mutex_) {}

 private:
  std::unique_lock<Mutex> lock_;  // passes from one Turn to another
};

class Transaction {
 public:
  // Blocks until the transaction before it has ended.
  explicit Transaction(Store& store) : Transaction(store, std::nullopt) {}
  // The same for an import: holds its turn to the end.
  Transaction(Store& store, Turn turn) : Transaction(store, std::optional(std::move(turn))) {}
  // Abandons the changes unless they were committed: nothing of them is stored.
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // If one of these throws std::bad_alloc the transaction is unchanged, and can only be abandoned.
  void Put(Table table, std::string_view key, std::string_view value);
  // Sets a counter or another number in kMeta.
  void PutNumber(std::string_view name, uint64_t v);
  void Delete(Table table, std::string_view key);
  // Merges bytes into the value as the table's row in kTables says. Requires that it is not kNone.
  void Merge(Table table, std::string_view key, std::string_view bytes);
  // Deletes all keys from `begin` (inclusive) to `end` (exclusive).
  void DeleteRange(Table table, std::string_view begin, std::string_view end);

  bool empty() const;
  size_t bytes() const;

  // Makes the changes visible and, with all earlier ones, durable (synced to disk). Requires that
  // it was not committed before. An empty transaction writes nothing and is Ok. The lock is held
  // until the destructor; until then reads find what was written.
  //
  // Unavailable: the disk is full or failed. Then nothing of them is stored, or, where the sync
  // failed, they are visible, and become durable once the disk works, unless the process ends
  // first; whoever sends them again must be prepared for both. Later commits are refused at once
  // until the store is writable again.
  Status Commit() { return End(true); }
  // The same, but durable only with the next Commit or Store::Sync: a crash before that may lose
  // the last of such transactions, each as a whole. For a series of which nothing is acknowledged
  // until the last one is durable.
  Status CommitUnsynced() { return End(false); }

 private:
  Transaction(Store& store, std::optional<Turn> turn);
  Status End(bool sync);
  // Makes room in the batch for a row of so many bytes.
  void MakeRoom(size_t bytes);

  Store& store_;
  const std::optional<Turn> turn_;  // before the lock
  const MutexLock lock_;
  const std::unique_ptr<rocksdb::WriteBatch> batch_;
  bool adds_ = false;  // it has more than deletions
  bool ended_ = false;
};

// An owner of state in memory that stands for rows: what a transaction changes in it takes effect
// when the transaction is committed. Called under the writer lock, for every transaction of the
// store, even one that has nothing to do with it.
class Participant {
 public:
  // Adds the remaining changes to a transaction that is about to be committed.
  virtual void Save(Transaction&) const {}
  // The rows are now as the state says, though perhaps not durable yet.
  virtual void Committed() = 0;
  // The rows are as before the transaction; the state must go back too.
  virtual void Abandoned() = 0;

 protected:
  ~Participant() = default;
};

// Makes a participant take part in a store's transactions for as long as it lives. Must be the last
// member of the participant. Constructor and destructor take the writer lock.
class Participation {
 public:
  Participation(Store& store, Participant& participant);
  ~Participation();
  Participation(const Participation&) = delete;
  Participation& operator=(const Participation&) = delete;

 private:
  Store& store_;
  Participant& participant_;
};

}  // namespace rollcall::storage
