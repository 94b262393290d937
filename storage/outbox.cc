#include "storage/outbox.h"

#include <algorithm>
#include <utility>

namespace rollcall::storage {
namespace {

constexpr std::string_view kRemoved = "outbox_removed";
constexpr std::string_view kLast = "outbox_last";
constexpr std::string_view kBytes = "outbox_bytes";
constexpr std::string_view kParked = "outbox_parked";
constexpr std::string_view kParkedBytes = "outbox_parked_bytes";

// A range delete for each request would pile up in memory, where every read looks at all of them.
constexpr uint64_t kCleanBytes = 8 * 1024 * 1024;
// When the outbox is full, this much more is dropped than must be, so that not every transaction
// has to.
constexpr uint64_t kSpareParts = 1024;

uint64_t BytesOf(std::string_view key, std::string_view value) { return key.size() + value.size(); }

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::Open(Store& store, uint64_t max_bytes) {
  std::unique_ptr<Outbox> outbox(new Outbox(store, max_bytes));
  ROLLCALL_RETURN_IF_ERROR(outbox->Load());
  return outbox;
}

Status Outbox::Load() {
  const Transaction transaction(store_);
  for (const auto& [name, number] :
       {std::pair(kRemoved, &staged_.removed), std::pair(kLast, &staged_.last),
        std::pair(kBytes, &staged_.bytes), std::pair(kParked, &staged_.parked),
        std::pair(kParkedBytes, &staged_.parked_bytes)}) {
    const Result<uint64_t> value = store_.GetNumber(name);
    if (!value.ok()) return value.status();
    *number = *value;
  }
  if (staged_.removed > staged_.last) {
    return Status::DataLoss("read the outbox: " + std::to_string(staged_.removed) +
                            " reports removed of " + std::to_string(staged_.last));
  }
  // How much an earlier process left undeleted is not known: the next removal deletes it.
  if (staged_.removed > 0) staged_.undeleted_bytes = kCleanBytes;
  saved_ = staged_;
  Publish(staged_);
  return Status::Ok();
}

void Outbox::Publish(const State& state) {
  {
    const MutexLock lock(mutex_);
    committed_ = state;
  }
  changed_.NotifyAll();
}

void Outbox::Append(const OutboxRow& row, Transaction& transaction) {
  const std::string key = EncodeOutboxKey(++staged_.last);
  const std::string value = EncodeOutboxRow(row);
  staged_.bytes += BytesOf(key, value);
  transaction.Put(Table::kOutbox, key, value);
}

Result<uint64_t> Outbox::MakeRoom(Transaction& transaction) {
  uint64_t dropped = 0;
  const uint64_t bytes = staged_.bytes + staged_.parked_bytes;
  if (bytes <= max_bytes_) return dropped;
  uint64_t want = bytes - max_bytes_ + max_bytes_ / kSpareParts;
  const uint64_t parked_before = staged_.parked_bytes;
  ROLLCALL_RETURN_IF_ERROR(DropParked(want, std::nullopt, dropped, transaction));
  want -= std::min(want, parked_before - staged_.parked_bytes);
  ROLLCALL_RETURN_IF_ERROR(DropLive(want, dropped, transaction));
  return dropped;
}

// Rows of the transaction itself cannot be read yet, and stay.
Status Outbox::DropLive(uint64_t want_bytes, uint64_t& dropped, Transaction& transaction) {
  if (want_bytes == 0) return Status::Ok();
  Scan scan = store_.NewScan(Table::kOutbox, EncodeOutboxKey(staged_.removed + 1), "");
  for (uint64_t freed = 0; scan.Valid() && freed < want_bytes; scan.Next()) {
    const std::optional<uint64_t> sequence = DecodeOutboxKey(scan.key());
    if (!sequence) return Status::DataLoss("read the outbox: a key is not a number");
    const Item item{*sequence, BytesOf(scan.key(), scan.value())};
    TakeOff(item);
    freed += item.bytes;
    ++dropped;
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  Clean(transaction);
  return Status::Ok();
}

Status Outbox::DropParked(uint64_t want_bytes, const std::optional<UnixMilliseconds>& before,
                          uint64_t& dropped, Transaction& transaction) {
  if (staged_.parked == 0) return Status::Ok();
  Scan scan = store_.NewScan(Table::kParked, "", "");
  uint64_t freed = 0;
  std::string end;
  for (; scan.Valid() && freed < want_bytes; scan.Next()) {
    ParkedRow row;
    if (before && DecodeParkedRow(scan.value(), row).ok() && row.parked >= *before) break;
    freed += BytesOf(scan.key(), scan.value());
    end = scan.key();
    staged_.parked -= std::min<uint64_t>(staged_.parked, 1);
    ++dropped;
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  if (freed == 0) return Status::Ok();
  staged_.parked_bytes -= std::min(staged_.parked_bytes, freed);
  transaction.DeleteRange(Table::kParked, EncodeOutboxKey(0), end + '\0');
  return Status::Ok();
}

void Outbox::TakeOff(const Item& oldest) {
  staged_.removed = oldest.sequence;
  staged_.bytes -= std::min(staged_.bytes, oldest.bytes);
  staged_.undeleted_bytes += oldest.bytes;
}

void Outbox::Clean(Transaction& transaction) {
  if (staged_.undeleted_bytes < kCleanBytes) return;
  transaction.DeleteRange(Table::kOutbox, EncodeOutboxKey(staged_.deleted),
                          EncodeOutboxKey(staged_.removed + 1));
  staged_.deleted = staged_.removed;
  staged_.undeleted_bytes = 0;
}

void Outbox::Save(Transaction& transaction) const {
  if (staged_.SameOnDisk(saved_)) return;
  transaction.PutNumber(kRemoved, staged_.removed);
  transaction.PutNumber(kLast, staged_.last);
  transaction.PutNumber(kBytes, staged_.bytes);
  transaction.PutNumber(kParked, staged_.parked);
  transaction.PutNumber(kParkedBytes, staged_.parked_bytes);
}

void Outbox::Committed() {
  if (staged_.SameOnDisk(saved_)) return;
  saved_ = staged_;
  Publish(staged_);
}

void Outbox::Abandoned() {
  // In a transaction nobody else changes it.
  const MutexLock lock(mutex_);
  staged_ = committed_;
}

bool Outbox::AwaitRows(std::stop_token stop) const {
  MutexLock lock(mutex_);
  const auto has_rows = [this]() REQUIRES(mutex_) { return committed_.last > committed_.removed; };
  return changed_.Wait(lock, stop, has_rows) && !stop.stop_requested();
}

Status Outbox::ReadOldest(const Visit& visit) const {
  uint64_t removed = 0;
  {
    const MutexLock lock(mutex_);
    removed = committed_.removed;
  }
  Scan scan = store_.NewScan(Table::kOutbox, EncodeOutboxKey(removed + 1), "");
  for (; scan.Valid(); scan.Next()) {
    const std::optional<uint64_t> sequence = DecodeOutboxKey(scan.key());
    if (!sequence) return Status::DataLoss("read the outbox: a key is not a number");
    if (!visit({*sequence, BytesOf(scan.key(), scan.value())}, scan.value())) return Status::Ok();
  }
  return scan.status();
}

Status Outbox::Remove(std::span<const Item> sent) {
  Transaction transaction(store_);
  for (const Item& item : sent) {
    // What was dropped while it was being sent was taken off already.
    if (item.sequence > staged_.removed) TakeOff(item);
  }
  const State removed = staged_;
  Clean(transaction);
  if (Status status = transaction.CommitUnsynced(); !status.ok()) {
    staged_ = removed;
    Publish(staged_);
    return status;
  }
  if (staged_.deleted == removed.deleted) return Status::Ok();
  return store_.DropFiles(transaction, Table::kOutbox, EncodeOutboxKey(0),
                          EncodeOutboxKey(staged_.deleted + 1));
}

Status Outbox::Park(const Item& item, const ParkedRow& parked) {
  Transaction transaction(store_);
  if (item.sequence <= staged_.removed) return Status::Ok();
  const std::string key = EncodeOutboxKey(item.sequence);
  const std::string value = EncodeParkedRow(parked);
  transaction.Put(Table::kParked, key, value);
  TakeOff(item);
  ++staged_.parked;
  staged_.parked_bytes += BytesOf(key, value);
  return transaction.CommitUnsynced();
}

Result<uint64_t> Outbox::DropParkedBefore(UnixMilliseconds time) {
  Transaction transaction(store_);
  uint64_t dropped = 0;
  ROLLCALL_RETURN_IF_ERROR(DropParked(UINT64_MAX, time, dropped, transaction));
  ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  return dropped;
}

Status Outbox::ReadParked(
    uint64_t after,
    const std::function<bool(uint64_t sequence, std::string_view value)>& visit) const {
  if (after == UINT64_MAX) return Status::Ok();
  Scan scan = store_.NewScan(Table::kParked, EncodeOutboxKey(after + 1), "");
  for (; scan.Valid(); scan.Next()) {
    const std::optional<uint64_t> sequence = DecodeOutboxKey(scan.key());
    if (!sequence) return Status::DataLoss("read the parked reports: a key is not a number");
    if (!visit(*sequence, scan.value())) return Status::Ok();
  }
  return scan.status();
}

Outbox::Size Outbox::size() const {
  const MutexLock lock(mutex_);
  return {committed_.last - committed_.removed, committed_.bytes, committed_.parked,
          committed_.parked_bytes};
}

std::optional<UnixMilliseconds> Outbox::OldestTime() const {
  std::optional<UnixMilliseconds> time;
  const Status status = ReadOldest([&](const Item&, std::string_view value) {
    OutboxRow row;
    if (DecodeOutboxRow(value, row).ok()) time = row.received;
    return false;
  });
  return status.ok() ? time : std::nullopt;
}

}  // namespace rollcall::storage
