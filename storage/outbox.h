// The outbox: accepted reports that are still to be forwarded, oldest first, and beside them the
// parked ones, which the receiver refused. A report's row is written in the transaction of the
// report itself, so it is in the outbox exactly if the report was accepted.
//
// Rows have consecutive numbers. Those over the removed mark are live; those up to it are gone,
// whether their bytes still are in the table or not: they are deleted many at a time, and nobody
// reads there.
//
// Owned by Stores. Calls without a transaction are thread-safe; those that write make their own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "storage/outbox_row.h"
#include "storage/transaction.h"

namespace rollcall::storage {

class Outbox final : private Participant {
 public:
  // `max_bytes` bounds keys and values of the live and the parked rows together. A single
  // transaction may exceed it where it is larger than that.
  static Result<std::unique_ptr<Outbox>> Open(Store& store, uint64_t max_bytes);

  // --- A transaction's side ---

  void Append(const OutboxRow& row, Transaction& transaction);
  // Where the bound is exceeded: drops the oldest, parked ones first, until it holds again. Returns
  // how many went. At most once a transaction, after its last Append.
  Result<uint64_t> MakeRoom(Transaction& transaction);

  // --- The sender's side ---

  // False: a stop was requested before there was a live row.
  bool AwaitRows(std::stop_token stop) const;

  // What was read of a row: enough to remove it.
  struct Item {
    uint64_t sequence = 0;
    uint64_t bytes = 0;  // of key and value
  };
  // Walks the live rows from the oldest on until `visit` returns false. DataLoss, Unavailable:
  // reading failed.
  using Visit = std::function<bool(const Item& item, std::string_view value)>;
  Status ReadOldest(const Visit& visit) const;

  // Removes rows that were sent: the oldest ones, in order. They count as removed whatever the
  // outcome; one that could not be written down is sent again after a restart at most.
  Status Remove(std::span<const Item> sent);
  // Moves the oldest row to the parked ones; nothing where it is gone. On a failure it stays where
  // it is.
  Status Park(const Item& item, const ParkedRow& parked);

  // Drops what was parked before `time`. Returns how many went.
  Result<uint64_t> DropParkedBefore(UnixMilliseconds time);
  // Walks the parked rows with a higher number than `after` until `visit` returns false.
  Status ReadParked(
      uint64_t after,
      const std::function<bool(uint64_t sequence, std::string_view value)>& visit) const;

  // As of the last commit.
  struct Size {
    uint64_t reports = 0;  // live
    uint64_t bytes = 0;    // of their keys and values
    uint64_t parked_reports = 0;
    uint64_t parked_bytes = 0;
  };
  Size size() const;
  // When the oldest live report was received; nullopt where there is none, or it cannot be read.
  std::optional<UnixMilliseconds> OldestTime() const;

 private:
  struct State {
    uint64_t removed = 0;  // the highest number that is not live any more
    uint64_t last = 0;     // the highest number given out
    uint64_t bytes = 0;
    uint64_t parked = 0;
    uint64_t parked_bytes = 0;
    uint64_t deleted = 0;          // all up to here is deleted from the table; not kept on disk
    uint64_t undeleted_bytes = 0;  // from there to `removed`; the same

    bool SameOnDisk(const State& other) const {
      return removed == other.removed && last == other.last && bytes == other.bytes &&
             parked == other.parked && parked_bytes == other.parked_bytes;
    }
  };

  Outbox(Store& store, uint64_t max_bytes) : store_(store), max_bytes_(max_bytes) {}
  Status Load();
  void Save(Transaction& transaction) const override;
  void Committed() override;
  void Abandoned() override;
  Status DropParked(uint64_t want_bytes, const std::optional<UnixMilliseconds>& before,
                    uint64_t& dropped, Transaction& transaction);
  Status DropLive(uint64_t want_bytes, uint64_t& dropped, Transaction& transaction);
  // The oldest live row counts as removed.
  void TakeOff(const Item& oldest);
  // Deletes removed rows from the table where enough of them have come together.
  void Clean(Transaction& transaction);
  void Publish(const State& state);

  Store& store_;
  const uint64_t max_bytes_;

  // For transactions alone.
  State saved_;   // what the table of numbers holds
  State staged_;  // with the transaction under way

  mutable Mutex mutex_;
  mutable StoppableConditionVariable changed_;
  State committed_ GUARDED_BY(mutex_);
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
