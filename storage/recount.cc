#include "storage/recount.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include <rocksdb/db.h>

#include "storage/directory_lock.h"
#include "storage/keys.h"
#include "storage/manifest.h"
#include "storage/period_codec.h"
#include "storage/plain_database.h"
#include "storage/readable_rows.h"
#include "storage/rocks_status.h"
#include "storage/store_files.h"
#include "storage/table_rescue.h"

namespace rollcall::storage {
namespace {

std::optional<Table> CountedTableNamed(std::string_view family) {
  const auto table = TableNamed(family);
  return table && IsCounted(*table) ? table : std::nullopt;
}

// Takes rows in the order of their keys, and keeps periods that cannot be counted again and of
// which no row may be missing.
class OldPeriods {
 public:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  OldPeriods(Day first_day, Month first_month) : first_day_(first_day), first_month_(first_month) {}

  // `places`: at how many places, up to this row, rows could not be read.
  void Add(std::string_view key, std::string_view value, uint64_t places) {
    const auto period = DecodePeriodKey(key);
    const bool follows_damage = places != places_;
    if (follows_damage) is_whole_ = false;
    if (period != period_) {
      Close();
      period_ = period;
      is_whole_ = !follows_damage && period && key == EncodeKey(*period);
    }
    places_ = places;
    if (is_whole_) rows_.emplace_back(key, value);
  }

  // What there is to keep, a period each.
  std::vector<Rows> Finish(uint64_t places) {
    if (places != places_) is_whole_ = false;
    Close();
    return std::move(kept_);
  }

 private:
  void Close() {
    if (is_whole_ && period_ && !CanBeCounted(period_->period)) kept_.push_back(std::move(rows_));
    rows_.clear();
  }
  bool CanBeCounted(const Period& period) const {
    return period.first_month() >= first_month_ &&
           (period.is_window() || period.first_day() >= first_day_);
  }

  const Day first_day_;
  const Month first_month_;
  uint64_t places_ = 0;
  std::optional<PeriodKey> period_;
  bool is_whole_ = false;
  Rows rows_;
  std::vector<Rows> kept_;
};

Result<std::vector<OldPeriods::Rows>> ReadOldPeriods(const std::string& directory) {
  const auto database = PlainDatabase::ToRead(directory, std::array{Table::kMeta, Table::kPeriods});
  if (!database.ok()) return database.status();
  const Result<uint32_t> day = (*database)->NumberOf("chunks_dropped_before");
  if (!day.ok()) return day.status();
  const Result<uint32_t> month = (*database)->NumberOf("peaks_dropped_before");
  if (!month.ok()) return month.status();
  OldPeriods periods(Day{*day}, Month{*month});
  ReadableRows rows((*database)->db(), (*database)->table(Table::kPeriods));
  ROLLCALL_RETURN_IF_ERROR(rows.ForEach([&](rocksdb::Slice key, rocksdb::Slice value) {
    periods.Add(key.ToStringView(), value.ToStringView(), rows.places());
    return Status::Ok();
  }));
  return periods.Finish(rows.places());
}

// A period at a time is there as a whole or not at all.
Status WriteBack(const std::string& directory, const std::vector<OldPeriods::Rows>& periods) {
  if (periods.empty()) return Status::Ok();
  const auto database = PlainDatabase::ToWrite(directory);
  if (!database.ok()) return database.status();
  rocksdb::ColumnFamilyHandle* const table = (*database)->table(Table::kPeriods);
  for (const OldPeriods::Rows& rows : periods) {
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : rows) batch.Put(table, key, value).PermitUncheckedError();
    rocksdb::WriteOptions options;
    options.sync = &rows == &periods.back();
    const rocksdb::Status s = (*database)->db().Write(options, &batch);
    if (!s.ok()) return FromRocks("write periods back", s);
  }
  return Status::Ok();
}

// The families out of the list of files, all at once.
Status DropFamilies(const std::string& directory, const std::vector<Table>& tables, Aside& aside) {
  const auto lock = WholeLock::Take(directory);
  if (!lock.ok()) return lock.status();
  const Result<FileCheck> check = CheckFiles(directory);
  if (!check.ok()) return check.status();
  if (!check->manifest) return check->status(directory);
  ROLLCALL_RETURN_IF_ERROR(aside.Keep(ManifestName(*ReadCurrent(directory))));
  std::vector<std::string> records;
  for (const auto& [id, family] : check->manifest->families) {
    const auto table = CountedTableNamed(family.name);
    if (!table || std::find(tables.begin(), tables.end(), *table) == tables.end()) continue;
    for (const auto& [number, file] : family.files) {
      ROLLCALL_RETURN_IF_ERROR(aside.Keep(TableName(number)));
    }
    records.push_back(EncodeFamilyDrop(id));
  }
  return AppendToManifest(directory, records);
}

}  // namespace

std::string CountedDamage::Names() const {
  std::string names;
  for (const Table table : tables) {
    names.append(names.empty() ? "" : ", ").append(RowOf(table).name);
  }
  return names;
}

CountedDamage TakeCountedDamage(const std::string& directory, FileCheck& check) {
  CountedDamage damage;
  if (!check.manifest) return damage;
  std::array<bool, kTables.size()> damaged{};
  const auto note = [&](Table table, std::string what) {
    damaged[static_cast<size_t>(table)] = true;
    damage.what.push_back(std::move(what));
  };
  std::erase_if(check.damages, [&](const FileDamage& one) {
    const auto table = CountedTableNamed(one.table);
    if (!table) return false;
    note(*table, one.what);
    damage.has_all_files = false;
    return true;
  });
  for (const auto& [id, family] : check.manifest->families) {
    const auto table = CountedTableNamed(family.name);
    // Of what is gone nothing more is asked.
    if (!table || (damaged[static_cast<size_t>(*table)] && !damage.has_all_files)) continue;
    for (const auto& [number, file] : family.files) {
      const TableFault fault = CheckTableFile(PathOf(directory, TableName(number)));
      if (fault.kind == TableFault::Kind::kNone) continue;
      damage.has_all_files = damage.has_all_files && fault.kind == TableFault::Kind::kBlocks;
      note(*table, TableName(number) + " of " + family.name + ": " + fault.reason);
    }
  }
  // A window's row says that its totals are right.
  const bool windows =
      damaged[static_cast<size_t>(Table::kTotals)] || damaged[static_cast<size_t>(Table::kWindows)];
  if (windows) damage.tables = {Table::kTotals, Table::kWindows};
  for (const Table table :
       {Table::kPeriods, Table::kRecordColumns, Table::kRecordMachines, Table::kRecordGroups}) {
    if (damaged[static_cast<size_t>(table)]) damage.tables.push_back(table);
  }
  return damage;
}

Status DropCounted(const std::string& directory, const CountedDamage& damage, Aside& aside) {
  const bool has_periods =
      std::find(damage.tables.begin(), damage.tables.end(), Table::kPeriods) != damage.tables.end();
  std::vector<OldPeriods::Rows> old;
  if (has_periods && damage.has_all_files) {
    auto read = ReadOldPeriods(directory);
    if (!read.ok()) return read.status();
    old = std::move(*read);
  }
  ROLLCALL_RETURN_IF_ERROR(DropFamilies(directory, damage.tables, aside));
  return WriteBack(directory, old);
}

}  // namespace rollcall::storage
