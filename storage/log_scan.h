// A reader of RocksDB's logs and manifests, which are of one form: blocks of 32 KiB with records in
// fragments, each fragment with a CRC-32C. RocksDB's own reader stops, or passes over a block in
// silence, where this one says which bytes are not what was written and goes on behind them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall::storage {

// CRC-32C (Castagnoli) of `bytes`, which follow bytes with the CRC `before`.
uint32_t Crc32c(std::string_view bytes, uint32_t before = 0);

struct LogScan {
  // Bytes that hold no whole record, though the file goes on to `end`.
  struct Gap {
    uint64_t begin = 0;
    uint64_t end = 0;            // exclusive
    uint64_t records_after = 0;  // whole ones, up to the next gap
    std::string reason;
  };

  uint64_t size = 0;     // of the file, in bytes
  uint64_t records = 0;  // whole ones
  std::vector<Gap> gaps;

  uint64_t gap_bytes() const;
  // Whether all that is wrong is at the end: what a power failure leaves of a write that nobody was
  // told is done. Also where nothing is wrong.
  bool only_tail_is_torn() const {
    return gaps.empty() || (gaps.size() == 1 && gaps.front().records_after == 0);
  }
};

// Reads a whole file; `record`, where there is one, is called with each whole record. Unavailable:
// the file cannot be read.
Result<LogScan> ScanLog(const std::string& path,
                        const std::function<void(std::string_view)>& record = {});

// Appends to `out` a record in the form of a log; `out` is the log's bytes from its start.
void AppendLogRecord(std::string_view record, std::string& out);

}  // namespace rollcall::storage
