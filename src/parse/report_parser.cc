#include "parse/report_parser.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "parse/report_builder.h"
#include "parse/text_parser.h"

namespace rollcall {
namespace {

constexpr size_t kUsualLineBytes = 48;

// Returns false if the sample, or the report with it, exceeds a bound; then nothing is added.
bool AddSample(TextParser& parser, const TextRules& rules, ReportBuilder& builder) {
  if (std::isnan(parser.value())) return true;
  std::vector<Label>& labels = parser.labels();
  std::erase_if(labels, [&](const Label& label) { return label.name == rules.id_label; });
  if (rules.keep && !rules.keep(parser.metric(), labels)) return true;
  return builder.Add(parser.metric(), labels, parser.value());
}

}  // namespace

Status ParseReport(std::string_view body, const TextRules& rules, uint64_t hash_seed,
                   const ReportBounds& bounds, ParsedReport& out, ReportBound& exceeded) {
  out.Clear();
  if (body.size() > kMaxReportBytes) {
    return Status::InvalidArgument("parse report: the body has " + std::to_string(body.size()) +
                                   " bytes, at most " + std::to_string(kMaxReportBytes) +
                                   " are allowed");
  }
  // The memory that an ordinary body needs.
  out.arena.reserve(body.size());
  out.samples.reserve(std::min(body.size() / kUsualLineBytes, bounds.series));
  TextParser parser(body);
  ReportBuilder builder(hash_seed, bounds, out);
  for (;;) {
    switch (parser.Next()) {
      case TextParser::Event::kSample:
        if (AddSample(parser, rules, builder)) break;
        out.Clear();
        exceeded = builder.exceeded();
        return TooLarge(exceeded, bounds).WithContext("line " + std::to_string(parser.line()));
      case TextParser::Event::kError:
        out.Clear();
        return Status::InvalidArgument("line " + std::to_string(parser.line()) + ": " +
                                       parser.reason());
      case TextParser::Event::kEnd:
        out.has_multiline_value = parser.any_spans_lines();
        return Status::Ok();
    }
  }
}

Status ParseReport(std::string_view body, std::string_view id_label, uint64_t hash_seed,
                   ParsedReport& out) {
  ReportBound exceeded{};
  return ParseReport(body, TextRules{.id_label = id_label}, hash_seed, kNoReportBounds, out,
                     exceeded);
}

}  // namespace rollcall
