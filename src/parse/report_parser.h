// From the body of a public report to a ParsedReport. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/status.h"
#include "model/report.h"
#include "parse/report_bounds.h"

namespace rollcall {

// The largest body, inclusive: positions in a report's arena are 32 bits. The front's cap on bodies
// is far below; this one only keeps the numbers safe should somebody raise that.
inline constexpr size_t kMaxReportBytes = size_t{1} << 30;

// Reads Prometheus' text format (text_parser.h) under the rules of ingest: `cluster_id` labels are
// dropped, as are labels without a value and NaN samples; of a label given twice the last counts,
// of a series given twice the largest value; timestamps are checked and ignored. A body without
// samples makes an empty report.
//
// InvalidArgument: the body is larger than kMaxReportBytes, or a line is bad; then the message is
// `line N: reason`. On failure `out` is left cleared, otherwise what it held before is replaced.
//
// FailedPrecondition: the report exceeds one of `bounds`, which `exceeded` names; nothing was kept
// for what is beyond it. Without bounds a report may be as large as its body.
//
// `hash_seed`: of the samples' hashes. Series whose hashes are equal are one series here as they
// are in the label dictionary, so it must be known to nobody outside: two that meet could be
// prepared.
Status ParseReport(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
                   ParsedReport& out, ReportBound& exceeded);
Status ParseReport(std::string_view body, uint64_t hash_seed, ParsedReport& out);

}  // namespace rollcall
