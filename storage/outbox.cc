#include "storage/outbox.h"

#include <algorithm>
#include <utility>

#include "base/pack.h"

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

namespace {

bool IsOf(const OutboxRow& row, FleetRef fleet, std::string_view source_id, UnixMilliseconds from,
          UnixMilliseconds to) {
  return row.fleet == fleet && row.source_id == source_id && row.received >= from &&
         row.received < to;
}

}  // namespace

Result<Outbox::Erased> Outbox::Erase(FleetRef fleet, std::string_view source_id,
                                     UnixMilliseconds from, UnixMilliseconds to,
                                     Transaction& transaction) {
  Erased erased;
  const std::string nothing = PackBody("");
  Scan live = store_.NewScan(Table::kOutbox, EncodeOutboxKey(staged_.removed + 1), "");
  for (; live.Valid(); live.Next()) {
    OutboxRow row;
    ROLLCALL_RETURN_IF_ERROR(DecodeOutboxRow(live.value(), row));
    if (!IsOf(row, fleet, source_id, from, to)) continue;
    const std::string empty = EncodeOutboxRow(
        {.received = row.received, .fleet = fleet, .source_id = "", .packed_body = nothing});
    staged_.bytes -= std::min<uint64_t>(staged_.bytes, live.value().size());
    staged_.bytes += empty.size();
    transaction.Put(Table::kOutbox, live.key(), empty);
    ++erased.live;
  }
  ROLLCALL_RETURN_IF_ERROR(live.status());
  Scan parked = store_.NewScan(Table::kParked, "", "");
  for (; parked.Valid(); parked.Next()) {
    ParkedRow outer;
    OutboxRow row;
    ROLLCALL_RETURN_IF_ERROR(DecodeParkedRow(parked.value(), outer));
    ROLLCALL_RETURN_IF_ERROR(DecodeOutboxRow(outer.outbox_row, row));
    if (!IsOf(row, fleet, source_id, from, to)) continue;
    const uint64_t bytes = BytesOf(parked.key(), parked.value());
    staged_.parked -= std::min<uint64_t>(staged_.parked, 1);
    staged_.parked_bytes -= std::min(staged_.parked_bytes, bytes);
    transaction.Delete(Table::kParked, parked.key());
    ++erased.parked;
  }
  ROLLCALL_RETURN_IF_ERROR(parked.status());
  transaction.DeleteRange(Table::kOutbox, EncodeOutboxKey(0), EncodeOutboxKey(staged_.removed + 1));
  staged_.deleted = staged_.removed;
  staged_.undeleted_bytes = 0;
  has_erased_ = has_erased_ || erased.live > 0;
  return erased;
}

Result<Outbox::Erased> Outbox::CountOf(FleetRef fleet, std::string_view source_id) const {
  Erased found;
  const auto is_of = [&](const OutboxRow& row) {
    return row.fleet == fleet && row.source_id == source_id;
  };
  ROLLCALL_RETURN_IF_ERROR(ReadOldest([&](const Item&, std::string_view value) {
    OutboxRow row;
    found.live += DecodeOutboxRow(value, row).ok() && is_of(row) ? 1 : 0;
    return true;
  }));
  ROLLCALL_RETURN_IF_ERROR(ReadParked(0, [&](uint64_t, std::string_view value) {
    ParkedRow outer;
    OutboxRow row;
    found.parked += DecodeParkedRow(value, outer).ok() &&
                            DecodeOutboxRow(outer.outbox_row, row).ok() && is_of(row)
                        ? 1
                        : 0;
    return true;
  }));
  return found;
}

Result<std::string> Outbox::Reread(const Item& item) const {
  auto value = store_.Get(Table::kOutbox, EncodeOutboxKey(item.sequence));
  if (!value.ok()) return value.status();
  return std::move(*value).value_or("");
}

Status Outbox::Remove(std::span<const Item> sent) {
  Transaction transaction(store_);
  for (Item item : sent) {
    // What was dropped while it was being sent was taken off already.
    if (item.sequence <= staged_.removed) continue;
    if (has_erased_) {
      const Result<std::string> row = Reread(item);
      if (row.ok()) item.bytes = BytesOf(EncodeOutboxKey(item.sequence), *row);
    }
    TakeOff(item);
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
  if (has_erased_) {
    const Result<std::string> row = Reread(item);
    if (!row.ok()) return row.status();
    if (*row != parked.outbox_row) {
      TakeOff({item.sequence, BytesOf(key, *row)});
      return transaction.CommitUnsynced();
    }
  }
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
