#include "storage/table_rescue.h"

#include <memory>
#include <optional>

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/period_codec.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"
#include "storage/row_codec.h"

namespace rollcall::storage {
namespace {

// Keys are taken for numbers of so many bytes when the end of a damaged block is looked for.
constexpr size_t kSearchedBytes = 16;

std::string NameOf(Table table) { return std::string(RowOf(table).name); }

rocksdb::Options OptionsOf(Table table, const StoreOptions& store) {
  return {DatabaseOptions(store),
          TableOptions(RowOf(table), store, NewBlockCache(store.block_cache_bytes))};
}

// The key behind `key` by 2^step units in the last of the searched bytes; nullopt: there is none.
std::optional<std::string> Beyond(std::string key, size_t step) {
  key.resize(kSearchedBytes, '\0');
  size_t at = kSearchedBytes - 1 - step / 8;
  uint32_t carry = uint32_t{1} << step % 8;
  for (;; --at) {
    carry += static_cast<uint8_t>(key[at]);
    key[at] = static_cast<char>(carry);
    carry >>= 8;
    if (carry == 0) return key;
    if (at == 0) return std::nullopt;
  }
}

// All rows of a table that can be read, in order.
class Rescuer {
 public:
  Rescuer(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) : db_(db), family_(family) {}

  template <typename Visit>
  Status ForEach(Visit visit) {
    auto rows = At("");
    std::string last;
    while (true) {
      for (; rows->Valid(); rows->Next()) {
        last = rows->key().ToString();
        ROLLCALL_RETURN_IF_ERROR(visit(rows->key(), rows->value()));
      }
      if (rows->status().ok()) return Status::Ok();
      ++places_;
      rows = Behind(last);
      if (!rows) return Status::Ok();
    }
  }
  uint64_t places() const { return places_; }

 private:
  using Rows = std::unique_ptr<rocksdb::Iterator>;

  Rows At(const std::string& key) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    Rows rows(db_.NewIterator(options, family_));
    rows->Seek(key);
    return rows;
  }

  // The nearest rows behind a key that can be read: first farther and farther, then back by halves.
  Rows Behind(const std::string& key) {
    for (size_t step = 0; step < kSearchedBytes * 8; ++step) {
      const auto far = Beyond(key, step);
      if (!far) return nullptr;
      if (!At(*far)->status().ok()) continue;
      std::string near = *far;
      std::string bad = key;
      bad.resize(kSearchedBytes, '\0');
      for (size_t half = step; half-- > 0;) {
        const auto middle = Beyond(bad, half);
        if (!middle || *middle >= near) continue;
        (At(*middle)->status().ok() ? near : bad) = *middle;
      }
      return At(near);
    }
    return nullptr;
  }

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle* const family_;
  uint64_t places_ = 0;
};

class Rescue {
 public:
  Rescue(std::string directory, std::string scratch)
      : directory_(std::move(directory)), scratch_(std::move(scratch)) {
    store_.directory = directory_;
  }
  ~Rescue() {
    for (rocksdb::ColumnFamilyHandle* const handle : families_) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    if (db_) db_->Close().PermitUncheckedError();
  }
  Rescue(const Rescue&) = delete;
  Rescue& operator=(const Rescue&) = delete;

  // No compaction may meet a damaged block before its rows are elsewhere.
  Status Open() {
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const TableRow& table : kTables) {
      rocksdb::Options options = OptionsOf(table.table, store_);
      options.disable_auto_compactions = true;
      families.emplace_back(std::string(table.name), options);
    }
    rocksdb::Options options = DatabaseOptions(store_);
    options.create_missing_column_families = true;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status s = rocksdb::DB::Open(options, directory_, families, &families_, &db);
    db_.reset(db);
    if (!s.ok()) return OpenFailure(directory_, s);
    const Result<uint32_t> version = NumberOf("format_version");
    if (!version.ok()) return version.status();
    return *version != 0 ? Status::Ok()
                         : Status::DataLoss(
                               "nothing is left of the numbers that all tables rest "
                               "on; restore a copy");
  }

