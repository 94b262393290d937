// The way in for reports that stand for their time of receipt: of HTTP and of the demo. One that
// runs beside an import is told which sources the import writes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "ingest/committer.h"
#include "ingest/prepared_report.h"
#include "ingest/recent_reports.h"
#include "ingest/report_counters.h"
#include "metrics/registry.h"
#include "parse/report_bounds.h"
#include "storage/stores.h"

namespace rollcall::ingest {

struct IngesterOptions {
  // Memory for what is known of sources; a source takes about 1 KiB. What does not fit is read from
  // disk when the source reports again.
  size_t source_cache_bytes = 256 * 1024 * 1024;
  bool store = true;     // reports are stored, and counted
  bool forward = false;  // reports go to the outbox
  ReportBounds bounds;
};

class Ingester {
 public:
  Ingester(storage::Stores& stores, const Clock& clock, const IngesterOptions& options,
           metrics::Registry& registry);

  // Takes a report in: fingerprint and, where the content is new, parse on the calling thread, as
  // is packing what is to be forwarded; then the committer. `done` is called exactly once, on this
  // thread or the committer's. `time`: when it was received; nullopt: now, when it is committed.
  // Thread-safe. Reports of one caller are stored in the order of its calls.
  void Ingest(FleetRef fleet, SourceId id, std::string body, std::optional<UnixSeconds> time,
              Done done);

  // Where another's transaction changes a source's rows.
  void Forget(FleetRef fleet, const SourceId& id, const storage::Transaction& transaction) {
    committer_.Forget(IdHashOf(fleet, id), transaction);
  }

 private:
  Hash128 IdHashOf(FleetRef fleet, const SourceId& id) const {
    return HashBytes(id.text(), seed_ + fleet.value);
  }

  // Parses and packs, or leaves it at what can be told without. Not Ok: it is answered with that.
  Status Prepare(std::string body, PreparedReport& report);

  storage::Stores& stores_;
  const bool store_;
  const bool forward_;
  const ReportBounds bounds_;
  const uint64_t seed_;  // of this process: fingerprints and id hashes are not kept on disk
  ReportCounters counters_;
  RecentReports recent_;
  Committer committer_;
};

}  // namespace rollcall::ingest
