#include "storage/rocks_status.h"

namespace rollcall::storage {

Status FromRocks(const std::string& step, const rocksdb::Status& s) {
  const std::string message = step + ": " + s.ToString();
  if (s.IsCorruption() || s.IsNotFound()) return Status::DataLoss(message);
  if (s.IsInvalidArgument() || s.IsNotSupported()) return Status::FailedPrecondition(message);
  return Status::Unavailable(message);
}

Status OpenFailure(const std::string& directory, const rocksdb::Status& s) {
  const std::string step = "open store " + directory;
  const std::string text = s.ToString();
  // RocksDB has no code for it: a lock that another process holds, or this one.
  if (s.IsIOError() && (text.find("While lock file") != std::string::npos ||
                        text.find("lock hold by current process") != std::string::npos)) {
    return Status::FailedPrecondition(step + ": in use by another process");
  }
  if (s.IsIOError() && (text.find("Permission denied") != std::string::npos ||
                        text.find("Read-only file system") != std::string::npos)) {
    return Status::FailedPrecondition(step + ": no rights to write there (" + text + ")");
  }
  if (s.IsCorruption() || s.IsNotFound() || s.IsInvalidArgument() || s.IsPathNotFound()) {
    return Status::DataLoss(step + ": damaged (" + text + ")");
  }
  return FromRocks(step, s);
}

}  // namespace rollcall::storage
