#include "api/trend_handler.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/csv_writer.h"
#include "api/trend_params.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSteps[] = {"month", "day"};
constexpr uint32_t kMostTrendMonths = 120;
constexpr uint32_t kMostDays = 400;
constexpr uint32_t kUsualTrendMonths = 12;
constexpr uint32_t kUsualDays = 30;
constexpr unsigned kMostTopSeries = 100;
constexpr unsigned kUsualTopSeries = 10;

// Fills the steps of the request from `from` and `to`, both inclusive; steps of the future are left
// out.
void ReadSteps(DataParams& params, UnixSeconds now, counts::TrendRequest& trend) {
  const bool daily = params.Choice("step", kSteps) == 1;
  trend.kind = daily ? Period::Kind::kDay : Period::Kind::kMonth;
  const auto read = [&](const char* name) -> std::optional<uint32_t> {
    if (daily) {
      const auto day = params.OfDay(name);
      return day ? std::optional(day->number) : std::nullopt;
    }
    const auto month = params.OfMonth(name);
    return month ? std::optional(month->number) : std::nullopt;
  };
  const uint32_t running = daily ? Day::Of(now).number : Month::Of(now).number;
  const uint32_t usual = daily ? kUsualDays : kUsualTrendMonths;
  const uint32_t most = daily ? kMostDays : kMostTrendMonths;
  const std::optional<uint32_t> from = read("from");
  const std::optional<uint32_t> to = read("to");
  trend.last = std::min(to.value_or(running), running);
  trend.first = from.value_or(trend.last + 1 - std::min(usual, trend.last + 1));
  if (from && to && *from > *to) params.Refuse("from is after to");
  if (trend.last >= trend.first && trend.last - trend.first >= most) {
    params.Refuse("from, to: at most " + std::to_string(most) + (daily ? " days" : " months"));
  }
}

// `sizes`: see SizesOf.
Json ValueJson(const counts::TrendValue& value, const std::vector<counts::TrendStep>& steps,
               const Figure* sizes) {
  Json json{{"value", value.value},
            {"sources", Json::array()},
            {"nonzero", Json::array()},
            {"sums", Json::array()}};
  for (size_t i = 0; i < steps.size(); ++i) {
    const ValueTally& tally = value.steps[i];
    json["sources"].push_back(steps[i].known ? Json(tally.sources) : Json());
    json["nonzero"].push_back(steps[i].known ? Json(tally.nonzero) : Json());
    json["sums"].push_back(steps[i].known ? NumberJson(tally.sum) : Json());
    if (sizes == nullptr) continue;
    json[sizes->peak_name].push_back(steps[i].has_sizes ? NumberJson(value.sizes[i]) : Json());
  }
  return json;
}

Json TrendJson(const counts::TrendRequest& request, const counts::Trend& trend) {
  Json json;
  json["fleet"] = request.fleet.name;
  json["metric"] = request.metric;
  json["by"] = request.by.empty() ? Json() : Json(request.by);
  json["step"] = kSteps[request.kind == Period::Kind::kDay ? 1 : 0];
  json["generated_at"] = GeneratedAtJson(trend);
  json["pending"] = trend.pending;
  for (const char* const name : {"steps", "final", "sources", "sums", "peaks"}) {
    json[name] = Json::array();
  }
  for (const counts::TrendStep& step : trend.steps) {
    json["steps"].push_back(StepName(step.period));
    json["final"].push_back(step.final);
    json["sources"].push_back(step.known ? Json(step.tally.sources) : Json());
    json["sums"].push_back(step.known ? NumberJson(step.tally.sum) : Json());
    json["peaks"].push_back(step.known ? NumberJson(step.tally.report_sum) : Json());
  }
  if (request.by.empty()) return json;
  const Figure* const sizes = SizesOf(request);
  json["values"] = Json::array();
  for (const counts::TrendValue& value : trend.values) {
    json["values"].push_back(ValueJson(value, trend.steps, sizes));
  }
  json["other"] = Json();
  if (trend.other) {
    json["other"] = ValueJson(*trend.other, trend.steps, sizes);
    json["other"].erase("value");
    json["other"]["values"] = trend.other_values;
  }
  return json;
}

void AddRow(const counts::Trend& trend, size_t index, const char* kind,
            const counts::TrendValue& value, const Figure* sizes, CsvWriter& csv) {
  const counts::TrendStep& step = trend.steps[index];
  csv.Text(StepName(step.period)).Text(kind).Text(value.value);
  if (step.known) {
    const ValueTally& tally = value.steps[index];
    csv.Number(tally.sources).Number(tally.nonzero).Number(tally.sum);
  } else {
    csv.Nothing().Nothing().Nothing();
  }
  if (sizes != nullptr) step.has_sizes ? csv.Number(value.sizes[index]) : csv.Nothing();
  csv.EndRow();
}

std::string TrendCsv(const counts::TrendRequest& request, const counts::Trend& trend) {
  if (request.by.empty()) {
    CsvWriter csv({"step", "final", "sources", "sum", "peak"});
    for (const counts::TrendStep& step : trend.steps) {
      csv.Text(StepName(step.period)).Text(step.final ? "yes" : "no");
      if (step.known) {
        csv.Number(step.tally.sources).Number(step.tally.sum).Number(step.tally.report_sum);
      } else {
        csv.Nothing().Nothing().Nothing();
      }
      csv.EndRow();
    }
    return csv.Take();
  }
  const Figure* const sizes = SizesOf(request);
  std::vector<std::string_view> columns{"step", "kind", "value", "sources", "nonzero", "sum"};
  if (sizes != nullptr) columns.push_back(sizes->peak_name);
  CsvWriter csv(columns);
  for (size_t i = 0; i < trend.steps.size(); ++i) {
    for (const counts::TrendValue& value : trend.values) {
      AddRow(trend, i, "value", value, sizes, csv);
    }
    if (trend.other) AddRow(trend, i, "other", *trend.other, sizes, csv);
  }
  return csv.Take();
}

void AnswerTrend(const DataServices& services, const http::ApiRequest& request,
                 http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  counts::TrendRequest trend_request{fleet};
  trend_request.stop = request.stop();
  trend_request.metric = params.Text("metric", kMostNameBytes).value_or(fleet.counted_metric);
  trend_request.by = params.Text("by", kMostNameBytes).value_or("");
  ReadSteps(params, services.clock.Now(), trend_request);
  trend_request.top = params.Number("top", 1, kMostTopSeries, kUsualTopSeries);
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const auto trend = ReadTrendOrAnswer("trend", services, trend_request, response);
  if (!trend) return;
  if (wants_csv) return AnswerCsv(request, "trend", TrendCsv(trend_request, *trend), response);
  AnswerJson(request, TrendJson(trend_request, *trend), response);
}

}  // namespace

http::ApiHandler TrendHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerTrend(services, request, response);
  };
}

}  // namespace rollcall::api
