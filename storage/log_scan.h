// A reader of RocksDB's logs and manifests, which share one form: blocks of 32 KiB with records in
// fragments, each fragment with a CRC-32C. RocksDB's own reader stops at damage or silently skips a
// block; this one reports which bytes are not what was written, and goes on after them.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

// Returns the CRC-32C (Castagnoli) of `bytes` that follow bytes whose CRC is `before`.
uint32_t Crc32c(std::string_view bytes, uint32_t before = 0);

struct LogScan {
  // Bytes that hold no whole record: from `begin` to `end`.
  struct Gap {
    // Offsets in the file.
    uint64_t begin = 0;
    uint64_t end = 0;            // exclusive
    uint64_t records_after = 0;  // whole ones, up to the next gap
    std::string reason;
  };

  uint64_t size = 0;     // of the file, in bytes
  uint64_t records = 0;  // whole ones
  std::vector<Gap> gaps;

  uint64_t gap_bytes() const;
  // Returns whether any damage is at the end only: what a power failure leaves of a write that was
  // never acknowledged. True also where there is no damage.
  bool only_tail_is_torn() const {
    return gaps.empty() || (gaps.size() == 1 && gaps.front().records_after == 0);
  }
};

// Reads a whole file and calls `record`, if given, with each whole record. Unavailable: the file
// cannot be read.
Result<LogScan> ScanLog(const std::string& path,
                        const std::function<void(std::string_view)>& record = {});

// Appends a record in the form of a log to `out`, which holds the log's bytes from its start.
void AppendLogRecord(std::string_view record, std::string& out);

}  // namespace rollcall::storage
