#include "api/breakdown_handler.h"

#include <nlohmann/json.hpp>

#include "api/csv_writer.h"
#include "api/period_params.h"
#include "api/trend_params.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kMostTopValues = 1'000;  // all that is kept

Json TallyJson(const ValueTally& tally) {
  return {{"sources", tally.sources}, {"nonzero", tally.nonzero}, {"sum", NumberJson(tally.sum)}};
}

Json BreakdownJson(const counts::TrendRequest& request, const counts::Trend& trend) {
  const counts::TrendStep& period = trend.steps.front();
  Json json;
  json["fleet"] = request.fleet.name;
  json["metric"] = request.metric;
  json["by"] = request.by;
  AddPeriodJson(period.period, json);
  json["final"] = period.final;
  json["generated_at"] = GeneratedAtJson(trend);
  json["sources"] = period.tally.sources;
  json["sum"] = NumberJson(period.tally.sum);
  json["peak"] = NumberJson(period.tally.report_sum);
  const Figure* const sizes = SizesOf(request);
  const auto add = [&](const counts::TrendValue& value, Json& one) {
    one.update(TallyJson(value.steps.front()));
    if (sizes == nullptr) return;
    one[sizes->peak_name] = period.has_sizes ? NumberJson(value.sizes.front()) : Json();
  };
  json["values"] = Json::array();
  for (const counts::TrendValue& value : trend.values) {
    add(value, json["values"].emplace_back(Json{{"value", value.value}}));
  }
  json["other"] = Json();
  if (trend.other) {
    json["other"] = {{"values", trend.other_values}};
    add(*trend.other, json["other"]);
  }
  return json;
}

std::string BreakdownCsv(const counts::TrendRequest& request, const counts::Trend& trend) {
  const Period period = trend.steps.front().period;
  const Figure* const sizes = SizesOf(request);
  std::vector<std::string_view> columns{"month",   "periods", "kind", "value",
                                        "sources", "nonzero", "sum"};
  if (sizes != nullptr) columns.push_back(sizes->peak_name);
  CsvWriter csv(columns);
  const auto add = [&](const char* kind, const counts::TrendValue& value) {
    const ValueTally& tally = value.steps.front();
    if (period.is_window()) {
      csv.Text(period.last_month().ToString()).Number(int64_t{period.months()});
    } else {
      csv.Nothing().Nothing();
    }
    csv.Text(kind).Text(value.value);
    csv.Number(tally.sources).Number(tally.nonzero).Number(tally.sum);
    if (sizes != nullptr) {
      trend.steps.front().has_sizes ? csv.Number(value.sizes.front()) : csv.Nothing();
    }
    csv.EndRow();
  };
  for (const counts::TrendValue& value : trend.values) add("value", value);
  if (trend.other) add("other", *trend.other);
  return csv.Take();
}

void AnswerBreakdown(const DataServices& services, const http::ApiRequest& request,
                     http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  const Breakdown usual =
      fleet.breakdowns.empty() ? Breakdown{fleet.counted_metric, "", ""} : fleet.breakdowns.front();
  counts::TrendRequest breakdown{fleet};
  breakdown.stop = request.stop();
  const auto metric = params.Text("metric", kMostNameBytes);
  const auto by = params.Text("by", kMostNameBytes);
  breakdown.metric = metric.value_or(usual.metric);
  breakdown.by = by.value_or(metric ? "" : usual.label);
  if (breakdown.by.empty()) params.Refuse("by: want the name of one of the metric's labels");
  const AskedPeriod asked = ReadPeriod(services.clock, params);
  breakdown.top = params.Number("top", 1, kMostTopValues, kMostTopValues);
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const Result<Period> period = ResolvePeriod(services, fleet, asked);
  if (!period.ok()) return AnswerFailure("breakdown", period.status(), response);
  breakdown.kind = period->kind;
  breakdown.first = breakdown.last = period->last;
  const auto trend = ReadTrendOrAnswer("breakdown", services, breakdown, response);
  if (!trend) return;
  if (wants_csv) return AnswerCsv(request, "breakdown", BreakdownCsv(breakdown, *trend), response);
  AnswerJson(request, BreakdownJson(breakdown, *trend), response);
}

}  // namespace

http::ApiHandler BreakdownHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerBreakdown(services, request, response);
  };
}

}  // namespace rollcall::api
