// The store: one RocksDB in one directory and its column families. What the rows mean is the
// business of the codecs and of who owns the table (storage/FORMAT.md).
//
// Reads are thread-safe and may run beside a writer. Rows are written by a Transaction
// (storage/transaction.h) and by nothing else.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
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

// The format this program writes, and the oldest that it makes into it (storage/FORMAT.md).
inline constexpr uint64_t kFormatVersion = 3;
inline constexpr uint64_t kOldestFormatVersion = 1;

class Participant;
class Transaction;

struct StoreOptions {
  std::string directory;
  size_t block_cache_bytes = 64 * 1024 * 1024;
  size_t write_buffer_bytes = 64 * 1024 * 1024;  // of all tables together
  uint64_t outbox_max_bytes = uint64_t{10} << 30;
  bool create_if_missing = true;
  // Changes nothing in the directory, not while it is open either; writes fail.
  bool read_only = false;
  // Of the process's descriptors, those for table files.
  int max_open_files = 512;
  // With less room than this on the disk nothing is written any more; 0: until it is full. What has
  // begun by then still takes room: tables in memory that are written out (write_buffer_bytes), and
  // a compaction, about as much.
  uint64_t min_free_bytes = 128 * 1024 * 1024;
  // What the files are on; null: the system's own.
  std::shared_ptr<rocksdb::FileSystem> disk = nullptr;
};

// A consistent view, as of one moment. Copies share it; it must not outlive the store.
class Snapshot {
 public:
  const rocksdb::Snapshot* get() const { return snapshot_.get(); }
  // Two snapshots of one store with the same number see the same rows.
  uint64_t sequence() const;

 private:
  friend class Store;
  std::shared_ptr<const rocksdb::Snapshot> snapshot_;
};

// Walks keys in order, from a lower bound to before an upper one. It must not outlive the store.
class Scan {
 public:
  Scan(Scan&&) noexcept;
  ~Scan();

  bool Valid() const;
  void Next();
  // To the first key at or after this one.
  void Seek(std::string_view key);
  std::string_view key() const;    // until Next
  std::string_view value() const;  // until Next
  // Why Valid() is false: Ok at the end, DataLoss or Unavailable where reading failed.
  Status status() const;

 private:
  friend class Store;
  struct State;
  explicit Scan(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Store {
 public:
  // Opens the store in a directory, or makes one where there are no files of a store. Tables that
  // are counted from others are dropped where they are damaged (storage/recount.h).
  // FailedPrecondition: in use by another process, no rights, or written by another format version
  // (the message names both); DataLoss: damaged, what is wrong is in the message, and nothing was
  // changed.
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options);
  // Writes out what is in memory, so that the next start has nothing to replay, and closes; where
  // it cannot be closed it is left open to the end of the process.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Whether it can be closed; nothing may be written any more. False: the disk is full or fails,
  // and RocksDB waits for it. Nothing is lost, but the process must be ended without waiting for
  // all of its threads.
  bool EndWriting();

  // Makes all that was committed durable. Unavailable: the disk. Takes the writer lock.
  Status Sync();

  // Gives the disk back what files hold that have nothing but keys from `begin` to before `end`.
  // Reads of that range may find any, all or none of its rows from then on: for rows that count as
  // deleted by a transaction that is committed, and still held.
  Status DropFiles(const Transaction& committed, Table table, std::string_view begin,
                   std::string_view end);

  // Whether a commit has a chance now, and if not, why, in one line. Thread-safe, like the next.
  Status Writable() const;
  // Why it will not be writable again in this process, if that is so.
  std::optional<std::string> GivenUp() const;
  // Whether another start can help: the disk failed for long, or RocksDB does not recover from it.
  // All that was answered is in the log. False also where what is stored is damaged.
  bool NeedsRestart() const;

  // nullopt: no such key.
  Result<std::optional<std::string>> Get(Table table, std::string_view key,
                                         const Snapshot* snapshot = nullptr) const;
  // `end` empty: to the end of the table.
  Scan NewScan(Table table, const std::string& begin, std::string end,
               const Snapshot* snapshot = nullptr) const;
  // The last key of a table before `end` (empty: of all), if there is one.
  Result<std::optional<std::string>> LastKeyBefore(Table table, std::string_view end) const;
  Snapshot TakeSnapshot() const;
  // Of a snapshot that would be taken now.
  uint64_t sequence() const;

  // A counter or another number in kMeta; 0 where there is none.
  Result<uint64_t> GetNumber(std::string_view name) const;

  // Secret and random, made with the store: keys the hashes that are kept on disk.
  uint64_t hash_seed() const { return hash_seed_; }
  const std::string& directory() const { return directory_; }

  // What was wrong, when it was opened, with files of tables that are counted from others: a line
  // each. The tables were dropped, or where it is open to be read alone, are read as empty.
  const std::vector<std::string>& damage() const { return damage_; }

  // Sizes and stalls, by RocksDB's property names without their prefix.
  struct Property {
    std::string name;
    uint64_t value;
  };
  std::vector<Property> Properties() const;

  // Reads every block of every file and compares it with its checksum. DataLoss names the file.
  Status VerifyChecksums() const;

  // Writes all of it to the bottom levels: what a benchmark measures as "on disk".
  Status Compact();

 private:
  struct Impl;
  struct Opener;
  friend class Transaction;
  friend class Turn;
  friend class Participation;
  explicit Store(const StoreOptions& options);
  Status Initialize(bool is_new);
  rocksdb::ColumnFamilyHandle* HandleOf(Table table) const;
  // For Transaction::Commit, and with its outcomes. `visible` is told whether readers see the
  // batch.
  Status Write(rocksdb::WriteBatch& batch, bool sync, bool& visible);
  Status WriteLogged(rocksdb::WriteBatch& batch);

  std::string directory_;
  uint64_t hash_seed_ = 0;
  std::vector<std::string> damage_;
  Mutex turn_mutex_;    // a Turn
  Mutex writer_mutex_;  // a Transaction
  std::vector<Participant*> participants_ GUARDED_BY(writer_mutex_);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rollcall::storage
