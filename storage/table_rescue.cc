#include "storage/table_rescue.h"

#include <memory>

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include "storage/keys.h"
#include "storage/plain_database.h"
#include "storage/readable_rows.h"
#include "storage/rocks_status.h"
#include "storage/row_codec.h"

namespace rollcall::storage {
namespace {

std::string NameOf(Table table) { return std::string(RowOf(table).name); }

class Rescue {
 public:
  Rescue(std::string directory, std::string scratch)
      : directory_(std::move(directory)), scratch_(std::move(scratch)) {}

  Status Open() {
    auto database = PlainDatabase::ToWrite(directory_);
    if (!database.ok()) return database.status();
    database_ = std::move(*database);
    db_ = &database_->db();
    const Result<uint32_t> version = database_->NumberOf("format_version");
    if (!version.ok()) return version.status();
    return *version != 0 ? Status::Ok()
                         : Status::DataLoss(
                               "nothing is left of the numbers that all tables rest "
                               "on; restore a copy");
  }

  Result<TableRescue> Rewrite(Table table) {
    rocksdb::ColumnFamilyHandle*& handle = database_->table(table);
    TableRescue rescue{table, 0, 0};
    const rocksdb::Options options = PlainOptions(directory_, table);
    const std::string path = scratch_ + "/" + NameOf(table) + ".rows";
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
    ROLLCALL_RETURN_IF_ERROR(Done("write the rows of", table, writer.Open(path)));
    ReadableRows rows(*db_, handle);
    ROLLCALL_RETURN_IF_ERROR(rows.ForEach([&](rocksdb::Slice key, rocksdb::Slice value) {
      ++rescue.rows;
      return Done("write the rows of", table, writer.Put(key, value));
    }));
    rescue.places = rows.places();
    if (rescue.rows > 0) {
      ROLLCALL_RETURN_IF_ERROR(Done("write the rows of", table, writer.Finish()));
    }
    ROLLCALL_RETURN_IF_ERROR(Replace(table, handle, options));
    if (rescue.rows > 0) {
      rocksdb::IngestExternalFileOptions move;
      move.move_files = true;
      ROLLCALL_RETURN_IF_ERROR(
          Done("take in the rows of", table, db_->IngestExternalFile(handle, {path}, move)));
    }
    return rescue;
  }

  // Whoever asks for them computes them again, where retention left what they come from.
  Status DropWindows(Computed what) {
    const Result<uint32_t> first = database_->NumberOf("peaks_dropped_before");
    if (!first.ok()) return first.status();
    rocksdb::WriteBatch batch;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator({}, family(Table::kWindows)));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      const auto key = DecodeWindowKey(rows->key().ToStringView());
      WindowRecord record;
      const bool final = DecodeWindow(rows->value().ToStringView(), record).ok() && record.final;
      if (!key || (final && what == Computed::kOpenWindows)) continue;
      if (Window{key->last, Span::kYear}.first() < Month{*first}) continue;
      const WindowKey next{key->last, {static_cast<uint16_t>(key->fleet.value + 1)}};
      ROLLCALL_RETURN_IF_ERROR(
          Done("drop rows of", Table::kTotals,
               batch.DeleteRange(family(Table::kTotals), EncodeKey(*key), EncodeKey(next))));
      ROLLCALL_RETURN_IF_ERROR(Done("drop rows of", Table::kWindows,
                                    batch.Delete(family(Table::kWindows), rows->key())));
    }
    ROLLCALL_RETURN_IF_ERROR(Done("read", Table::kWindows, rows->status()));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    return Done("drop rows of", Table::kTotals, db_->Write(synced, &batch));
  }

 private:
  static Status Done(const char* step, Table table, const rocksdb::Status& s) {
    return s.ok() ? Status::Ok() : FromRocks(std::string(step) + " " + NameOf(table), s);
  }

  rocksdb::ColumnFamilyHandle* family(Table table) const { return database_->table(table); }

  // An empty family under the same name.
  Status Replace(Table table, rocksdb::ColumnFamilyHandle*& handle,
                 const rocksdb::Options& options) {
    ROLLCALL_RETURN_IF_ERROR(Done("drop", table, db_->DropColumnFamily(handle)));
    ROLLCALL_RETURN_IF_ERROR(Done("drop", table, db_->DestroyColumnFamilyHandle(handle)));
    return Done("make", table, db_->CreateColumnFamily(options, NameOf(table), &handle));
  }

  const std::string directory_;
  const std::string scratch_;
  std::unique_ptr<PlainDatabase> database_;
  rocksdb::DB* db_ = nullptr;
};

}  // namespace

TableFault CheckTableFile(const std::string& path) {
  rocksdb::SstFileReader reader(PlainOptions("", Table::kChunks));
  rocksdb::Status s = reader.Open(path);
  if (!s.ok()) return {TableFault::Kind::kWhole, s.ToString()};
  s = reader.VerifyChecksum();
  if (!s.ok()) return {TableFault::Kind::kBlocks, s.ToString()};
  return {};
}

Result<std::vector<TableRescue>> RescueTables(const std::string& directory,
                                              const std::vector<Table>& tables, Computed computed,
                                              const std::string& scratch) {
  Rescue rescue(directory, scratch);
  ROLLCALL_RETURN_IF_ERROR(rescue.Open());
  std::vector<TableRescue> rescued;
  for (const Table table : tables) {
    Result<TableRescue> one = rescue.Rewrite(table);
    if (!one.ok()) return one.status();
    rescued.push_back(*one);
  }
  ROLLCALL_RETURN_IF_ERROR(rescue.DropWindows(computed));
  return rescued;
}

}  // namespace rollcall::storage
