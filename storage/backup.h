// Backups of a store: a directory that holds several, each as of one moment, by RocksDB's
// BackupEngine. They share the table files that they have in common, so that a further one costs
// what has changed since. A backup is there once it is whole; what a crash left of one is removed
// by the next.
//
// A directory is used by one process at a time, which locks it; reading it needs no lock. Plain
// functions, for any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "storage/store.h"

namespace rollcall::storage {

struct BackupOptions {
  std::string directory;
  uint32_t keep = 7;                           // the newest so many stay; 0: all
  size_t bytes_per_second = 64 * 1024 * 1024;  // written at most; 0: as fast as it goes
};

struct Backup {
  uint32_t id = 0;
  UnixSeconds time{};
  uint64_t bytes = 0;  // of its files, also of those that it shares with others
  uint64_t files = 0;
  std::string made_by;  // "format 5, rollcall 0.1.0"
  std::string damage;   // why it cannot be used, with the file's name; empty: nothing is known
};

// Called now and then: how many bytes are copied, and about how many there are to copy.
using BackupProgress = std::function<void(uint64_t done, uint64_t all)>;

// Makes a backup of a store that is open for writing and goes on meanwhile, then deletes those
// beyond `keep`. FailedPrecondition: the directory is in use, is the store's own, or holds
// something else than backups; Unavailable: its disk is full or failed, or a stop was requested.
// Then there is no new backup, and the earlier ones are as they were.
Result<Backup> MakeBackup(Store& store, const BackupOptions& options,
                          const BackupProgress& progress, std::stop_token stop = {});

// Returns the backups of a directory, the oldest first; of those that files are missing of, or
// whose files have another size, `damage` says which. FailedPrecondition: there are no backups.
Result<std::vector<Backup>> ListBackups(const std::string& directory);

// The same, after all files of the backups were read and compared with their checksums; `id`: of
// that one alone; 0: of all.
Result<std::vector<Backup>> VerifyBackups(const std::string& directory, uint32_t id,
                                          const BackupProgress& progress);

// Deletes all but the newest `keep` (at least 1) backups; returns those that are left. Fails as
// MakeBackup.
Result<std::vector<Backup>> PruneBackups(const std::string& directory, uint32_t keep);

// Puts a backup, 0: the newest that is whole, into a directory that is empty or does not exist, and
// returns it. Files are compared with their checksums. What an interrupted one leaves cannot be
// opened as a store, and is replaced by the next. FailedPrecondition: the directory is in use or
// holds something; NotFound: there is no such backup; DataLoss: it is damaged, and the message
// names the file. On failure the directory is empty again.
Result<Backup> RestoreBackup(const std::string& directory, uint32_t id,
                             const std::string& store_directory, size_t bytes_per_second,
                             const BackupProgress& progress);

}  // namespace rollcall::storage
