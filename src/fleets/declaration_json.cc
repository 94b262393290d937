#include <nlohmann/json.hpp>
#include <utility>

#include "fleets/declaration.h"
#include "fleets/declaration_parts.h"
#include "parse/json_file.h"
#include "parse/json_pointer.h"
#include "parse/json_schema.h"

namespace rollcall::fleets {
namespace {

using Json = nlohmann::ordered_json;

std::string TextOf(const Json& json, const char* name, std::string otherwise = {}) {
  const auto at = json.find(name);
  return at == json.end() ? std::move(otherwise) : at->get<std::string>();
}

// Returns the member with that name; an empty one of that kind if there is none.
const Json& MemberOf(const Json& json, const char* name) {
  static const Json kNone = Json::array();
  const auto at = json.find(name);
  return at == json.end() ? kNone : *at;
}

std::string Capitalized(std::string text) {
  for (char& c : text) c = c == '_' ? ' ' : c;
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// Makes a declaration of a tree that fits the schema.
class Builder {
 public:
  explicit Builder(const Json& json) : json_(json) {}

  Result<Declaration> Build() {
    ReadProduct();
    ReadReports();
    ReadCounted();
    ROLLCALL_RETURN_IF_ERROR(ReadMetrics());
    ReadFigures();
    ReadBreakdowns();
    ReadPage();
    return std::move(made_);
  }

 private:
  void ReadProduct() {
    made_.fleet.name = TextOf(json_, "name");
    made_.fleet.id_label = TextOf(json_, "id_label", "source_id");
    made_.title = TextOf(json_, "title", made_.fleet.name);
    made_.about = TextOf(json_, "about");
    const Json& links = MemberOf(json_, "links");
    made_.home_url = TextOf(links, "home");
    made_.source_url = TextOf(links, "source");
    made_.privacy_url = TextOf(links, "privacy");
    made_.opt_out_url = TextOf(links, "opt_out");
    const Json& retention = MemberOf(json_, "retention");
    if (retention.contains("reports_months")) {
      made_.reports_months = retention["reports_months"].get<unsigned>();
    }
    if (retention.contains("peaks_months")) {
      made_.peaks_months = retention["peaks_months"].get<unsigned>();
    }
  }

  void ReadReports() {
    const Json& reports = json_["reports"];
    const bool is_json = reports["format"] == "json";
    made_.format = is_json ? ReportFormat::kJson : ReportFormat::kPrometheus;
    made_.path = TextOf(reports, "path");
    made_.id_header = TextOf(reports, "id_header");
    made_.keeps_undeclared = TextOf(reports, "undeclared") == "keep";
    if (is_json) made_.mapping.id = StepsOf(TextOf(reports, "id"));
    const Json& example = MemberOf(reports, "example");
    if (is_json && !example.empty()) made_.example = example.dump(2);
    if (!is_json) {
      for (const Json& line : example) made_.example += line.get<std::string>() + "\n";
    }
  }

  void ReadCounted() {
    const Json& counted = json_["counted"];
    Fleet& fleet = made_.fleet;
    fleet.counted_metric = TextOf(counted, "metric");
    fleet.counted_name = TextOf(counted, "name");
    fleet.counted_unit = TextOf(counted, "unit", fleet.counted_name);
    std::string one = fleet.counted_name;
    if (one.size() > 1 && one.ends_with('s')) one.pop_back();
    made_.counted_one = TextOf(counted, "one", one);
    for (const Json& label : MemberOf(json_, "identifying_labels")) {
      fleet.identifying_labels.push_back(label.get<std::string>());
    }
  }

  Status ReadMetrics() {
    for (const auto& [name, metric] : json_["metrics"].items()) {
      MetricDescription& made = made_.metrics.emplace_back();
      made.name = name;
      made.description = TextOf(metric, "description");
      for (const auto& [label, about] : MemberOf(metric, "labels").items()) {
        made.labels.push_back(LabelOf(label, about));
      }
      const std::string at = "/metrics/" + PointerStep(name);
      const bool has_rules = metric.contains("from");
      if (has_rules != (made_.format == ReportFormat::kJson)) {
        return FaultAt(at, has_rules ? "from stands there; allowed: only where reports are JSON"
                                     : "from is missing: how it is made of the JSON");
      }
      if (!has_rules) continue;
      ROLLCALL_RETURN_IF_ERROR(
          AppendRules(name, metric["from"], at + "/from", made_.mapping.rules));
    }
    return Status::Ok();
  }

  static LabelDescription LabelOf(const std::string& name, const Json& about) {
    if (about.is_string()) return {name, about.get<std::string>()};
    LabelDescription label{name, TextOf(about, "description")};
    for (const Json& example : MemberOf(about, "examples")) {
      label.examples.push_back(example.get<std::string>());
    }
    return label;
  }

  void ReadFigures() {
    for (const Json& json : MemberOf(json_, "figures")) {
      Figure figure;
      figure.metric = TextOf(json, "metric");
      figure.name = TextOf(json, "name");
      for (const auto& [label, value] : MemberOf(json, "where").items()) {
        figure.label = label;
        figure.label_value = value.get<std::string>();
      }
      figure.total_name = "total_" + figure.name;
      figure.average_name = "avg_" + figure.name + "_per_" + made_.counted_one;
      if (figure.label.empty()) figure.peak_name = "peak_" + figure.name;
      figure.unit = TextOf(json, "unit", figure.name);
      made_.fleet.figures.push_back(std::move(figure));
      made_.figure_descriptions.push_back(TextOf(json, "description"));
    }
  }

  void ReadBreakdowns() {
    for (const Json& json : MemberOf(json_, "breakdowns")) {
      BreakdownDescription& described = made_.breakdown_descriptions.emplace_back();
      described.description = TextOf(json, "description");
      described.known_names_url = TextOf(json, "known_names_url");
      Breakdown& breakdown = made_.fleet.breakdowns.emplace_back();
      breakdown.metric = TextOf(json, "metric");
      breakdown.label = TextOf(json, "by");
      breakdown.name = TextOf(json, "name");
      for (const Json& name : MemberOf(json, "known_names")) {
        breakdown.known_names.push_back(name.get<std::string>());
      }
      breakdown.has_name_list = !described.known_names_url.empty();
    }
  }

  void ReadPage() {
    for (const Json& json : MemberOf(json_, "page")) made_.page.push_back(PanelOf(json));
    if (!made_.page.empty()) return;
    made_.page = {{.show = Panel::Show::kFigures}, {.show = Panel::Show::kTrend}};
    for (const Breakdown& breakdown : made_.fleet.breakdowns) {
      made_.page.push_back({.show = Panel::Show::kBreakdown,
                            .metric = breakdown.metric,
                            .by = breakdown.label,
                            .title = Capitalized(breakdown.name)});
    }
    made_.page.push_back({.show = Panel::Show::kOther});
  }

  static Panel PanelOf(const Json& json) {
    const std::string show = TextOf(json, "show");
    Panel panel;
    panel.show = show == "figures"    ? Panel::Show::kFigures
                 : show == "trend"    ? Panel::Show::kTrend
                 : show == "adoption" ? Panel::Show::kAdoption
                 : show == "other"    ? Panel::Show::kOther
                                      : Panel::Show::kBreakdown;
    panel.metric = TextOf(json, "metric");
    panel.by = TextOf(json, "by");
    panel.title = TextOf(json, "title");
    panel.section = TextOf(json, "section");
    panel.note = TextOf(json, "note");
    panel.plain = TextOf(json, "plain");
    panel.sums = TextOf(json, "sums");
    panel.in_order_of_value = TextOf(json, "order") == "value";
    panel.bar_is_sum = TextOf(json, "bar") == "sum";
    for (const auto& [value, name] : MemberOf(json, "names").items()) {
      panel.names.emplace_back(value, name.get<std::string>());
    }
    for (const Json& value : MemberOf(json, "bytes"))
      panel.bytes.push_back(value.get<std::string>());
    return panel;
  }

  const Json& json_;
  Declaration made_;
};

Result<Declaration> Parse(std::string_view text) {
  static const Json kSchema = Json::parse(DeclarationSchema());
  const Result<Json> tree = ParseJsonFile(text, kMaxDeclarationBytes);
  if (!tree.ok()) return tree.status();
  ROLLCALL_RETURN_IF_ERROR(CheckAgainstSchema(kSchema, *tree));
  Result<Declaration> declaration = Builder(*tree).Build();
  if (!declaration.ok()) return declaration;
  ROLLCALL_RETURN_IF_ERROR(CheckDeclaration(*declaration));
  ROLLCALL_RETURN_IF_ERROR(CheckExample(*declaration));
  return declaration;
}

}  // namespace

const LabelDescription* MetricDescription::FindLabel(std::string_view label) const {
  for (const LabelDescription& one : labels) {
    if (one.name == label) return &one;
  }
  return nullptr;
}

const MetricDescription* Declaration::FindMetric(std::string_view name) const {
  for (const MetricDescription& metric : metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

Result<Declaration> ParseDeclaration(std::string_view file, std::string_view text) {
  Result<Declaration> declaration = Parse(text);
  if (!declaration.ok()) return FaultIn(file, declaration.status());
  return declaration;
}

}  // namespace rollcall::fleets
