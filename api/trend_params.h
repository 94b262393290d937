// What the handlers of trends and breakdowns share: the bound of names, the reading of a trend with
// the answers to requests that have none, and parts of their JSON. Any thread.
#pragma once

#include "api/data_answer.h"
#include "api/data_services.h"
#include "counts/trend.h"

namespace rollcall::api {

// The longest name of a metric or label that a request may give, in bytes, inclusive; far above
// what reports may contain by default.
inline constexpr size_t kMostNameBytes = 1'024;

// Returns the trend. Where it cannot be read, or nobody ever reported its metric or label, answers
// 503 or 400 and returns nullopt. `what` is for the log.
std::optional<counts::Trend> ReadTrendOrAnswer(const char* what, const DataServices& services,
                                               const counts::TrendRequest& request,
                                               http::HttpResponse& response);

// Returns a step's name: its month, "2026-03", or its day, "2026-03-07".
std::string StepName(Period period);

// Returns when the newest of the counts were computed; null where none are known.
nlohmann::ordered_json GeneratedAtJson(const counts::Trend& trend);

}  // namespace rollcall::api
