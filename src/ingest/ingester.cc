#include "ingest/ingester.h"

#include <new>
#include <random>

#include "base/pack.h"
#include "parse/text_writer.h"

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
                  .bounds = options.bounds,
                  .flood = options.flood},
                 recent_, counters_, registry) {}

void Ingester::Ingest(const Intake& intake, std::optional<SourceId> id, std::string body,
                      std::optional<UnixSeconds> time, Done done) {
  Status failure;
  std::optional<PreparedReport> report;
  try {
    Result<PreparedReport> prepared = Prepare(intake, std::move(id), std::move(body));
    if (prepared.ok()) {
      report = std::move(*prepared);
      report->time = time;
      report->done = std::move(done);
      return committer_.Enqueue(std::move(*report));
    }
    failure = prepared.status();
  } catch (const std::bad_alloc&) {
    counters_.Count(Outcome::kFailed);
    failure = Status::Unavailable("prepare a report: out of memory");
  }
  (report ? report->done : done)(failure);
}

Result<PreparedReport> Ingester::Prepare(const Intake& intake, std::optional<SourceId> id,
                                         std::string body) {
  const BodyFormat& format = *intake.format;
  const Hash128 fingerprint = format.Fingerprint(body, seed_);
  // A body counts as a repeat only if the store can check it.
  const bool repeats = store_ && id && body.size() <= kMostBytesToBelieve &&
                       (!forward_ || format.keeps_all()) &&
                       recent_.Has(IdHashOf(intake.fleet, *id), fingerprint);
  ParsedReport parsed;
  if (!repeats) {
    ReportBound exceeded{};
    Status status = format.Read(body, stores_.labels().hash_seed(), bounds_, id, parsed, exceeded);
    if (status.code() == Code::kFailedPrecondition) {
      counters_.CountTooLarge(exceeded);
    } else if (!status.ok()) {
      counters_.Count(Outcome::kRefused);
    }
    ROLLCALL_RETURN_IF_ERROR(status);
  }
  PreparedReport report{.intake = intake,
                        .id = *std::move(id),
                        .id_hash = {},
                        .time = std::nullopt,
                        .fingerprint = fingerprint,
                        .content = {},
                        .packed_body = {},
                        .done = nullptr};
  report.id_hash = IdHashOf(intake.fleet, report.id);
  if (forward_) report.packed_body = PackBody(format.keeps_all() ? body : TextOf(parsed));
  if (repeats) {
    report.content = UnparsedBody{std::move(body)};
  } else {
    report.content = std::move(parsed);
  }
  return report;
}

}  // namespace rollcall::ingest
