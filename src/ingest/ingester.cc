#include "ingest/ingester.h"

#include <random>

#include "parse/fingerprint.h"
#include "parse/report_parser.h"

namespace rollcall::ingest {

Ingester::Ingester(storage::Stores& stores, const Clock& clock, const IngesterOptions& options,
                   metrics::Registry& registry)
    : stores_(stores),
      seed_(uint64_t{std::random_device()()} << 32 | std::random_device()()),
      counters_(registry),
      committer_(stores, clock, options.source_cache_bytes, recent_, counters_, registry) {}

void Ingester::Ingest(FleetRef fleet, SourceId id, std::string body,
                      std::optional<UnixSeconds> time, Done done) {
  PreparedReport report{.fleet = fleet,
                        .id = std::move(id),
                        .id_hash = {},
                        .time = time,
                        .fingerprint = FingerprintLines(body, seed_),
                        .body = {},
                        .is_parsed = false,
                        .parsed = {},
                        .label_hashes = {},
                        .done = std::move(done)};
  report.id_hash = IdHashOf(fleet, report.id);
  if (recent_.Has(report.id_hash, report.fingerprint)) {
    report.body = std::move(body);
  } else {
    if (Status status = ParseReport(body, report.parsed); !status.ok()) {
      counters_.refused.Add();
      report.done(status);
      return;
    }
    report.is_parsed = true;
    report.label_hashes.reserve(report.parsed.samples.size());
    for (const ParsedReport::Sample& sample : report.parsed.samples) {
      report.label_hashes.push_back(stores_.labels().HashOf(report.parsed.LabelSet(sample)));
    }
  }
  committer_.Enqueue(std::move(report));
}

}  // namespace rollcall::ingest
