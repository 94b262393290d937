#include "parse/body_format.h"

#include "parse/fingerprint.h"
#include "parse/report_parser.h"

namespace rollcall {

Status TextFormat::Read(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                        std::optional<SourceId>&, ParsedReport& report,
                        ReportBound& exceeded) const {
  return ParseReport(body, TextRules{.id_label = id_label_}, hash_seed, bounds, report, exceeded);
}

Hash128 TextFormat::HashOf(std::string_view body, uint64_t seed) const {
  return FingerprintLines(body, seed);
}

}  // namespace rollcall
