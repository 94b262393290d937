// The parameters of the Prometheus API's routes. Pure functions; any thread.
//
// Times are Unix milliseconds. An error's message is the whole `error` of the answer, which is
// `bad_data`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "http/server/api_request.h"
#include "query/promql/matcher.h"
#include "query/promql/value.h"

namespace rollcall::api {

// The most steps of a range query, inclusive: Prometheus' own bound.
inline constexpr int64_t kMaxPoints = 11'000;

// Return the parameter `name`; where it is not given or empty, `otherwise`. A time is decimal Unix
// seconds or RFC 3339; a duration is decimal seconds or as PromQL writes it, and not negative.
Result<int64_t> TimeParam(const http::ApiRequest& request, const char* name, int64_t otherwise);
Result<std::optional<int64_t>> DurationParam(const http::ApiRequest& request, const char* name);
// Returns the parameter `limit`; 0 where there is none.
Result<uint64_t> LimitParam(const http::ApiRequest& request, const char* name = "limit");

// Reads `time`, or `start`, `end` and `step`, all of which a range query must have.
Result<promql::Steps> InstantParams(const http::ApiRequest& request, int64_t now);
Result<promql::Steps> RangeParams(const http::ApiRequest& request);

// What labels and series are asked of: start and end, both inclusive, and selectors.
struct LabelParams {
  int64_t start = 0;
  int64_t end = 0;
  std::vector<std::vector<promql::Matcher>> selectors;  // any of them; none: all series
  uint64_t limit = 0;                                   // 0: none
};
// Where start and end are not given, all that is stored is meant.
Result<LabelParams> ReadLabelParams(const http::ApiRequest& request);

}  // namespace rollcall::api
