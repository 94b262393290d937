#include "api/comparison_handler.h"

#include <nlohmann/json.hpp>

#include "api/compared_figures.h"
#include "api/csv_writer.h"
#include "api/data_answer.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

std::string LabelOf(Period period) {
  const std::string last = period.last_month().Label();
  return period.months() == 1 ? last : period.first_month().Label() + " — " + last;
}

double ToDouble(FigureNumber number) {
  return static_cast<double>(number.units) / (number.in_tenths ? 10.0 : 1.0);
}

Json ToJson(const std::optional<FigureNumber>& number) {
  if (!number) return Json();
  return number->in_tenths ? Json(ToDouble(*number)) : Json(number->units);
}

// What periods of all kinds have; the caller has put the labels in front.
void AddCompared(const Fleet& fleet, const counts::ComparedPeriod& period, Json& json) {
  const bool has_before = period.before.has_value();
  json["before_start"] = has_before ? Json(period.before_period.first_day().ToString()) : Json();
  json["before_end"] = has_before ? Json(period.before_period.last_day().ToString()) : Json();
  json["compared"] = has_before ? Json(period.runs ? "same days" : "whole") : Json();
  for (const ComparedFigure& figure : CompareFigures(fleet, period)) {
    json["figures"][figure.name] = {{"value", ToJson(figure.value)},
                                    {"before", ToJson(figure.before)},
                                    {"change", ToJson(figure.Change())},
                                    {"percent", ToJson(figure.Percent())}};
  }
  json["new"] = period.moves.new_sources;
  json["returned"] = period.moves.returned;
  // Nobody is gone before the period has ended.
  json["gone"] = period.runs ? Json() : Json(period.moves.gone);
}

Json WindowJson(const Fleet& fleet, const counts::ComparedPeriod& period) {
  const bool is_month = period.period.months() == 1;
  Json json;
  json["label"] = LabelOf(period.period);
  json["start"] = period.period.first_day().ToString();
  json["end"] = (is_month ? period.period.last_day() : period.last_day).ToString();
  json["before"] = period.before ? Json(LabelOf(period.before_period)) : Json();
  json["months"] = period.known.all;
  json["known_months"] = period.known.known;
  json["before_known_months"] = period.before_known.known;
  AddCompared(fleet, period, json);
  return json;
}

Json Last30DaysJson(const Fleet& fleet, const counts::ComparedPeriod& period) {
  Json json;
  json["label"] = "Last 30 days";
  json["start"] = period.period.first_day().ToString();
  json["end"] = period.last_day.ToString();
  json["before"] = period.before ? Json("30 days before") : Json();
  json["days"] = period.known.all;
  json["known_days"] = period.known.known;
  json["before_known_days"] = period.before_known.known;
  AddCompared(fleet, period, json);
  return json;
}

void AddBreakdowns(const Fleet& fleet, const std::vector<BreakdownTotals>& breakdowns,
                   const std::vector<BreakdownRest>& rests, Json& json) {
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    json["breakdowns"][fleet.breakdowns[i].name] = TotalsJson(breakdowns[i]);
    Json& other = json["other"][fleet.breakdowns[i].name];
    if (rests[i].values > 0) other = {{"values", rests[i].values}, {"total", rests[i].total}};
  }
}

Json ComparisonJson(const Fleet& fleet, const counts::Comparison& comparison) {
  Json json;
  json["fleet"] = fleet.name;
  json["period"] = Json();
  json["month"] = comparison.month.ToString();
  json["final"] = comparison.is_final;
  json["generated_at"] = FormatRfc3339(comparison.generated_at);
  for (const Span span : kSpans) {
    const auto index = static_cast<size_t>(span);
    json["periods"][kSpanNames[index]] = WindowJson(fleet, comparison.periods[index]);
  }
  AddBreakdowns(fleet, comparison.breakdowns, comparison.rests, json);
  return json;
}

Json Last30DaysJson(const Fleet& fleet, const counts::Last30Days& last) {
  Json json;
  json["fleet"] = fleet.name;
  json["period"] = kLast30Days;
  json["month"] = Json();
  json["final"] = false;
  json["generated_at"] = FormatRfc3339(last.generated_at);
  json["periods"][kLast30Days] = Last30DaysJson(fleet, last.period);
  AddBreakdowns(fleet, last.breakdowns, last.rests, json);
  return json;
}

void AddNumber(const std::optional<FigureNumber>& number, CsvWriter& csv) {
  if (!number) {
    csv.Nothing();
  } else if (number->in_tenths) {
    csv.Number(ToDouble(*number));
  } else {
    csv.Number(number->units);
  }
}

void AddRows(const Fleet& fleet, const std::string& month, const char* period,
             const counts::ComparedPeriod& compared, CsvWriter& csv) {
  for (const ComparedFigure& figure : CompareFigures(fleet, compared)) {
    csv.Text(month).Text(period).Text(figure.name);
    AddNumber(figure.value, csv);
    AddNumber(figure.before, csv);
    AddNumber(figure.Change(), csv);
    AddNumber(figure.Percent(), csv);
    csv.EndRow();
  }
  const counts::SourceMoves& moves = compared.moves;
  std::vector<std::pair<const char*, int64_t>> named{{"new", moves.new_sources},
                                                     {"returned", moves.returned}};
  if (!compared.runs) named.emplace_back("gone", moves.gone);
  for (const auto& [name, number] : named) {
    csv.Text(month).Text(period).Text(name).Number(number);
    csv.Nothing().Nothing().Nothing().EndRow();
  }
}

CsvWriter NewCsv() {
  return CsvWriter({"month", "period", "figure", "value", "before", "change", "percent"});
}

std::string Csv(const Fleet& fleet, const counts::Comparison& comparison) {
  CsvWriter csv = NewCsv();
  for (const Span span : kSpans) {
    const auto index = static_cast<size_t>(span);
    AddRows(fleet, comparison.month.ToString(), kSpanNames[index], comparison.periods[index], csv);
  }
  return csv.Take();
}

void AnswerLast30Days(const DataServices& services, const Fleet& fleet, bool wants_csv,
                      const http::ApiRequest& request, http::HttpResponse& response) {
  const auto last = services.comparisons.ReadLast30Days(fleet);
  if (!last.ok()) return AnswerFailure("overview", last.status(), response);
  if (!last->has_value()) {
    return AnswerProblem(404, {"nothing was ever reported", {}}, response);
  }
  if (!wants_csv) return AnswerJson(request, Last30DaysJson(fleet, **last), response);
  CsvWriter csv = NewCsv();
  AddRows(fleet, "", kLast30Days, (*last)->period, csv);
  AnswerCsv(request, "overview", csv.Take(), response);
}

void AnswerComparison(const DataServices& services, const http::ApiRequest& request,
                      http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const Fleet& fleet = params.OfFleet();
  const bool last_30_days = params.WantsLast30Days({"month"});
  const Month month = params.OfMonth("month").value_or(Month::Of(services.clock.Now()));
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  if (last_30_days) return AnswerLast30Days(services, fleet, wants_csv, request, response);
  const auto comparison = services.comparisons.Read(fleet, month, request.stop());
  if (!comparison.ok()) return AnswerFailure("overview", comparison.status(), response);
  if (!comparison->has_value()) {
    return AnswerProblem(404, {"nothing was reported in that month or before", {}}, response);
  }
  if (wants_csv) return AnswerCsv(request, "overview", Csv(fleet, **comparison), response);
  AnswerJson(request, ComparisonJson(fleet, **comparison), response);
}

}  // namespace

http::ApiHandler ComparisonHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerComparison(services, request, response);
  };
}

}  // namespace rollcall::api
