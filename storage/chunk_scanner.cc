#include "storage/chunk_scanner.h"

namespace rollcall::storage {

bool ChunkScanner::Damaged(const char* what) {
  status_ = Status::DataLoss("decode chunk: entry " + std::to_string(entries_) + ": " + what);
  return false;
}

}  // namespace rollcall::storage
