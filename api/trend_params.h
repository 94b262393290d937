// What trend and breakdown are asked in common: a metric, a label, how many values; and what they
// answer where there is no such thing.
#pragma once

#include "api/data_answer.h"
#include "api/data_services.h"
#include "counts/trend.h"

namespace rollcall::api {

// Longer names are nobody's.
inline constexpr size_t kMostNameBytes = 1'024;

// Answers 400 or 503 and gives nullopt where the request cannot be answered.
std::optional<counts::Trend> ReadTrendOrAnswer(const char* what, const DataServices& services,
                                               const counts::TrendRequest& request,
                                               http::HttpResponse& response);

// The step's name: "2026-03" or "2026-03-07".
std::string StepName(Period period);

// The time of the counts; null where nothing is known.
nlohmann::ordered_json GeneratedAtJson(const counts::Trend& trend);

}  // namespace rollcall::api
