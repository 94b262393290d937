// The work of a view, shared between threads where there is much of it. Used by the functions that
// make views.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <vector>

#include "base/run_on_threads.h"
#include "base/status.h"
#include "records/source.h"

namespace rollcall::records {

// How many threads a view of these records is worth.
inline size_t PartsOf(const Source& source) {
  // Below this many blocks each a thread costs more than it saves.
  constexpr size_t kBlocksOfAPart = 4;
  return std::clamp<size_t>(source.view.full->size() / kBlocksOfAPart, 1, ThreadsForWork());
}

// Calls work(part) for the parts 0 … parts - 1, each on a thread of its own. Returns the first
// status that is not Ok; Unavailable also where memory is short.
template <typename Work>
Status RunParts(size_t parts, Work work) {
  std::vector<Status> statuses(parts);
  RunOnThreads(parts, [&](size_t part) {
    try {
      statuses[part] = work(part);
    } catch (const std::bad_alloc&) {
      statuses[part] = Status::Unavailable("out of memory");
    }
  });
  const auto failed = std::find_if(statuses.begin(), statuses.end(),
                                   [](const Status& status) { return !status.ok(); });
  return failed == statuses.end() ? Status::Ok() : *failed;
}

// Calls visit(part, scan) for each block of the records, the newest first, in so many parts.
template <typename Visit>
Status VisitBlocks(const Source& source, size_t parts, Visit visit) {
  return RunParts(parts, [&](size_t part) -> Status {
    storage::RecordScan scan = source.Scan();
    Status status;
    while (NextBlock(source, scan, status)) {
      if (scan.head().block % parts != part) continue;
      ROLLCALL_RETURN_IF_ERROR(visit(part, scan));
    }
    return status;
  });
}

}  // namespace rollcall::records
