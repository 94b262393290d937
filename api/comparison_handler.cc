#include "api/comparison_handler.h"

#include <nlohmann/json.hpp>

#include "api/compared_figures.h"
#include "api/csv_writer.h"
#include "api/data_answer.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kPeriodNames[] = {"month", "quarter", "year"};

std::string LabelOf(const Window& window) {
  const std::string last = window.last.Label();
  return window.span == Span::kMonth ? last : window.first().Label() + " — " + last;
}

double ToDouble(FigureNumber number) {
  return static_cast<double>(number.units) / (number.in_tenths ? 10.0 : 1.0);
}

Json ToJson(const std::optional<FigureNumber>& number) {
  if (!number) return Json();
  return number->in_tenths ? Json(ToDouble(*number)) : Json(number->units);
}

Json PeriodJson(const Fleet& fleet, const counts::Comparison& comparison, Span span) {
  const Overview& overview = comparison.overview;
  const Window window{overview.month, span};
  const Window before{overview.month.Plus(-MonthsOf(span)), span};
  const auto index = static_cast<size_t>(span);
  const bool is_month = span == Span::kMonth;
  Json json;
  json["label"] = LabelOf(window);
  json["start"] = window.first().FirstDay().ToString();
  json["end"] = (is_month ? window.last.LastDay() : overview.last_day).ToString();
  json["before"] = comparison.before[index] ? Json(LabelOf(before)) : Json();
  for (const ComparedFigure& figure : CompareFigures(fleet, comparison, span)) {
    json["figures"][figure.name] = {{"value", ToJson(figure.value)},
                                    {"before", ToJson(figure.before)},
                                    {"change", ToJson(figure.Change())},
                                    {"percent", ToJson(figure.Percent())}};
  }
  const counts::SourceMoves& moves = comparison.moves[index];
  json["new"] = moves.new_sources;
  json["returned"] = moves.returned;
  json["gone"] = moves.gone;
  return json;
}

Json ComparisonJson(const Fleet& fleet, const counts::Comparison& comparison) {
  const Overview& overview = comparison.overview;
  Json json;
  json["fleet"] = fleet.name;
  json["month"] = overview.month.ToString();
  json["final"] = overview.is_final;
  json["generated_at"] = FormatRfc3339(overview.generated_at);
  for (const Span span : kSpans) {
    json["periods"][kPeriodNames[static_cast<size_t>(span)]] = PeriodJson(fleet, comparison, span);
  }
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    Json totals = Json::object();
    for (const auto& [name, total] : overview.breakdowns[i]) totals[name] = total;
    json["breakdowns"][fleet.breakdowns[i].name] = std::move(totals);
  }
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

std::string Csv(const Fleet& fleet, const counts::Comparison& comparison) {
  CsvWriter csv({"month", "period", "figure", "value", "before", "change", "percent"});
  for (const Span span : kSpans) {
    const char* const period = kPeriodNames[static_cast<size_t>(span)];
    const std::string month = comparison.overview.month.ToString();
    for (const ComparedFigure& figure : CompareFigures(fleet, comparison, span)) {
      csv.Text(month).Text(period).Text(figure.name);
      AddNumber(figure.value, csv);
      AddNumber(figure.before, csv);
      AddNumber(figure.Change(), csv);
      AddNumber(figure.Percent(), csv);
      csv.EndRow();
    }
    const counts::SourceMoves& moves = comparison.moves[static_cast<size_t>(span)];
    const std::pair<const char*, int64_t> named[] = {
        {"new", moves.new_sources}, {"returned", moves.returned}, {"gone", moves.gone}};
    for (const auto& [name, number] : named) {
      csv.Text(month).Text(period).Text(name).Number(number);
      csv.Nothing().Nothing().Nothing().EndRow();
    }
  }
  return csv.Take();
}

void Answer(const DataServices& services, const http::ApiRequest& request,
            http::HttpResponse& response) {
  DataParams params(request);
  const Fleet& fleet = params.OfFleet();
  const Month month = params.OfMonth("month").value_or(Month::Of(services.clock.Now()));
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  const auto comparison = services.comparisons.Read(fleet, month);
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
    Answer(services, request, response);
  };
}

}  // namespace rollcall::api
