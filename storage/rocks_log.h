// RocksDB's own log, handed to ours. Its file in the data directory would be the first thing that
// cannot be written when the disk is full, and RocksDB 7 ends the process on the line after that.
#pragma once

#include <memory>

namespace rocksdb {
class Logger;
}  // namespace rocksdb

namespace rollcall::storage {

// Passes warnings and errors on, drops the rest. Thread-safe.
std::shared_ptr<rocksdb::Logger> NewRocksLog();

}  // namespace rollcall::storage
