// The way in for reports that are dated by their time of receipt: those of HTTP and of the demo. An
// import that runs in the meantime says which sources it writes (Forget). Owned by the server, or
// by the command that fills a store.
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
  // The memory for what is known about sources; one takes about 1 KiB. What does not fit is read
  // from disk when the source reports again.
  size_t source_cache_bytes = 256 * 1024 * 1024;
  bool store = true;     // reports are stored and counted
  bool forward = false;  // reports go to the outbox
  ReportBounds bounds;
  FloodOptions flood = {};
};

class Ingester {
 public:
  Ingester(storage::Stores& stores, const Clock& clock, const IngesterOptions& options,
           metrics::Registry& registry);

  // Takes a report in. Computes its fingerprint and, if the content is new, parses it on the
  // calling thread, which also compresses what will be forwarded; then the committer stores it.
  // Calls `done` exactly once, on this thread or the committer's. `id`: nullopt where the body
  // names its source. `time`: when the report was received; nullopt: when it is committed.
  // Thread-safe. The reports of one caller are stored in the order of its calls.
  void Ingest(const Intake& intake, std::optional<SourceId> id, std::string body,
              std::optional<UnixSeconds> time, Done done);

  // Drops what is remembered of a source. For another writer whose transaction changes the source's
  // rows; called within that transaction.
  void Forget(FleetRef fleet, const SourceId& id, const storage::Transaction& transaction) {
    committer_.Forget(IdHashOf(fleet, id), transaction);
  }

 private:
  Hash128 IdHashOf(FleetRef fleet, const SourceId& id) const {
    return HashBytes(id.text(), seed_ + fleet.value);
  }

  // Parses the body and packs it for the outbox, or leaves it unparsed where it seems to repeat a
  // report. A failure is the answer to the report.
  Result<PreparedReport> Prepare(const Intake& intake, std::optional<SourceId> id,
                                 std::string body);

  storage::Stores& stores_;
  const bool store_;
  const bool forward_;
  const ReportBounds bounds_;
  const uint64_t seed_;  // of this process: fingerprints and id hashes never reach the disk
  ReportCounters counters_;
  RecentReports recent_;
  Committer committer_;
};

}  // namespace rollcall::ingest
