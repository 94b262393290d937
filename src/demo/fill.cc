#include "demo/fill.h"

#include <memory>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "ingest/ingester.h"
#include "model/fleet.h"

namespace rollcall::demo {
namespace {

// What became of the reports, told from the committer's thread.
class FirstFailure {
 public:
  void Note(const Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = status;
  }
  Status Get() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  Status status_;
};

}  // namespace

Status FillWithDemo(storage::Stores& stores, DemoFleet& fleet, metrics::Registry& registry,
                    const std::function<void(uint64_t)>& progress,
                    const std::function<bool()>& stop) {
  const SystemClock clock;
  FirstFailure failure;
  auto ingester =
      std::make_unique<ingest::Ingester>(stores, clock, ingest::IngesterOptions{}, registry);
  DemoReport report;
  for (uint64_t count = 1; fleet.Next(report); ++count) {
    if (stop()) return Status::Unavailable("fill with the demo fleet: interrupted");
    Result<SourceId> id = SourceId::Parse(report.source);
    if (!id.ok()) return id.status();
    ingester->Ingest(CozystackFleet().ref, std::move(id).value(), report.body, report.time,
                     [&failure](const Status& status) { failure.Note(status); });
    progress(count);
  }
  // Waits for what is queued.
  ingester.reset();
  return failure.Get();
}

}  // namespace rollcall::demo
