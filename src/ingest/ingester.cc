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
                        .body = {},
                        .packed_body = {},
                        .is_parsed = false,
                        .parsed = {},
                        .label_hashes = {},
                        .done = std::move(done)};
  report.id_hash = IdHashOf(fleet, report.id);
  // That a body is like an earlier one is believed only where the store can tell.
  const bool parse = !store_ || !recent_.Has(report.id_hash, report.fingerprint);
  if (parse) {
    if (Status status = ParseReport(body, report.parsed); !status.ok()) {
      counters_.refused.Add();
      report.done(status);
      return;
    }
    report.is_parsed = true;
    if (store_) {
      report.label_hashes.reserve(report.parsed.samples.size());
      for (const ParsedReport::Sample& sample : report.parsed.samples) {
        report.label_hashes.push_back(stores_.labels().HashOf(report.parsed.LabelSet(sample)));
      }
    }
  }
  if (forward_) report.packed_body = PackBody(body);
  if (!parse) report.body = std::move(body);
  committer_.Enqueue(std::move(report));
}

}  // namespace rollcall::ingest
