// A transaction: one write to the store, from the first read that it depends on to its end. It owns
// the store's writer lock, so there is one at a time, and the changes, which become visible and
// durable together or not at all. Nothing else writes rows.
//
// Whoever has rows in memory takes part in all transactions of a store (Participant) and is told
// how each ended, still under the lock. Made, used and ended on one thread.
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

// The turn of an import: it has one for each of its transactions, and lets it go for a moment
// before the next. A reader whose month imports keep changing takes it, and is alone with the
// reports that come in. Taken before the writer lock. Movable.
class Turn {
 public:
  explicit Turn(Store& store) : lock_(store.turn_mutex_) {}

 private:
  std::unique_lock<Mutex> lock_;  // passes from one Turn to another
};

class Transaction {
 public:
  // Waits for the transaction before it to end.
  explicit Transaction(Store& store) : Transaction(store, std::nullopt) {}
  // The same in turn, which it keeps to its end.
  Transaction(Store& store, Turn turn) : Transaction(store, std::optional(std::move(turn))) {}
  // Abandons what was not committed: nothing of it is stored.
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Where these throw std::bad_alloc the transaction is as it was, and can only be abandoned.
  void Put(Table table, std::string_view key, std::string_view value);
  // A counter or another number in kMeta.
  void PutNumber(std::string_view name, uint64_t v);
  void Delete(Table table, std::string_view key);
  // Adds to the value what its table's row in kTables says; not where that is nothing.
  void Merge(Table table, std::string_view key, std::string_view bytes);
  // All keys from `begin` to before `end`.
  void DeleteRange(Table table, std::string_view begin, std::string_view end);

  bool empty() const;
  size_t bytes() const;

  // Makes the changes visible and, with all before them, durable (synced to disk). Unavailable: the
  // disk is full or failed. Then nothing of them is stored; or, where the disk failed with the
  // sync, they are visible, and durable as soon as it works, unless the process ends before. Who
  // sends such a thing again must be prepared for both. Later ones are refused at once until the
  // store is writable again. An empty one writes nothing, and is Ok. Requires that it was not
  // committed before. The lock is held until the destructor, so what is read until then is what was
  // written.
  Status Commit() { return End(true); }
  // The same, but durable only with the next Commit or Store::Sync: a crash before that leaves the
  // first of such transactions, each whole. For many in a row whose outcome nobody is told before
  // the last.
  Status CommitUnsynced() { return End(false); }

 private:
  Transaction(Store& store, std::optional<Turn> turn);
  Status End(bool sync);
  // For a row of so many bytes.
  void MakeRoom(size_t bytes);

  Store& store_;
  const std::optional<Turn> turn_;  // before the lock
  const MutexLock lock_;
  const std::unique_ptr<rocksdb::WriteBatch> batch_;
  bool ended_ = false;
};

// The owner of state in memory that stands for rows: what a transaction changes in it counts once
// the transaction is committed. Called under the writer lock, for each transaction of the store,
// also those that have nothing to do with it.
class Participant {
 public:
  // Puts what is left to write into a transaction that is about to be committed.
  virtual void Save(Transaction&) const {}
  // The rows are as the state says, though perhaps not durable yet.
  virtual void Committed() = 0;
  // The rows are as before the transaction, and so must the state be.
  virtual void Abandoned() = 0;

 protected:
  ~Participant() = default;
};

// Its participant takes part in the store's transactions from its making to its end. A member of
// the participant, the last one. Takes the writer lock.
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
