#include "records/record_writer.h"

#include <new>
#include <utility>

#include "base/log.h"
#include "records/record_stack.h"
#include "storage/records.h"
#include "storage/transaction.h"

namespace rollcall::records {
namespace {

metrics::Counter& CounterOf(metrics::Registry& registry, const char* outcome) {
  return registry.GetCounter("rollcall_records_total",
                             "Records: stored; refused, for one breaks a rule; failed, for the "
                             "store could not be written; dropped, for too many were queued",
                             {{"outcome", outcome}});
}

}  // namespace

RecordWriter::RecordWriter(storage::Stores& stores, const Clock& clock, metrics::Registry& registry)
    : stores_(stores),
      clock_(clock),
      stored_(CounterOf(registry, "stored")),
      refused_(CounterOf(registry, "refused")),
      failed_(CounterOf(registry, "failed")),
      dropped_(CounterOf(registry, "dropped")),
      records_per_commit_(
          registry.GetHistogram("rollcall_records_per_commit", "Records that shared one commit",
                                {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048})),
      queue_(kMaxQueuedBytes,
             [&gauge = registry.GetGauge("rollcall_records_queued_bytes",
                                         "Bytes of records that wait to be stored")](size_t bytes) {
               gauge.Set(static_cast<int64_t>(bytes));
             }) {
  stores_.records().SetStackOf(StackOf);
  thread_ = std::thread([this] { Run(); });
}

RecordWriter::~RecordWriter() {
  queue_.Close();
  thread_.join();
}

size_t RecordWriter::WeightOf(const Record& record) {
  size_t bytes = record.payload.size() + kRecordOverhead;
  for (const auto word : kRecordWords) bytes += (record.*word).size();
  return bytes;
}

Status RecordWriter::Submit(Record record, Done done) {
  const size_t bytes = WeightOf(record);
  if (queue_.Push({std::move(record), std::move(done)}, bytes)) return Status::Ok();
  dropped_.Add();
  return Status::Unavailable(std::to_string(queue_.weight()) + " bytes of records are queued");
}

void RecordWriter::Run() {
  for (;;) {
    std::vector<Item> items = queue_.Take(kBytesOfACommit);
    if (items.empty()) return;
    const Status status = Write(items);
    (status.ok() ? stored_ : failed_).Add(items.size());
    if (status.ok()) records_per_commit_.Observe(static_cast<double>(items.size()));
    for (const Item& item : items) {
      if (item.done) item.done(status, item.record);
    }
  }
}

Status RecordWriter::Write(std::vector<Item>& items) {
  if (stores_.time().Follow(clock_.NowMilliseconds()) == storage::ClockState::kImplausible) {
    return Status::Unavailable(stores_.time().view().Explain());
  }
  Status status;
  try {
    status = Commit(items);
  } catch (const std::bad_alloc&) {
    status = Status::Unavailable("out of memory");
  }
  if (status.ok() || status.code() == Code::kUnavailable) return status;
  // To the sender, that code would mean that the record itself is at fault.
  log::Error("{} records not stored: {}", items.size(), status.message());
  return Status::Unavailable(status.message());
}

Status RecordWriter::Commit(std::vector<Item>& items) {
  storage::Store& store = stores_.store();
  uint64_t written = 0;
  {
    storage::Transaction transaction(store);
    const UnixSeconds now = clock_.Now();
    for (Item& item : items) {
      item.record.reception = now;
      ROLLCALL_RETURN_IF_ERROR(stores_.records().Append(item.record, transaction));
    }
    ROLLCALL_RETURN_IF_ERROR(transaction.CommitUnsynced());
    written = store.sequence();
  }
  return store.SyncThrough(written);
}

}  // namespace rollcall::records
