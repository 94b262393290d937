// From a JSON body to a report, by a fleet's mapping. Immutable once made; any number of threads
// may map with it, each with a JsonCapture of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fleets/json_capture.h"
#include "fleets/json_mapping.h"
#include "fleets/json_plan.h"
#include "fleets/undeclared_fields.h"
#include "model/report.h"
#include "model/source_id.h"
#include "parse/report_bounds.h"

namespace rollcall::fleets {

struct MappedReport {
  std::optional<SourceId> id;
  ParsedReport report;
  UndeclaredFields undeclared;
};

class JsonMapper {
 public:
  // What an `each` may go through in one body, all of them together: so many for each of the series
  // that a report may have. Inclusive.
  static constexpr size_t kItemsForASeries = 10;

  // InvalidArgument: a pattern is none, or a reference names an `each` that is not there.
  static Result<JsonMapper> Make(const JsonMapping& mapping);

  // Replaces `out` by what the body says. What a rule wants and does not find makes no series; of a
  // series that is made twice the largest value counts.
  //
  // InvalidArgument: the body is no JSON, has a name twice where one is wanted, or has no id; the
  // message is "byte N: why", or says which id is missing. FailedPrecondition: more than a report
  // may be; `exceeded` says in what. On failure `out` has no id and no series; its undeclared
  // fields are those up to there.
  //
  // `hash_seed` as in parse/report_parser.h. `capture` is memory to work in.
  Status Map(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
             JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const;

 private:
  explicit JsonMapper(JsonPlan plan) : plan_(std::move(plan)) {}

  JsonPlan plan_;
};

}  // namespace rollcall::fleets