  Result<TableRescue> Rewrite(Table table) {
    rocksdb::ColumnFamilyHandle*& handle = families_[static_cast<size_t>(table)];
    TableRescue rescue{table, 0, 0};
    const rocksdb::Options options = OptionsOf(table, store_);
    const std::string path = scratch_ + "/" + NameOf(table) + ".rows";
    rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
    ROLLCALL_RETURN_IF_ERROR(Done("write the rows of", table, writer.Open(path)));
    Rescuer rescuer(*db_, handle);
    ROLLCALL_RETURN_IF_ERROR(rescuer.ForEach([&](rocksdb::Slice key, rocksdb::Slice value) {
      ++rescue.rows;
      return Done("write the rows of", table, writer.Put(key, value));
    }));
    rescue.places = rescuer.places();
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
  Status DropComputed(const std::vector<Computed>& what) {
    rocksdb::WriteBatch batch;
    for (const Computed one : what) {
      ROLLCALL_RETURN_IF_ERROR(one == Computed::kPeriods ? DropPeriods(batch)
                                                         : DropWindows(one, batch));
    }
    rocksdb::WriteOptions synced;
    synced.sync = true;
    return Done("drop rows of", Table::kTotals, db_->Write(synced, &batch));
  }

 private:
  static Status Done(const char* step, Table table, const rocksdb::Status& s) {
    return s.ok() ? Status::Ok() : FromRocks(std::string(step) + " " + NameOf(table), s);
  }

  rocksdb::ColumnFamilyHandle* family(Table table) const {
    return families_[static_cast<size_t>(table)];
  }

  // 0 where there is none.
  Result<uint32_t> NumberOf(const char* name) const {
    std::string value;
    const rocksdb::Status s = db_->Get({}, family(Table::kMeta), name, &value);
    if (s.IsNotFound()) return uint32_t{0};
    ROLLCALL_RETURN_IF_ERROR(Done("read", Table::kMeta, s));
    return Reader(value).Varint32();
  }

  Status DropWindows(Computed what, rocksdb::WriteBatch& batch) {
    const Result<uint32_t> first = NumberOf("peaks_dropped_before");
    if (!first.ok()) return first.status();
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
    return Done("read", Table::kWindows, rows->status());
  }

  Status DropPeriods(rocksdb::WriteBatch& batch) {
    const Result<uint32_t> day = NumberOf("chunks_dropped_before");
    if (!day.ok()) return day.status();
    const Result<uint32_t> month = NumberOf("peaks_dropped_before");
    if (!month.ok()) return month.status();
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator({}, family(Table::kPeriods)));
    rows->SeekToFirst();
    while (rows->Valid()) {
      const auto key = DecodePeriodKey(rows->key().ToStringView());
      if (!key) return Status::DataLoss("decode period key: not a key");
      const PeriodKey next{key->period, {static_cast<uint16_t>(key->fleet.value + 1)}};
      const Period& period = key->period;
      const bool is_whole = period.first_month() >= Month{*month} &&
                            (period.is_window() || period.first_day() >= Day{*day});
      if (is_whole) {
        ROLLCALL_RETURN_IF_ERROR(
            Done("drop rows of", Table::kPeriods,
                 batch.DeleteRange(family(Table::kPeriods), EncodeKey(*key), EncodeKey(next))));
      }
      rows->Seek(EncodeKey(next));
    }
    return Done("read", Table::kPeriods, rows->status());
  }

  // An empty family under the same name.
  Status Replace(Table table, rocksdb::ColumnFamilyHandle*& handle,
                 const rocksdb::Options& options) {
    ROLLCALL_RETURN_IF_ERROR(Done("drop", table, db_->DropColumnFamily(handle)));
    ROLLCALL_RETURN_IF_ERROR(Done("drop", table, db_->DestroyColumnFamilyHandle(handle)));
    return Done("make", table, db_->CreateColumnFamily(options, NameOf(table), &handle));
  }

  const std::string directory_;
  const std::string scratch_;
  StoreOptions store_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace

TableFault CheckTableFile(const std::string& path) {
  rocksdb::SstFileReader reader(OptionsOf(Table::kChunks, StoreOptions()));
  rocksdb::Status s = reader.Open(path);
  if (!s.ok()) return {TableFault::Kind::kWhole, s.ToString()};
  s = reader.VerifyChecksum();
  if (!s.ok()) return {TableFault::Kind::kBlocks, s.ToString()};
  return {};
}

Result<std::vector<TableRescue>> RescueTables(const std::string& directory,
                                              const std::vector<Table>& tables,
                                              const std::vector<Computed>& computed,
                                              const std::string& scratch) {
  Rescue rescue(directory, scratch);
  ROLLCALL_RETURN_IF_ERROR(rescue.Open());
  std::vector<TableRescue> rescued;
  for (const Table table : tables) {
    Result<TableRescue> one = rescue.Rewrite(table);
    if (!one.ok()) return one.status();
    rescued.push_back(*one);
  }
  ROLLCALL_RETURN_IF_ERROR(rescue.DropComputed(computed));
  return rescued;
}

}  // namespace rollcall::storage
