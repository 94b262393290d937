#include "api/overview_json.h"

#include <nlohmann/json.hpp>

#include "api/data_answer.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

Json PeriodJson(const Fleet& fleet, const Overview& overview, Span span) {
  const Window window{overview.month, span};
  const PeriodCounts& counts = overview.periods[static_cast<size_t>(span)];
  const bool is_month = span == Span::kMonth;
  Json json;
  json["label"] =
      is_month ? window.last.Label() : window.first().Label() + " — " + window.last.Label();
  json["start"] = window.first().FirstDay().ToString();
  json["end"] = (is_month ? window.last.LastDay() : overview.last_day).ToString();
  json[fleet.counted_name] = counts.sources;
  for (size_t i = 0; i < fleet.figures.size(); ++i) {
    json[fleet.figures[i].total_name] = counts.figures[i].total;
    json[fleet.figures[i].average_name] = counts.figures[i].average;
  }
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    const std::string& name = fleet.breakdowns[i].name;
    json[name] = TotalsJson(overview.breakdowns[i]);
    // The contract's field has no room for what has no name.
    const BreakdownRest rest = overview.RestOf(i);
    if (rest.values > 0) json["other_" + name] = {{"values", rest.values}, {"total", rest.total}};
  }
  return json;
}

}  // namespace

std::string OverviewJson(const Fleet& fleet, const Overview& overview) {
  Json json;
  json["generated_at"] = FormatRfc3339(overview.generated_at);
  for (const Span span : kSpans) {
    json["periods"][kSpanNames[static_cast<size_t>(span)]] = PeriodJson(fleet, overview, span);
  }
  return DumpJson(json);
}

std::string ErrorJson(const std::string& message) { return DumpJson(Json{{"error", message}}); }

}  // namespace rollcall::api
