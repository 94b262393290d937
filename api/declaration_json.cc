#include "api/declaration_json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "api/data_answer.h"
#include "api/example_report.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;
using Show = fleets::Panel::Show;

std::string_view ShowName(Show show) {
  switch (show) {
    case Show::kFigures:
      return "figures";
    case Show::kTrend:
      return "trend";
    case Show::kAdoption:
      return "adoption";
    case Show::kBreakdown:
      return "breakdown";
    case Show::kOther:
      break;
  }
  return "other";
}

Json ReportsJson(const fleets::Declaration& declaration) {
  const bool is_json = declaration.format == fleets::ReportFormat::kJson;
  return {{"format", is_json ? "json" : "prometheus"},
          {"path", declaration.path},
          {"id_header", TextOrNull(declaration.id_header)},
          {"example", TextOrNull(ExampleBody(declaration))},
          {"example_id", TextOrNull(ExampleId(declaration))}};
}

Json DescriptionsJson(const fleets::Declaration& declaration) {
  Json figures = Json::object();
  for (size_t i = 0; i < declaration.fleet.figures.size(); ++i) {
    figures[declaration.fleet.figures[i].name] = TextOrNull(declaration.figure_descriptions[i]);
  }
  Json breakdowns = Json::object();
  for (size_t i = 0; i < declaration.fleet.breakdowns.size(); ++i) {
    const fleets::BreakdownDescription& described = declaration.breakdown_descriptions[i];
    const Breakdown& breakdown = declaration.fleet.breakdowns[i];
    breakdowns[breakdown.name] = {{"description", TextOrNull(described.description)},
                                  {"known_names", breakdown.known_names}};
  }
  Json metrics = Json::object();
  for (const fleets::MetricDescription& metric : declaration.metrics) {
    Json labels = Json::object();
    for (const fleets::LabelDescription& label : metric.labels) {
      labels[label.name] = label.description;
    }
    metrics[metric.name] = {{"description", metric.description}, {"labels", std::move(labels)}};
  }
  return {{"figures", std::move(figures)},
          {"breakdowns", std::move(breakdowns)},
          {"metrics", std::move(metrics)}};
}

Json PanelJson(const fleets::Panel& panel) {
  Json json{{"show", ShowName(panel.show)},
            {"section", TextOrNull(panel.section)},
            {"title", TextOrNull(panel.title)},
            {"note", TextOrNull(panel.note)}};
  if (panel.metric.empty()) return json;
  json["metric"] = panel.metric;
  json["by"] = panel.by;
  json["plain"] = TextOrNull(panel.plain);
  json["sums"] = TextOrNull(panel.sums);
  json["order"] = panel.in_order_of_value ? "value" : "sources";
  json["bar"] = panel.bar_is_sum ? "sum" : "sources";
  json["names"] = Json::object();
  for (const auto& [value, name] : panel.names) json["names"][value] = name;
  json["bytes"] = panel.bytes;
  return json;
}

}  // namespace

Json DeclarationJson(const fleets::Declaration& declaration) {
  Json json;
  json["title"] = declaration.title;
  json["about"] = declaration.about;
  json["links"] = {{"home", TextOrNull(declaration.home_url)},
                   {"source", TextOrNull(declaration.source_url)},
                   {"privacy", TextOrNull(declaration.privacy_url)},
                   {"opt_out", TextOrNull(declaration.opt_out_url)}};
  json["counted"] = {{"metric", declaration.fleet.counted_metric},
                     {"name", declaration.fleet.counted_name},
                     {"one", declaration.counted_one},
                     {"unit", declaration.fleet.counted_unit}};
  json["reports"] = ReportsJson(declaration);
  json["descriptions"] = DescriptionsJson(declaration);
  json["page"] = Json::array();
  for (const fleets::Panel& panel : declaration.page) json["page"].push_back(PanelJson(panel));
  return json;
}

}  // namespace rollcall::api
