// The parser of a public report: from its body to a ParsedReport. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/label_set.h"
#include "model/report.h"
#include "parse/report_bounds.h"

namespace rollcall {

// The largest body, inclusive: positions in the arena of a report are 32 bits. The front caps
// bodies far below this; it only keeps the numbers safe should that cap be raised.
inline constexpr size_t kMaxReportBytes = size_t{1} << 30;

// What of a text is not part of the report.
struct TextRules {
  std::string_view id_label;  // dropped: it would name the source
  // Drops the undeclared labels of a series, or the series: then returns false. Null: nothing is
  // dropped.
  std::function<bool(std::string_view metric, std::vector<Label>& labels)> keep = nullptr;
};

// Reads Prometheus' text format (text_parser.h) into `out`, in place of what was there, under the
// rules of ingest: drops what `rules` say, labels without a value and NaN samples; of a label
// given twice the last one counts, of a series given twice the largest value; timestamps are
// checked and ignored. A body without samples makes an empty report. On failure `out` is empty.
//
// InvalidArgument: the body is larger than kMaxReportBytes, or a line is bad; then the message is
// `line N: reason`.
//
// FailedPrecondition: the report exceeds one of `bounds`, which `exceeded` names; nothing was kept
// of what is beyond it.
//
// `hash_seed` is the seed of the samples' hashes. Series with equal hashes are one series, here as
// in the label dictionary, so the seed must be unknown to the outside: with it, colliding series
// could be made on purpose.
Status ParseReport(std::string_view body, const TextRules& rules, uint64_t hash_seed,
                   const ReportBounds& bounds, ParsedReport& out, ReportBound& exceeded);
// The same without bounds: a report may be as large as its body.
Status ParseReport(std::string_view body, std::string_view id_label, uint64_t hash_seed,
                   ParsedReport& out);

}  // namespace rollcall
