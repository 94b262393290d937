#include "ingest/ingester.h"

#include <new>
#include <random>

#include "parse/fingerprint.h"
#include "parse/pack.h"
#include "parse/report_parser.h"

namespace rollcall::ingest {
namespace {

// A larger body is always parsed: if it turned out to repeat nothing, the committer would have to
// parse it while everybody waits.
constexpr size_t kMostBytesToBelieve = 64 * 1024;

}  // namespace

Ingester::Ingester(storage::Stores& stores, const Clock& clock, const IngesterOptions& options,
                   metrics::Registry& registry)
    : stores_(stores),
      store_(options.store),
      forward_(options.forward),
      bounds_(options.bounds),
      seed_(uint64_t{std::random_device()()} << 32 | std::random_device()()),
      counters_(registry),
      committer_(stores, clock,
                 {.source_cache_bytes = options.source_cache_bytes,
                  .store = options.store,
                  .bounds = options.bounds},
                 recent_, counters_, registry) {}

void Ingester::Ingest(FleetRef fleet, SourceId id, std::string body,
                      std::optional<UnixSeconds> time, Done done) {
  PreparedReport report{.fleet = fleet,
                        .id = std::move(id),
                        .id_hash = {},
                        .time = time,
                        .fingerprint = {},
                        .content = {},
                        .packed_body = {},
                        .done = std::move(done)};
  Status prepared;
  try {
    prepared = Prepare(std::move(body), report);
    if (prepared.ok()) return committer_.Enqueue(std::move(report));
  } catch (const std::bad_alloc&) {
    counters_.Count(Outcome::kFailed);
    prepared = Status::Unavailable("prepare a report: out of memory");
  }
  report.done(prepared);
}

Status Ingester::Prepare(std::string body, PreparedReport& report) {
  report.fingerprint = FingerprintLines(body, seed_);
  report.id_hash = IdHashOf(report.fleet, report.id);
  // A body counts as a repeat only if the store can check it.
  const bool repeats = store_ && body.size() <= kMostBytesToBelieve &&
                       recent_.Has(report.id_hash, report.fingerprint);
  if (!repeats) {
    ReportBound exceeded{};
    Status status = ParseReport(body, stores_.labels().hash_seed(), bounds_,
                                report.content.emplace<ParsedReport>(), exceeded);
    if (status.code() == Code::kFailedPrecondition) {
      counters_.CountTooLarge(exceeded);
    } else if (!status.ok()) {
      counters_.Count(Outcome::kRefused);
    }
    ROLLCALL_RETURN_IF_ERROR(status);
  }
  if (forward_) report.packed_body = PackBody(body);
  if (repeats) report.content = UnparsedBody{std::move(body)};
  return Status::Ok();
}

}  // namespace rollcall::ingest
