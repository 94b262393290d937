#include "api/overview_handler.h"

#include <charconv>

#include "api/fleet_param.h"
#include "api/overview_json.h"
#include "base/log.h"

namespace rollcall::api {
namespace {

// A whole number in decimal, with or without a sign, within bounds (inclusive).
std::optional<int> ParseWithin(std::string_view text, int least, int most) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

void AnswerError(int status, const std::string& message, http::HttpResponse& response) {
  response.status = status;
  response.body = ErrorJson(message);
}

void Answer(const fleets::FleetSet& fleets, OverviewSource& overviews, const char* failure,
            const http::ApiRequest& request, http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  const std::optional<std::string> year_text = request.Param("year");
  const std::optional<std::string> month_text = request.Param("month");
  if (!year_text || year_text->empty() || !month_text || month_text->empty()) {
    return AnswerError(400, "year and month query parameters are required", response);
  }
  const std::optional<int> year = ParseWithin(*year_text, kFirstOverviewYear, kLastOverviewYear);
  if (!year) return AnswerError(400, "invalid year parameter", response);
  const std::optional<int> month = ParseWithin(*month_text, 1, 12);
  if (!month) return AnswerError(400, "invalid month parameter", response);

  const Result<const Fleet*> fleet = FleetOf(fleets, request);
  if (!fleet.ok()) return AnswerError(400, fleet.status().message(), response);
  const auto overview = overviews.Read(
      **fleet, Month::FromYearMonth(*year, static_cast<unsigned>(*month)), request.stop());
  if (!overview.ok()) {
    log::Error("overview {}-{:02}: {}", *year, *month, overview.status().message());
    response.headers.push_back({"Retry-After", "10"});
    return AnswerError(503, failure, response);
  }
  if (!overview->has_value()) return AnswerError(503, "no telemetry data available", response);
  response.body = OverviewJson(**fleet, **overview);
}

}  // namespace

http::ApiHandler OverviewHandler(const fleets::Catalog& catalog, OverviewSource& overviews,
                                 const char* failure) {
  return [&catalog, &overviews, failure](const http::ApiRequest& request,
                                         http::HttpResponse& response) {
    Answer(catalog.current(), overviews, failure, request, response);
  };
}

}  // namespace rollcall::api
