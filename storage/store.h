// The store: one RocksDB in one directory, with its column families. What the rows mean is known to
// the codecs and to the tables' owners (storage/FORMAT.md).
//
// Reads are thread-safe and may run beside a writer. Rows are written only by a Transaction
// (storage/transaction.h). Owned by Stores.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "storage/tables.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class FileSystem;
class Iterator;
class WriteBatch;
class Snapshot;
}  // namespace rocksdb

namespace rollcall::storage {

// The format that this program writes, and the oldest one that it upgrades (storage/FORMAT.md).
inline constexpr uint64_t kFormatVersion = 5;
inline constexpr uint64_t kOldestFormatVersion = 1;

class Participant;
class Transaction;

struct StoreOptions {
  std::string directory;
  size_t block_cache_bytes = 64 * 1024 * 1024;
  size_t write_buffer_bytes = 64 * 1024 * 1024;  // of all tables together
  uint64_t outbox_max_bytes = uint64_t{10} << 30;
  bool create_if_missing = true;
  // Nothing in the directory is changed, on opening or later; writes fail.
  bool read_only = false;
  // How many of the process's file descriptors table files may use.
  int max_open_files = 512;
  // The floor: with less free space on the disk nothing new is written; 0: writing goes on until
  // the disk is full. Work under way by then still takes room: tables in memory that are written
  // out (write_buffer_bytes), and a compaction, about as much.
  uint64_t min_free_bytes = 128 * 1024 * 1024;
  // How long the disk may fail, other than for lack of space, before only a restart can help
  // (NeedsRestart): a disk that fails for longer is not a passing matter.
  std::chrono::milliseconds disk_patience{30'000};
  // The file system that the files are on; null: the system's own.
  std::shared_ptr<rocksdb::FileSystem> disk = nullptr;
};

// A consistent view of the store, as of one moment. Copies share it; it must not outlive the store.
class Snapshot {
 public:
  const rocksdb::Snapshot* get() const { return snapshot_.get(); }
  // Two snapshots of one store with the same number see the same rows.
  uint64_t sequence() const;

 private:
  friend class Store;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

// Walks the keys of a table in order, from a lower bound (inclusive) to an upper one (exclusive).
// It must not outlive the store. One thread.
class Scan {
 public:
  Scan(Scan&&) noexcept;
  ~Scan();

  bool Valid() const;
  void Next();
  // Goes to the first key at or after this one, within the bounds.
  void Seek(std::string_view key);
  std::string_view key() const;    // until Next
  std::string_view value() const;  // until Next
  // Returns why Valid() is false: Ok at the end, DataLoss or Unavailable where reading failed.
  Status status() const;

