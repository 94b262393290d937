#include "demo/fill.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/mutex.h"
#include "ingest/ingester.h"

namespace rollcall::demo {
namespace {

// A number in kMeta: 1 once the history of a demo is complete.
constexpr std::string_view kDemoIsWhole = "demo_is_whole";

// The first failure, as reported by the committer's thread.
class FirstFailure {
 public:
  void Note(const Status& status) {
    if (status.ok()) return;
    const MutexLock lock(mutex_);
    if (status_.ok()) status_ = status;
  }
  Status Get() const {
    const MutexLock lock(mutex_);
    return status_;
  }

 private:
  mutable Mutex mutex_;
  Status status_ GUARDED_BY(mutex_);
};

// Returns the one whose next report is the earliest; null if none has any left.
const DemoIntake* Earliest(const std::vector<DemoIntake>& intakes) {
  const DemoIntake* earliest = nullptr;
  for (const DemoIntake& one : intakes) {
    const auto time = one.fleet->next_time();
    if (time && (earliest == nullptr || time < earliest->fleet->next_time())) earliest = &one;
  }
  return earliest;
}

}  // namespace

Status FillWithDemo(storage::Stores& stores, const std::vector<DemoIntake>& intakes,
                    metrics::Registry& registry, const std::function<void(uint64_t)>& progress,
                    const std::function<bool()>& stop) {
  const SystemClock clock;
  FirstFailure failure;
  auto ingester =
      std::make_unique<ingest::Ingester>(stores, clock, ingest::IngesterOptions{}, registry);
  DemoReport report;
  for (uint64_t count = 1; const DemoIntake* const next = Earliest(intakes); ++count) {
    if (stop()) return Status::Unavailable("fill with the demo fleet: interrupted");
    next->fleet->Next(report);
    Result<SourceId> id = SourceId::Parse(report.source);
    if (!id.ok()) return id.status();
    std::optional<SourceId> header;
    if (!next->body_names_source) header = std::move(id).value();
    ingester->Ingest(next->intake, std::move(header), report.body, report.time,
                     [&failure](const Status& status) { failure.Note(status); });
    progress(count);
  }
  // Waits for what is queued.
  ingester.reset();
  ROLLCALL_RETURN_IF_ERROR(failure.Get());
  storage::Transaction transaction(stores.store());
  transaction.PutNumber(kDemoIsWhole, 1);
  return transaction.Commit();
}

Result<bool> HoldsWholeDemo(const storage::Store& store) {
  const Result<uint64_t> mark = store.GetNumber(kDemoIsWhole);
  if (!mark.ok()) return mark.status();
  return *mark == 1;
}

}  // namespace rollcall::demo
