#include "api/trend_params.h"

#include <nlohmann/json.hpp>

namespace rollcall::api {

std::optional<counts::Trend> ReadTrendOrAnswer(const char* what, const DataServices& services,
                                               const counts::TrendRequest& request,
                                               http::HttpResponse& response) {
  auto trend = counts::ReadTrend(services.stores, services.tallies, request);
  if (!trend.ok()) {
    AnswerFailure(what, trend.status(), response);
    return std::nullopt;
  }
  if (!trend->has_value()) {
    AnswerProblem(400,
                  {"metric: nobody ever reported it; /api/v1/fleets lists those there are", {}},
                  response);
    return std::nullopt;
  }
  if (!(*trend)->known_labels.empty()) {
    AnswerProblem(400, {"by: the metric has no such label then", (*trend)->known_labels}, response);
    return std::nullopt;
  }
  return std::move(**trend);
}

std::string StepName(Period period) {
  return period.is_day() ? Day{period.last}.ToString() : period.last_month().ToString();
}

nlohmann::ordered_json GeneratedAtJson(const counts::Trend& trend) {
  if (trend.generated_at == UnixSeconds()) return nullptr;
  return FormatRfc3339(trend.generated_at);
}

}  // namespace rollcall::api
