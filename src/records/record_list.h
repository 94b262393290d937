// The records that pass a filter, the newest first, a page at a time. Pure functions of a moment's
// records; any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/status.h"
#include "model/record.h"
#include "records/record_filter.h"
#include "records/source.h"

namespace rollcall::records {

// The most payloads of a page, in bytes together; exclusive of the last one.
inline constexpr size_t kMostPageBytes = 16 * 1024 * 1024;

struct RecordListRequest {
  RecordFilter filter;
  RecordId below = {};  // 0: from the newest on
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

// DataLoss, Unavailable: as reads of the store.
Result<RecordPage> ListRecords(const Source& source, const RecordListRequest& request);

}  // namespace rollcall::records
