#include "ingest/ingester.h"

#include <random>

#include "parse/fingerprint.h"
#include "parse/pack.h"
#include "parse/report_parser.h"

namespace rollcall::ingest {

Ingester::Ingester(storage::Stores& stores, const Clock& clock, const IngesterOptions& options,
                   metrics::Registry& registry)
    : stores_(stores),
      store_(options.store),
      forward_(options.forward),
      seed_(uint64_t{std::random_device()()} << 32 | std::random_device()()),
      counters_(registry),
      committer_(stores, clock,
                 {.source_cache_bytes = options.source_cache_bytes, .store = options.store},
                 recent_, counters_, registry) {}

void Ingester::Ingest(FleetRef fleet, SourceId id, std::string body,
                      std::optional<UnixSeconds> time, Done done) {
  PreparedReport report{.fleet = fleet,
                        .id = std::move(id),
                        .id_hash = {},
                        .time = time,
                        .fingerprint = FingerprintLines(body, seed_),
                        .content = {},
                        .packed_body = {},
                        .done = std::move(done)};
  report.id_hash = IdHashOf(fleet, report.id);
  // That a body is like an earlier one is believed only where the store can tell.
  const bool repeats = store_ && recent_.Has(report.id_hash, report.fingerprint);
  if (!repeats) {
    if (Status status =
            ParseReport(body, stores_.labels().hash_seed(), report.content.emplace<ParsedReport>());
        !status.ok()) {
      counters_.refused.Add();
      report.done(status);
      return;
    }
  }
  if (forward_) report.packed_body = PackBody(body);
  if (repeats) report.content = UnparsedBody{std::move(body)};
  committer_.Enqueue(std::move(report));
}

}  // namespace rollcall::ingest
