#include "records/record_list.h"

#include <utility>

#include "records/record_walk.h"

namespace rollcall::records {

Result<RecordPage> ListRecords(const storage::Records& records, const RecordListRequest& request,
                               std::stop_token stop) {
  RecordWalk walk(records, request.filter, std::move(stop));
  const auto until = std::chrono::steady_clock::now() + request.patience;
  RecordPage page;
  for (size_t bytes = 0;;) {
    Result<std::optional<Record>> record = walk.Next(until);
    if (!record.ok()) return record.status();
    if (!record->has_value()) {
      page.next = walk.rest();
      page.ended_early = page.next.has_value();
      return page;
    }
    // One more than the page takes shows that there is a next page.
    if (page.records.size() == request.limit || bytes > kMostPageBytes) {
      page.next = RecordId{(*record)->id.value + 1};
      return page;
    }
    bytes += (*record)->payload.size();
    page.records.push_back(**std::move(record));
  }
}

}  // namespace rollcall::records
