#include "records/machine_erasure.h"

#include "storage/purge.h"
#include "storage/records.h"

namespace rollcall::records {
namespace {

constexpr size_t kRecordsAtOnce = 4'096;

}  // namespace

Result<uint64_t> EraseMachine(storage::Stores& stores, std::string_view machine_id) {
  storage::Records& records = stores.records();
  const storage::RecordsView view = records.View();
  RecordId below{records.last().value + 1};
  uint64_t erased = 0;
  while (true) {
    const auto ids =
        records.OfMachine(records.MachineHash(machine_id), below, kRecordsAtOnce, view);
    if (!ids.ok()) return ids.status();
    if (ids->empty()) return erased;
    // Those of the newest block of them: a transaction removes from one.
    const uint64_t block = storage::BlockOf(ids->front());
    storage::BlockBits slots;
    uint64_t count = 0;
    for (const RecordId id : *ids) {
      if (storage::BlockOf(id) != block) break;
      below = id;
      const auto record = records.Read(id);
      if (!record.ok()) return record.status();
      // Another machine may have the same hash.
      if (!record->has_value() || (*record)->machine_id != machine_id) continue;
      slots.Add(storage::SlotOf(id));
      ++count;
    }
    if (count == 0) continue;
    storage::Transaction transaction(stores.store());
    ROLLCALL_RETURN_IF_ERROR(records.Remove(block, slots, transaction));
    ROLLCALL_RETURN_IF_ERROR(storage::AddPurge(stores.store(), transaction));
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    erased += count;
  }
}

}  // namespace rollcall::records
