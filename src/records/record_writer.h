// The writer of records: the only thread that stores any. It takes what waits, writes it in one
// transaction, and tells those who asked once it is durable; the sync may be that of reports that
// were written meanwhile. Nobody who brings a record waits for it. Owned by the server.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/batch_queue.h"
#include "base/clock.h"
#include "base/status.h"
#include "metrics/registry.h"
#include "model/record.h"
#include "storage/stores.h"

namespace rollcall::records {

class RecordWriter {
 public:
  // Called once, on the writer's thread, with the record as it is stored. Unavailable: it is not,
  // or not durably; the store cannot be written, or its clock is not to be believed.
  using Done = std::function<void(const Status&, const Record&)>;

  // Bytes of payloads and words that may wait, and what each record takes beside these.
  static constexpr size_t kMaxQueuedBytes = 64 * 1024 * 1024;
  static constexpr size_t kRecordOverhead = 1'024;

  RecordWriter(storage::Stores& stores, const Clock& clock, metrics::Registry& registry);
  // Stores what is still queued, then ends the thread.
  ~RecordWriter();
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // Queues a record. Its reception is the time at which it is stored. Never waits. Unavailable: too
  // much is queued; `done` is not called. Thread-safe.
  Status Submit(Record record, Done done);

  // Counts a record that was refused because it breaks a rule. Thread-safe.
  void CountRefused() { refused_.Add(); }

 private:
  // At which a commit takes no further record: some milliseconds of work, during which reports
  // wait.
  static constexpr size_t kBytesOfACommit = 2 * 1024 * 1024;

  struct Item {
    Record record;
    Done done;
  };

  static size_t WeightOf(const Record& record);
  void Run();
  Status Write(std::vector<Item>& items);
  Status Commit(std::vector<Item>& items);

  storage::Stores& stores_;
  const Clock& clock_;
  metrics::Counter& stored_;
  metrics::Counter& refused_;
  metrics::Counter& failed_;
  metrics::Counter& dropped_;
  metrics::Histogram& records_per_commit_;
  BatchQueue<Item> queue_;  // weighs bytes
  std::thread thread_;      // last: it uses the rest
};

}  // namespace rollcall::records
