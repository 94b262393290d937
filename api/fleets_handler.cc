#include "api/fleets_handler.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "api/csv_writer.h"
#include "api/data_answer.h"
#include "api/declaration_json.h"
#include "model/label_set.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

// A stranger may make up more.
constexpr size_t kMostMetrics = 500;  // of a period
constexpr size_t kMostLabels = 100;   // of a metric

struct Metric {
  std::string name;
  int64_t sources = 0;
  std::vector<std::string> labels;
};

// The window whose metrics are listed; without a month what was reported of late.
struct AskedFleets {
  std::optional<Month> month;
  Span span;
};

struct KnownFleet {
  const fleets::DeclaredFleet& declared;
  std::optional<Month> first;
  std::optional<Month> last;
  std::optional<UnixSeconds> generated_at;
  std::vector<Metric> metrics;  // of the window that is asked for, most sources first
};

// Adds the metrics of a period to those that are there: labels of both, and of the sources the
// most.
Status AddMetrics(const DataServices& services, const storage::PeriodRows& rows,
                  std::map<std::string, Metric>& metrics) {
  auto listed = rows.List();
  if (!listed.ok()) return listed.status();
  std::sort(listed->begin(), listed->end(),
            [](const auto& a, const auto& b) { return a.sources > b.sources; });
  if (listed->size() > kMostMetrics) listed->resize(kMostMetrics);
  for (const auto& one : *listed) {
    const auto name = services.stores.labels().TextOf({one.metric.value});
    if (!name.ok()) return name.status();
    Metric& metric = metrics.try_emplace(*name, Metric{*name, 0, {}}).first->second;
    metric.sources = std::max(metric.sources, one.sources);
    std::vector<std::string> labels;
    std::set_union(metric.labels.begin(), metric.labels.end(), one.labels.begin(), one.labels.end(),
                   std::back_inserter(labels));
    if (labels.size() > kMostLabels) labels.resize(kMostLabels);
    metric.labels = std::move(labels);
  }
  return Status::Ok();
}

// The window that is asked for or, where none is, the last month, and the one before it while the
// last still runs: on its first day hardly anybody has reported, and the last 30 days reach back.
// Oldest first: what is closed may be stored by this, and what runs is counted after that.
std::vector<Period> PeriodsOf(const DataServices& services, const AskedFleets& asked, Month last) {
  if (asked.month) return {Period::Of(Window{*asked.month, asked.span})};
  const Period latest = Period::Of(Window{last, Span::kMonth});
  if (services.tallies.IsClosed(latest)) return {latest};
  return {Period::Of(Window{last.Plus(-1), Span::kMonth}), latest};
}

Status Read(const DataServices& services, const AskedFleets& asked, KnownFleet& known) {
  const auto first = services.tallies.FirstMonth(known.declared.fleet().ref);
  if (!first.ok()) return first.status();
  const auto last = services.overviews.LatestMonthWithReports(known.declared.fleet().ref,
                                                              Month::Of(services.clock.Now()));
  if (!last.ok()) return last.status();
  known.first = *first;
  known.last = *last;
  if (!known.last) return Status::Ok();
  std::map<std::string, Metric> metrics;
  for (const Period period : PeriodsOf(services, asked, *known.last)) {
    const auto rows = services.tallies.Get(known.declared.fleet(), period);
    if (!rows.ok()) return rows.status();
    if (!rows->has_value()) continue;
    known.generated_at = (*rows)->head().computed_at;
    if (const Status status = AddMetrics(services, **rows, metrics); !status.ok()) return status;
  }
  for (auto& [name, metric] : metrics) known.metrics.push_back(std::move(metric));
  std::stable_sort(known.metrics.begin(), known.metrics.end(),
                   [](const Metric& a, const Metric& b) { return a.sources > b.sources; });
  return Status::Ok();
}

Json MonthOrNull(const std::optional<Month>& month) {
  return month ? Json(month->ToString()) : Json();
}

Json FleetJson(const KnownFleet& known) {
  const Fleet& fleet = known.declared.fleet();
  Json json;
  json["name"] = fleet.name;
  json.update(DeclarationJson(known.declared.declaration()));
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
        csv.Text(known.declared.fleet().name).Text(metric.name);
        csv.Text(metric.labels.empty() ? "" : metric.labels[i]).Number(metric.sources).EndRow();
      }
    }
  }
  return csv.Take();
}

void AnswerFleets(const DataServices& services, const http::ApiRequest& request,
                  http::HttpResponse& response) {
  DataParams params(request, services.catalog.current());
  const AskedFleets asked{params.OfMonth("month"), params.OfSpan()};
  if (asked.month && *asked.month > Month::Of(services.clock.Now()))
    params.Refuse("month: it has not begun");
  const bool wants_csv = params.WantsCsv();
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  std::vector<KnownFleet> fleets;
  for (const auto& declared : services.catalog.current().all()) {
    KnownFleet& known = fleets.emplace_back(KnownFleet{*declared, {}, {}, {}, {}});
    if (const Status status = Read(services, asked, known); !status.ok()) {
      return AnswerFailure("fleets", status, response);
    }
  }
  if (wants_csv) return AnswerCsv(request, "fleets", Csv(fleets), response);
  Json json;
  json["stores"] = services.stores_reports;
  json["fleets"] = Json::array();
  for (const KnownFleet& known : fleets) json["fleets"].push_back(FleetJson(known));
  AnswerJson(request, json, response);
}

}  // namespace

http::ApiHandler FleetsHandler(const DataServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerFleets(services, request, response);
  };
}

}  // namespace rollcall::api