 private:
  friend class Store;
  struct State;
  explicit Scan(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Store {
 public:
  // Opens the store in a directory, or creates one where there are no files of a store. Tables that
  // are counted from others are dropped where they are damaged (storage/recount.h).
  // FailedPrecondition: in use by another process, no rights, no store where none may be created,
  // or written in another format version (the message names both); DataLoss: damaged; the message
  // says what is wrong, and nothing was changed.
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options);
  // Writes out what is in memory, so that the next start has nothing to replay, and closes the
  // database. Where it cannot be closed it is left open to the end of the process.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Ends writing, and returns whether the store can be closed; nothing may be written afterwards.
  // False: the disk is full or fails, and RocksDB waits for it. Nothing is lost, but the process
  // must be ended without waiting for all of its threads.
  bool EndWriting();

  // Makes everything committed durable. Unavailable: the disk failed. Takes the writer lock.
  Status Sync();
  // The same for what a snapshot of that sequence number shows: does nothing where somebody else's
  // commit has made it durable meanwhile, so that writers share their syncs.
  Status SyncThrough(uint64_t sequence);

  // Deletes files that hold only keys from `begin` (inclusive) to `end` (exclusive), to free disk
  // space. From then on reads of that range may find any, all or none of its rows. So it is for
  // rows that a transaction, committed but not yet destroyed, has deleted.
  Status DropFiles(const Transaction& committed, Table table, std::string_view begin,
                   std::string_view end);

  // Returns Ok where a commit may succeed now, else why not, in one line. Thread-safe, like the
  // next two.
  Status Writable() const;
  // Returns why the store will not be writable again in this process, if that is so.
  std::optional<std::string> GivenUp() const;
  // Returns whether a restart can help: the disk failed for long, or RocksDB does not recover from
  // a failure. Everything acknowledged is in the log. False also where stored data is damaged.
  bool NeedsRestart() const;

  // Returns the value of a key; nullopt where there is none.
  Result<std::optional<std::string>> Get(Table table, std::string_view key,
                                         const Snapshot* snapshot = nullptr) const;
  // Returns the values of ascending keys, all of which must be there. No values at all: together
  // they are larger than `most_bytes`. DataLoss also: one is not there.
  Result<std::vector<std::string>> GetAll(Table table, std::span<const std::string> keys,
                                          size_t most_bytes,
                                          const Snapshot* snapshot = nullptr) const;
  // Returns a scan from `begin` (inclusive) to `end` (exclusive; empty: to the end of the table).
  Scan NewScan(Table table, const std::string& begin, std::string end,
               const Snapshot* snapshot = nullptr) const;
  // Returns the last key of a table before `end` (exclusive; empty: of the whole table), if there
  // is one.
  Result<std::optional<std::string>> LastKeyBefore(Table table, std::string_view end) const;
  Snapshot TakeSnapshot() const;
  // Returns the sequence number that a snapshot taken now would have.
  uint64_t sequence() const;

  // Returns a counter or another number in kMeta; 0 where there is none.
  Result<uint64_t> GetNumber(std::string_view name) const;

  // Secret and random, created with the store: the key of the hashes that are kept on disk.
  uint64_t hash_seed() const { return hash_seed_; }
  const std::string& directory() const { return directory_; }

  // The damage found on opening in files of tables that are counted from others, a line each. These
  // tables were dropped or, in a store open only for reading, are read as empty.
  const std::vector<std::string>& damage() const { return damage_; }

  // Returns sizes and stalls, by RocksDB's property names without their prefix.
  struct Property {
    std::string name;
    uint64_t value;
  };
  std::vector<Property> Properties() const;

  // Reads every block of every file and checks it against its checksum. DataLoss names the file.
  Status VerifyChecksums() const;

  // Compacts all tables to their bottom levels, which a benchmark measures as "on disk".
  Status Compact();
  // Writes what is in memory into table files. Must not be called while the store is not writable.
  Status Flush();
  // Compacts all of a table that lies between deletions, so that what was deleted before the call
  // is in no table file that counts, unless a snapshot keeps it. The same holds. Once a stop was
  // requested it ends with the file that is being written, as a failure; where another compaction
  // is in its way, with that.
  Status CompactDeletions(Table table, const std::stop_token& stop = {});

 private:
  struct Impl;
  struct Opener;
  friend class Transaction;
  friend class Turn;
  friend class Participation;
  friend Impl& ImplOf(Store& store);
  explicit Store(const StoreOptions& options);
  Status Initialize(bool is_new);
  rocksdb::ColumnFamilyHandle* HandleOf(Table table) const;
  // For Transaction::Commit, with its errors. `gives_room_back`: the batch only deletes. Sets
  // `visible` to whether readers see the batch.
  Status Write(rocksdb::WriteBatch& batch, bool gives_room_back, bool sync, bool& visible)
      REQUIRES(writer_mutex_);
  Status SyncLogs() REQUIRES(writer_mutex_);
  Status WriteLogged(rocksdb::WriteBatch& batch);

  std::string directory_;
  uint64_t hash_seed_ = 0;
  std::vector<std::string> damage_;
  Mutex turn_mutex_;                                       // a Turn
  Mutex writer_mutex_;                                     // a Transaction
  uint64_t synced_through_ GUARDED_BY(writer_mutex_) = 0;  // a sequence number
  std::vector<Participant*> participants_ GUARDED_BY(writer_mutex_);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::storage
