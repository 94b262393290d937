#include "api/fleets_handler.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/csv_writer.h"
#include "api/data_answer.h"
#include "model/label_set.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostMetrics = 500;

struct Metric {
  std::string name;
  int64_t sources = 0;
  std::vector<std::string> labels;
};

struct KnownFleet {
  const Fleet& fleet;
  std::optional<Month> first;
  std::optional<Month> last;
  std::optional<UnixSeconds> generated_at;
  std::vector<Metric> metrics;  // of the last month, most sources first
};

Status ListMetrics(const DataServices& services, const storage::PeriodRows& rows,
                   std::vector<Metric>& metrics) {
  auto listed = rows.List();
  if (!listed.ok()) return listed.status();
  std::sort(listed->begin(), listed->end(),
            [](const auto& a, const auto& b) { return a.sources > b.sources; });
  if (listed->size() > kMostMetrics) listed->resize(kMostMetrics);
  for (auto& metric : *listed) {
    const auto name = services.stores.labels().TextOf({metric.metric.value});
    if (!name.ok()) return name.status();
    metrics.push_back({*name, metric.sources, std::move(metric.labels)});
  }
  std::sort(metrics.begin(), metrics.end(), [](const Metric& a, const Metric& b) {
    return a.sources != b.sources ? a.sources > b.sources : a.name < b.name;
  });
  return Status::Ok();
}

Status Read(const DataServices& services, KnownFleet& known) {
  const auto first = services.tallies.FirstMonth(known.fleet.ref);
  if (!first.ok()) return first.status();
  const auto last =
      services.overviews.LatestMonthWithReports(known.fleet.ref, Month::Of(services.clock.Now()));
  if (!last.ok()) return last.status();
  known.first = *first;
  known.last = *last;
  if (!known.last) return Status::Ok();
  const auto rows =
      services.tallies.Get(known.fleet, Period::Of(Window{*known.last, Span::kMonth}));
  if (!rows.ok()) return rows.status();
  if (!rows->has_value()) return Status::Ok();
  known.generated_at = (*rows)->head().computed_at;
  return ListMetrics(services, **rows, known.metrics);
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json MonthOrNull(const std::optional<Month>& month) {
  return month ? Json(month->ToString()) : Json();
}

Json FleetJson(const KnownFleet& known) {
  const Fleet& fleet = known.fleet;
  Json json;
  json["name"] = fleet.name;
  json["generated_at"] = known.generated_at ? Json(FormatRfc3339(*known.generated_at)) : Json();
  json["first_month"] = MonthOrNull(known.first);
  json["last_month"] = MonthOrNull(known.last);
  json["figures"] = Json::array({{{"name", fleet.counted_name},
                                  {"unit", fleet.counted_unit},
                                  {"metric", fleet.counted_metric},
                                  {"counts", "sources"}}});
  for (const Figure& figure : fleet.figures) {
    Json one{{"name", figure.name},
             {"unit", figure.unit},
             {"metric", figure.metric},
             {"counts", "sum"},
             {"total", figure.total_name},
             {"average", figure.average_name},
             {"peak", TextOrNull(figure.peak_name)}};
    if (!figure.label.empty()) one["matches"] = {{figure.label, figure.label_value}};
    json["figures"].push_back(std::move(one));
  }
  json["breakdowns"] = Json::array();
  for (const Breakdown& breakdown : fleet.breakdowns) {
    json["breakdowns"].push_back(
        {{"name", breakdown.name}, {"metric", breakdown.metric}, {"label", breakdown.label}});
  }
  json["metrics"] = Json::array();
  for (const Metric& metric : known.metrics) {
    json["metrics"].push_back(
        {{"name", metric.name}, {"sources", metric.sources}, {"labels", metric.labels}});
  }
  return json;
}

// A line for each label of a metric; for a metric without labels one with no label.
std::string Csv(const std::vector<KnownFleet>& fleets) {
  CsvWriter csv({"fleet", "metric", "label", "sources"});
  for (const KnownFleet& known : fleets) {
    for (const Metric& metric : known.metrics) {
      for (size_t i = 0; i < std::max<size_t>(metric.labels.size(), 1); ++i) {
        csv.Text(known.fleet.name).Text(metric.name);
        csv.Text(metric.labels.empty() ? "" : metric.labels[i]).Number(metric.sources).EndRow();
      }
    }
  }
  return csv.Take();
}

void Answer(const DataServices& services, const http::ApiRequest& request,
            http::HttpResponse& response) {
  DataParams params(request);
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  std::vector<KnownFleet> fleets;
  for (const Fleet& fleet : AllFleets()) {
    KnownFleet& known = fleets.emplace_back(KnownFleet{fleet, {}, {}, {}, {}});
    if (const Status status = Read(services, known); !status.ok()) {
      return AnswerFailure("fleets", status, response);
    }
  }
  if (wants_csv) return AnswerCsv(request, "fleets", Csv(fleets), response);
  Json json;
  json["fleets"] = Json::array();
  for (const KnownFleet& known : fleets) json["fleets"].push_back(FleetJson(known));
  AnswerJson(request, json, response);
}

}  // namespace

http::ApiHandler FleetsHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(services, request, response);
  };
}

}  // namespace rollcall::api
