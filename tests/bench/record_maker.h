// Made-up records of a fleet of machines over a month: heartbeats for the most part, crashes of
// some two hundred functions, machine checks, units that fail. The same number makes the same
// record. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "model/record.h"

namespace rollcall::bench {

struct RecordFleet {
  UnixSeconds begin{};
  std::chrono::seconds span{};
  uint64_t records = 0;  // over all of the span, evenly
  uint32_t machines = 100'000;
};

// Record `number` of 0 … records - 1, which come in the order of reception. Its id is number + 1.
Record MakeRecord(const RecordFleet& fleet, uint64_t number);

// The request by which a client of record version 4 posts it.
std::string RecordRequest(const Record& record);

// The table that the old server had, without its indexes, and these: one for each filter.
extern const char* const kCreateRecords;
extern const char* const kIndexRecords;
// Adds the record to a COPY of that table.
void AppendCopyRow(const Record& record, std::string& out);

}  // namespace rollcall::bench
