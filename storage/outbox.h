// The outbox: accepted reports that are still to be forwarded, oldest first, and beside them the
// parked ones, which the receiver refused. A report's row is written in the transaction that stores
// the report, so it is in the outbox exactly if the report was accepted.
//
// Rows have consecutive numbers. Those above the removed mark are live. Those up to it are gone,
// even where their bytes are still in the table: they are deleted many at a time, and never read.
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
  // `max_bytes` bounds the keys and values of the live and the parked rows together. A single
  // transaction whose rows alone are larger may exceed it.
  static Result<std::unique_ptr<Outbox>> Open(Store& store, uint64_t max_bytes);

  // --- A transaction's side ---

  // Adds a report as the newest live row.
  void Append(const OutboxRow& row, Transaction& transaction);
  // If the bound is exceeded, drops the oldest rows, parked ones first, until it holds again.
  // Returns how many were dropped. At most once per transaction, after its last Append.
  Result<uint64_t> MakeRoom(Transaction& transaction);

  // Erases the reports of a source that were received from `from` (inclusive) to `to` (exclusive).
  // Of a live one an empty row is left in its place, of which nothing is sent, so that the numbers
  // stay without a gap. Of rows that were removed nothing is left on the disk once it is purged.
  // Returns how many there were, live and parked.
  struct Erased {
    uint64_t live = 0;
    uint64_t parked = 0;
  };
  Result<Erased> Erase(FleetRef fleet, std::string_view source_id, UnixMilliseconds from,
                       UnixMilliseconds to, Transaction& transaction);

  // Returns how many rows of a source there are, as Erase would find them. Thread-safe.
  Result<Erased> CountOf(FleetRef fleet, std::string_view source_id) const;

  // --- The sender's side ---

  // Blocks until there is a live row. Returns false where a stop was requested first.
  bool AwaitRows(std::stop_token stop) const;

  // What Remove and Park need to know of a row that was read.
  struct Item {
    uint64_t sequence = 0;
    uint64_t bytes = 0;  // of key and value
  };
  // Visits the live rows, the oldest first, until `visit` returns false. DataLoss, Unavailable:
  // reading failed.
  using Visit = std::function<bool(const Item& item, std::string_view value)>;
  Status ReadOldest(const Visit& visit) const;

  // Removes rows that were sent. Requires the oldest ones, in order. They count as removed even
  // where this fails; then a restart may send them again.
  Status Remove(std::span<const Item> sent);
  // Parks the oldest row; does nothing where it is gone. On failure it stays where it was.
  Status Park(const Item& item, const ParkedRow& parked);

  // Drops rows parked before `time` (exclusive). Returns how many were dropped.
  Result<uint64_t> DropParkedBefore(UnixMilliseconds time);
  // Visits the parked rows with numbers above `after`, in order, until `visit` returns false.
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
  // Returns when the oldest live report was received; nullopt where there is none or reading fails.
  std::optional<UnixMilliseconds> OldestTime() const;

 private:
  struct State {
    uint64_t removed = 0;  // the removed mark: the highest number that is not live any more
    uint64_t last = 0;     // the highest number given out
    uint64_t bytes = 0;
    uint64_t parked = 0;
    uint64_t parked_bytes = 0;
    uint64_t deleted = 0;          // rows up to here are deleted from the table; not stored
    uint64_t undeleted_bytes = 0;  // of rows above `deleted` up to `removed`; not stored

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
  // Counts the oldest live row as removed.
  void TakeOff(const Item& oldest);
  // A row as it is now, where it may have been erased since it was read.
  Result<std::string> Reread(const Item& item) const;
  // Deletes removed rows from the table once there are enough of them.
  void Clean(Transaction& transaction);
  void Publish(const State& state);

  Store& store_;
  const uint64_t max_bytes_;

  // For transactions only, under the writer lock.
  State saved_;   // as in kMeta
  State staged_;  // with the current transaction's changes
  bool has_erased_ = false;

  mutable Mutex mutex_;
  mutable StoppableConditionVariable changed_;
  State committed_ GUARDED_BY(mutex_);
  const Participation participation_{store_, *this};
};

}  // namespace rollcall::storage
