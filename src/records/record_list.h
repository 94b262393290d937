// The records that pass a filter, the newest first, a page at a time. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "records/record_filter.h"
#include "storage/records.h"

namespace rollcall::records {

// The most payloads of a page, in bytes together; exclusive of the last one.
inline constexpr size_t kMostPageBytes = 16 * 1024 * 1024;

struct RecordListRequest {
  RecordFilter filter;
  size_t limit = 50;
  // How long payloads are searched. Columns alone take some milliseconds whatever is asked for.
  std::chrono::milliseconds patience{2'000};
};

struct RecordPage {
  std::vector<Record> records;
  // Where the next page begins: a request for the records below this id. nullopt: there are no
  // more.
  std::optional<RecordId> next;
  // Whether patience ended before the page was full: `next` goes on from there.
  bool ended_early = false;
};

// Of the records that there are now. DataLoss, Unavailable: as reads of the store, or stopped.
Result<RecordPage> ListRecords(const storage::Records& records, const RecordListRequest& request,
                               std::stop_token stop = {});

}  // namespace rollcall::records
