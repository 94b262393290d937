#include "records/record_list.h"

#include <utility>

#include "records/slot_filter.h"

namespace rollcall::records {
namespace {

using Steady = std::chrono::steady_clock;

class Lister {
 public:
  Lister(const Source& source, const RecordListRequest& request, SlotFilter filter)
      : source_(source),
        request_(request),
        filter_(std::move(filter)),
        end_(Steady::now() + request.patience) {}

  Result<RecordPage> List() {
    Status status;
    storage::RecordScan scan = source_.Scan();
    while (!is_done_ && NextBlock(source_, scan, status)) {
      const RecordId first = scan.IdOf(0);
      if (request_.below.value != 0 && first >= request_.below) continue;
      storage::BlockBits slots = scan.present();
      if (request_.below.value != 0) Cut(scan, slots);
      ROLLCALL_RETURN_IF_ERROR(filter_.Keep(scan, slots));
      Status read;
      slots.ForEachBackwards([&](size_t slot) {
        read = Take(scan, scan.IdOf(slot));
        return read.ok() && !is_done_;
      });
      ROLLCALL_RETURN_IF_ERROR(read);
    }
    ROLLCALL_RETURN_IF_ERROR(status);
    return std::move(page_);
  }

 private:
  // Takes the bits of ids that the request does not go up to.
  void Cut(const storage::RecordScan& scan, storage::BlockBits& slots) const {
    const uint64_t wanted = request_.below.value - scan.IdOf(0).value;
    if (wanted < scan.slots()) slots.KeepOnly(storage::BlockBits::FirstOf(wanted));
  }

  Status Take(const storage::RecordScan& scan, RecordId id) {
    // One more than the page takes shows that there is a next page.
    if (page_.records.size() == request_.limit || bytes_ > kMostPageBytes) return EndAt(id);
    if (filter_.NeedsRecord() && Steady::now() >= end_) {
      page_.ended_early = true;
      return EndAt(id);
    }
    Result<Record> record = scan.Read(id);
    if (!record.ok()) return record.status();
    if (filter_.NeedsRecord() && !filter_.Passes(*record)) return Status::Ok();
    bytes_ += record->payload.size();
    page_.records.push_back(*std::move(record));
    return Status::Ok();
  }

  Status EndAt(RecordId id) {
    is_done_ = true;
    page_.next = RecordId{id.value + 1};
    return Status::Ok();
  }

  const Source& source_;
  const RecordListRequest& request_;
  SlotFilter filter_;
  const Steady::time_point end_;
  RecordPage page_;
  size_t bytes_ = 0;
  bool is_done_ = false;
};

}  // namespace

Result<RecordPage> ListRecords(const Source& source, const RecordListRequest& request) {
  Result<SlotFilter> filter = SlotFilter::Make(source, request.filter);
  if (!filter.ok()) return filter.status();
  return Lister(source, request, *std::move(filter)).List();
}

}  // namespace rollcall::records
