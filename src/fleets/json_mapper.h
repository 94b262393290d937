// The mapper from a JSON body to a report, by the mapping of a fleet. Immutable once made; any
// number of threads may map with it, each with its own JsonCapture.
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
  // The most items that all `each` of a mapping may visit in one body, per series that a report may
  // have. Inclusive.
  static constexpr size_t kItemsForASeries = 10;

  // InvalidArgument: a pattern is not valid RE2, or a reference names an `each` that does
  // not exist.
  static Result<JsonMapper> Make(const JsonMapping& mapping);

  // Sets `out` to the report that the body makes. A rule makes no series where it does not find
  // what it needs; if a series is made twice, the largest value counts.
  //
  // InvalidArgument: the body is not JSON, has a name twice that the mapping needs, or has no valid
  // id; the message is "byte N: why", or says which id is missing. FailedPrecondition: the report
  // exceeds a bound; `exceeded` says which. On failure `out` has no id and no series; its
  // undeclared fields are those found so far.
  //
  // `hash_seed` as in parse/report_parser.h. `capture` is working memory.
  Status Map(std::string_view body, uint64_t hash_seed, const ReportBounds& bounds,
             JsonCapture& capture, MappedReport& out, ReportBound& exceeded) const;

 private:
  explicit JsonMapper(JsonPlan plan) : plan_(std::move(plan)) {}

  JsonPlan plan_;
};

}  // namespace rollcall::fleets
