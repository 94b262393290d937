// How a store is opened: where one may be made, what is looked at before anything is touched, and
// the three ways to open one (make, write, read).
#include <algorithm>
#include <filesystem>
#include <random>

#include "base/log.h"
#include "storage/file_check.h"
#include "storage/recount.h"
#include "storage/rocks_options.h"
#include "storage/rocks_status.h"
#include "storage/store_files.h"
#include "storage/store_impl.h"
#include "storage/transaction.h"

namespace rollcall::storage {
namespace {

constexpr std::string_view kFormatVersionName = "format_version";
constexpr std::string_view kHashSeedName = "hash_seed";
// What earlier versions wrote to see whether they could.
constexpr std::string_view kProbeName = "probe";

std::string OpenStep(const std::string& directory) { return "open store " + directory; }

// Where a store was, none is made: RocksDB would delete the files of the other.
Status RefuseToReplace(const std::string& directory, const StoreFiles& files) {
  return Status::DataLoss(OpenStep(directory) + ": it holds files of a store (" + files.ToString() +
                          ") but no CURRENT; nothing was changed; restore the missing files from "
                          "where these came from, or see what 'rollcall repair --data-dir " +
                          directory + " --dry-run' can save");
}

constexpr std::string_view kWhatToDo =
    "; run that version or a later one, or restore a backup that was made before the upgrade";

// A program of a newer format may have tables that this one does not know: that is said rather than
// "damaged".
Status ExplainFailure(const std::string& directory, const rocksdb::Status& s) {
  std::vector<std::string> names;
  const bool listed = rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), directory, &names).ok();
  if (s.IsInvalidArgument() && listed && names.size() > kTables.size()) {
    return Status::FailedPrecondition(
        OpenStep(directory) + ": written by a newer format, with " + std::to_string(names.size()) +
        " tables; this program reads format " + std::to_string(kFormatVersion) + " with " +
        std::to_string(kTables.size()) + std::string(kWhatToDo));
  }
  return OpenFailure(directory, s);
}

// Decides whether a store is made here, and marks that it is.
Result<bool> Prepare(const StoreOptions& options) {
  const std::string& directory = options.directory;
  const bool may_create = options.create_if_missing && !options.read_only;
  std::error_code error;
  if (may_create) {
    std::filesystem::create_directories(directory, error);
    if (error) return Status::FailedPrecondition("create " + directory + ": " + error.message());
  }
  const Result<StoreFiles> files = ListStoreFiles(directory);
  if (!files.ok()) return files.status().WithContext(OpenStep(directory));
  if (files->is_being_restored) {
    return Status::FailedPrecondition(OpenStep(directory) +
                                      ": a restore into it was not ended; run it again");
  }
  if (files->has_current) return false;
  // Of a making that was interrupted nothing but the first manifest can be there.
  const bool goes_on = files->is_being_made && files->logs.empty() && files->tables.empty();
  if (files->any() && !goes_on) return RefuseToReplace(directory, *files);
  if (!may_create) {
    return Status::FailedPrecondition(OpenStep(directory) + ": there is no store");
  }
  const Status marked = MarkBeingMade(directory);
  if (!marked.ok())
    return Status::FailedPrecondition(marked.WithContext(OpenStep(directory)).message());
  return true;
}

// Somebody else's store is said to be in use, rather than damaged where it is in the middle of a
// write. What is wrong with counted tables is no reason not to open it.
Result<CountedDamage> LookAt(const std::string& directory) {
  const auto lock = DirectoryLock::Share(directory);
  if (!lock.ok()) return lock.status();
  Result<FileCheck> check = CheckFiles(directory);
  if (!check.ok()) return check.status();
  CountedDamage damage = TakeCountedDamage(directory, *check);
  ROLLCALL_RETURN_IF_ERROR(check->status(directory));
  return damage;
}

Status Drop(const std::string& directory, const CountedDamage& damage) {
  Aside aside(directory);
  ROLLCALL_RETURN_IF_ERROR(
      DropCounted(directory, damage, aside)
          .WithContext(OpenStep(directory) + ": drop damaged " + damage.Names()));
  const size_t others = damage.what.size() - 1;
  log::Warn("store {}: damaged: {}{}; {} counted anew, the files as they were are in {}", directory,
            damage.what.front(), others > 0 ? " (and " + std::to_string(others) + " more)" : "",
            damage.Names(), aside.path());
  return Status::Ok();
}

}  // namespace

struct Store::Opener {
  const StoreOptions& options;
  Impl& impl;

  Status ToWrite(bool is_new) {
    rocksdb::Options database = DatabaseOptions(options);
    database.env = impl.env.get();
    database.create_if_missing = is_new;
    database.create_missing_column_families = true;
    database.listeners = {impl.errors};
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    // Those of a new store are made all at once: after each that it makes by itself, RocksDB writes
    // the options of all of them.
    std::vector<rocksdb::ColumnFamilyDescriptor> more;
    for (const TableRow& table : kTables) {
      const bool is_there = !is_new || table.name == rocksdb::kDefaultColumnFamilyName;
      (is_there ? families : more).push_back(FamilyOf(table));
    }
    rocksdb::DB* db = nullptr;
    rocksdb::Status s = rocksdb::DB::Open(database, options.directory, families, &impl.tables, &db);
    impl.db.reset(db);
    if (!s.ok()) return ExplainFailure(options.directory, s);
    if (is_new) {
      std::vector<rocksdb::ColumnFamilyHandle*> made;
      s = db->CreateColumnFamilies(more, &made);
      impl.tables.insert(impl.tables.end(), made.begin(), made.end());
      if (!s.ok()) return OpenFailure(options.directory, s);
    }
    impl.files->BePatient();
    impl.upkeep = std::make_unique<Upkeep>(options.directory, *db, impl.tables, *impl.files,
                                           impl.space, *impl.errors, options.disk_patience);
    return Status::Ok();
  }

