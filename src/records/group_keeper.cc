#include "records/group_keeper.h"

#include <algorithm>
#include <tuple>

#include "base/civil_time.h"
#include "storage/transaction.h"

namespace rollcall::records {

using storage::RecordGroupsKey;
using storage::Table;

namespace {

constexpr std::chrono::hours kUntilTriedAgain{1};

}  // namespace

Status GroupKeeper::Run(std::chrono::milliseconds budget, const std::stop_token& stop) {
  const auto end = Steady::now() + budget;
  if (!is_loaded_) ROLLCALL_RETURN_IF_ERROR(Load());
  const auto declared = views_.declared();
  std::vector<Wanted> all_wanted;
  for (const ViewDeclaration& view : declared->views) {
    const Day first = Day::Of(clock_.Now() - std::chrono::days(view.days - 1));
    if (ReadsRecords(view)) all_wanted.push_back({&view, GroupsHashOf(view), first.Start()});
  }
  ROLLCALL_RETURN_IF_ERROR(DropUndeclared(all_wanted));
  storage::Records& records = stores_.records();
  const RecordGroupsKey first_kept{storage::BlockOf(records.first()), 0};
  there_.erase(there_.begin(), there_.lower_bound(first_kept));
  failed_.erase(failed_.begin(), failed_.lower_bound(first_kept));
  const Source source{records, records.View(), stop};
  storage::RecordScan scan = source.Scan();
  int64_t missing = 0;
  Status failed;
  while (!all_wanted.empty() && !stop.stop_requested() && scan.NextBlock()) {
    const storage::BlockHead& head = scan.head();
    if (head.slots != storage::kRecordsOfBlock) continue;
    for (const Wanted& wanted : all_wanted) {
      if (head.last_capture < wanted.from) continue;
      const RecordGroupsKey key{head.block, wanted.hash};
      const auto known = there_.find(key);
      if (known != there_.end() && known->second == head.count) continue;
      ++missing;
      const auto now = Steady::now();
      const auto waits = failed_.find(key);
      if (now >= end || (waits != failed_.end() && now < waits->second)) continue;
      const Result<bool> made = Make(source, scan, *wanted.view, key, end);
      if (made.ok()) {
        missing -= *made ? 1 : 0;
      } else if (made.status().code() == Code::kDataLoss) {
        failed_[key] = now + kUntilTriedAgain;
        if (failed.ok())
          failed = made.status().WithContext("groups of the view " + wanted.view->name);
      } else {
        return stop.stop_requested() ? Status::Ok() : made.status();
      }
    }
  }
  registry_
      .GetGauge("rollcall_record_groups_missing",
                "Blocks of 65,536 records, and declared views, whose groups are still to be made: "
                "a view reads the records of these blocks")
      .Set(missing);
  return failed;
}

Result<bool> GroupKeeper::Make(const Source& source, const storage::RecordScan& scan,
                               const ViewDeclaration& view, RecordGroupsKey key,
                               Steady::time_point end) {
  const storage::BlockHead& head = scan.head();
  if (!making_ || making_->first != key || !making_->second.IsOf(head)) {
    making_.emplace(std::piecewise_construct, std::forward_as_tuple(key),
                    std::forward_as_tuple(view, head));
  }
  const Result<bool> is_through = making_->second.Continue(source, scan, end);
  if (is_through.ok() && !*is_through) return false;
  const std::optional<std::string> row =
      is_through.ok() ? making_->second.Row() : std::optional<std::string>();
  making_.reset();
  if (!is_through.ok()) return is_through.status();
  if (row) {
    const Result<bool> written = stores_.records().WriteGroups(head, key.view, *row);
    if (!written.ok() || !*written) return written;
  }
  there_[key] = head.count;
  return true;
}

Status GroupKeeper::Load() {
  // With no removal under way, whose rows would still be there.
  std::optional<storage::RecordsView> view;
  {
    const storage::Transaction transaction(stores_.store());
    view = stores_.records().View();
  }
  std::map<uint64_t, uint32_t> counts;  // by block
  for (const storage::BlockHead& head : *view->full) counts[head.block] = head.count;
  storage::Scan rows = stores_.store().NewScan(Table::kRecordGroups, "", "", &view->snapshot);
  for (; rows.Valid(); rows.Next()) {
    const auto key = storage::DecodeRecordGroupsKey(rows.key());
    if (!key) continue;  // `rollcall verify` names it
    there_[*key] = storage::DecodeRecordGroups(rows.value()).ok() ? counts[key->block] : 0;
  }
  ROLLCALL_RETURN_IF_ERROR(rows.status());
  is_loaded_ = true;
  return Status::Ok();
}

Status GroupKeeper::DropUndeclared(const std::vector<Wanted>& wanted) {
  const auto is_unwanted = [&](const auto& row) {
    return std::none_of(wanted.begin(), wanted.end(),
                        [&](const Wanted& one) { return one.hash == row.first.view; });
  };
  if (std::none_of(there_.begin(), there_.end(), is_unwanted)) return Status::Ok();
  storage::Transaction transaction(stores_.store());
  for (const auto& row : there_) {
    if (is_unwanted(row)) transaction.Delete(Table::kRecordGroups, EncodeKey(row.first));
  }
  ROLLCALL_RETURN_IF_ERROR(transaction.CommitUnsynced());
  std::erase_if(there_, is_unwanted);
  return Status::Ok();
}

}  // namespace rollcall::records
