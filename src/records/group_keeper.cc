#include "records/group_keeper.h"

#include <optional>
#include <set>

#include "base/civil_time.h"
#include "records/view_groups.h"
#include "storage/transaction.h"

namespace rollcall::records {

using storage::RecordGroupsKey;
using storage::Table;
using Steady = std::chrono::steady_clock;

Status GroupKeeper::Run(std::chrono::milliseconds budget, const std::stop_token& stop) {
  const auto end = Steady::now() + budget;
  if (!is_loaded_) ROLLCALL_RETURN_IF_ERROR(Load());
  const auto declared = views_.declared();
  ROLLCALL_RETURN_IF_ERROR(DropUndeclared(*declared));
  storage::Records& records = stores_.records();
  const Source source{records, records.View(), stop};
  storage::RecordScan scan = source.Scan();
  int64_t missing = 0;
  Status failed;
  while (!stop.stop_requested() && scan.NextBlock()) {
    const storage::BlockHead& head = scan.head();
    if (head.slots != storage::kRecordsOfBlock) continue;
    for (const ViewDeclaration& view : declared->views) {
      const Day first = Day::Of(clock_.Now() - std::chrono::days(view.days - 1));
      if (!ReadsRecords(view) || head.last_capture < first.Start()) continue;
      const RecordGroupsKey key{head.block, GroupsHashOf(view)};
      const auto known = there_.find(key);
      if (known != there_.end() && known->second == head.count) continue;
      if (stop.stop_requested() || Steady::now() >= end) {
        ++missing;
        continue;
      }
      const auto made = MakeGroups(source, view, scan);
      if (!made.ok()) {
        ++missing;
        if (failed.ok()) failed = made.status().WithContext("groups of the view " + view.name);
        continue;
      }
      if (*made) {
        const Result<bool> written = records.WriteGroups(head, key.view, **made);
        if (!written.ok()) return written.status();
        if (!*written) {
          ++missing;
          continue;
        }
      }
      there_[key] = head.count;
    }
  }
  registry_
      .GetGauge("rollcall_record_groups_missing",
                "Blocks of 65,536 records, and declared views, whose groups are still to be made: "
                "a view reads the records of these blocks")
      .Set(missing);
  return stop.stop_requested() ? Status::Ok() : failed;
}

Status GroupKeeper::Load() {
  std::map<uint64_t, uint32_t> counts;  // by block
  const storage::RecordsView view = stores_.records().View();
  for (const storage::BlockHead& head : *view.full) counts[head.block] = head.count;
  storage::Scan rows = stores_.store().NewScan(Table::kRecordGroups, "", "", &view.snapshot);
  for (; rows.Valid(); rows.Next()) {
    const auto key = storage::DecodeRecordGroupsKey(rows.key());
    if (!key) return Status::DataLoss("read record_groups: not a key");
    // What cannot be read is made again.
    if (counts.contains(key->block) && storage::DecodeRecordGroups(rows.value()).ok()) {
      there_[*key] = counts[key->block];
    }
  }
  ROLLCALL_RETURN_IF_ERROR(rows.status());
  is_loaded_ = true;
  return Status::Ok();
}

Status GroupKeeper::DropUndeclared(const DeclaredViews& declared) {
  std::set<uint64_t> wanted;
  for (const ViewDeclaration& view : declared.views) wanted.insert(GroupsHashOf(view));
  std::optional<storage::Transaction> transaction;
  for (auto at = there_.begin(); at != there_.end();) {
    if (wanted.contains(at->first.view)) {
      ++at;
      continue;
    }
    if (!transaction) transaction.emplace(stores_.store());
    transaction->Delete(Table::kRecordGroups, EncodeKey(at->first));
    at = there_.erase(at);
  }
  return transaction ? transaction->CommitUnsynced() : Status::Ok();
}

}  // namespace rollcall::records