  // Tables that the store never had are read as empty, for nothing can be made, and so are
  // `damaged` ones.
  Status ToRead(const std::vector<Table>& damaged) {
    std::vector<std::string> names;
    rocksdb::Status s =
        rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), options.directory, &names);
    if (!s.ok()) return OpenFailure(options.directory, s);
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    std::vector<size_t> places;
    for (const TableRow& table : kTables) {
      if (std::erase(names, table.name) == 0) continue;
      if (std::find(damaged.begin(), damaged.end(), table.table) != damaged.end()) continue;
      families.push_back(FamilyOf(table));
      places.push_back(static_cast<size_t>(table.table));
    }
    if (!names.empty()) {
      return ExplainFailure(options.directory, rocksdb::Status::InvalidArgument());
    }
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    s = rocksdb::DB::OpenForReadOnly(DatabaseOptions(options), options.directory, families,
                                     &handles, &db);
    impl.db.reset(db);
    if (!s.ok()) return OpenFailure(options.directory, s);
    impl.tables.assign(kTables.size(), nullptr);
    for (size_t i = 0; i < places.size(); ++i) impl.tables[places[i]] = handles[i];
    return Status::Ok();
  }

 private:
  rocksdb::ColumnFamilyDescriptor FamilyOf(const TableRow& table) const {
    return {std::string(table.name), TableOptions(table, options, impl.cache)};
  }
};

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  const Result<bool> is_new = Prepare(options);
  if (!is_new.ok()) return is_new.status();
  CountedDamage damage;
  if (!*is_new) {
    Result<CountedDamage> found = LookAt(options.directory);
    if (!found.ok()) return found.status();
    damage = std::move(*found);
  }
  if (damage.any() && !options.read_only) {
    ROLLCALL_RETURN_IF_ERROR(Drop(options.directory, damage));
  }
  std::unique_ptr<Store> store(new Store(options));
  Impl& impl = *store->impl_;
  impl.read_only = options.read_only;
  impl.cache = NewBlockCache(options.block_cache_bytes);
  if (options.read_only) {
    auto lock = DirectoryLock::Share(options.directory);
    if (!lock.ok()) return lock.status();
    impl.lock = std::move(*lock);
  }
  Opener opener{options, impl};
  const Status opened = options.read_only ? opener.ToRead(damage.tables) : opener.ToWrite(*is_new);
  if (!opened.ok()) return opened;
  store->damage_ = std::move(damage.what);
  ROLLCALL_RETURN_IF_ERROR(store->Initialize(*is_new));
  // Where this fails the mark stands for nothing more, and the next start takes it away.
  if (!options.read_only) ROLLCALL_RETURN_IF_ERROR(MarkMade(options.directory));
  return store;
}

Status Store::Initialize(bool is_new) {
  const Result<uint64_t> version = GetNumber(kFormatVersionName);
  if (!version.ok()) return version.status();
  if (*version == 0 && !impl_->read_only) {
    // Rows, and no version: somebody else's. No rows: a creation that was interrupted.
    for (size_t i = 0; !is_new && i < kTables.size(); ++i) {
      const Table table = kTables[i].table;
      const auto row = LastKeyBefore(table, table == Table::kMeta ? kProbeName : "");
      if (!row.ok()) return row.status();
      if (row->has_value()) {
        return Status::FailedPrecondition("open store " + directory_ + ": not a store of rollcall");
      }
    }
    std::random_device random;
    Transaction transaction(*this);
    transaction.PutNumber(kFormatVersionName, kFormatVersion);
    transaction.PutNumber(kHashSeedName, uint64_t{random()} << 32 | random());
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
  } else if (*version < kOldestFormatVersion || *version > kFormatVersion) {
    return Status::FailedPrecondition("open store " + directory_ + ": written in format " +
                                      std::to_string(*version) + ", this program reads format " +
                                      std::to_string(kOldestFormatVersion) + " to " +
                                      std::to_string(kFormatVersion) + std::string(kWhatToDo));
  } else if (*version != kFormatVersion && !impl_->read_only) {
    // Its rows are as they should be: from here on there may be others beside them.
    Transaction transaction(*this);
    transaction.PutNumber(kFormatVersionName, kFormatVersion);
    ROLLCALL_RETURN_IF_ERROR(transaction.Commit());
    log::Info("store {}: format {} is format {} now", directory_, *version, kFormatVersion);
  }
  const Result<uint64_t> seed = GetNumber(kHashSeedName);
  if (!seed.ok()) return seed.status();
  hash_seed_ = *seed;
  return Status::Ok();
}

}  // namespace rollcall::storage
