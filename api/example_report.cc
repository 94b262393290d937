#include "api/example_report.h"

#include <re2/re2.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "fleets/report_reader.h"
#include "model/label_set.h"
#include "parse/json_pointer.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;
using Path = std::vector<std::string>;
using Kind = fleets::JsonReference::Kind;

constexpr std::string_view kUsualTexts[] = {"example", "1.0.0", "v1.0.0", "1.0",    "v1.0",
                                            "1",       "true",  "linux",  "x86_64", "2026-01-01"};

std::string MadeUpId(const fleets::Declaration& declaration) {
  return "my-" + declaration.counted_one;
}

// Returns a text for a label; with a pattern one that matches the whole of it, "" if none does.
std::string TextFor(std::string_view label, const std::string& pattern = {}) {
  if (pattern.empty()) return label.find("version") == std::string_view::npos ? "example" : "1.0.0";
  const RE2 wanted(pattern, RE2::Quiet);
  for (const std::string_view text : kUsualTexts) {
    if (RE2::FullMatch(text, wanted)) return std::string(text);
  }
  return "";
}

// A body of JSON that grows by what the rules of a mapping look for.
class Body {
 public:
  explicit Body(const fleets::Declaration& declaration) {
    Set(declaration.mapping.id, MadeUpId(declaration));
    // What has to match comes first: other rules may read the same place.
    for (const bool is_bound : {true, false}) {
      for (const fleets::JsonRule& rule : declaration.mapping.rules) AddLabels(rule, is_bound);
    }
    for (const fleets::JsonRule& rule : declaration.mapping.rules) {
      if (rule.value) SetAt(rule, *rule.value, 1);
    }
  }

  std::string Text() const { return json_.dump(2); }

 private:
  void AddLabels(const fleets::JsonRule& rule, bool is_bound) {
    for (const fleets::JsonLabel& label : rule.labels) {
      if (is_bound == (label.match.empty() && label.ranges.empty())) continue;
      if (label.ranges.empty()) {
        SetAt(rule, label.at, TextFor(label.name, label.match));
      } else {
        SetAt(rule, label.at, label.ranges.front().from);
      }
    }
  }

  void SetAt(const fleets::JsonRule& rule, const fleets::JsonReference& at, const Json& value) {
    const std::optional<Path> item = EnterItem(rule, at.level);
    if (!item || at.kind == Kind::kKey) return;
    Path path = *item;
    path.insert(path.end(), at.steps.begin(), at.steps.end());
    Set(path, value);
  }

  // Makes an item of each of the first `levels` loops, and returns the path to the innermost one.
  std::optional<Path> EnterItem(const fleets::JsonRule& rule, size_t levels) {
    Path path;
    for (size_t level = 1; level <= levels; ++level) {
      const fleets::JsonEach& each = rule.each[level - 1];
      path.insert(path.end(), each.steps.begin(), each.steps.end());
      Json* const container = Find(path);
      if (container == nullptr) return std::nullopt;
      if (container->is_null()) {
        *container = each.keys.empty() && !UsesKey(rule, level) ? Json::array() : Json::object();
      }
      if (container->is_array()) {
        if (container->empty()) container->push_back(Json());
        path.emplace_back("0");
      } else if (container->is_object()) {
        path.push_back(each.keys.empty() ? "example" : each.keys.front());
      } else {
        return std::nullopt;
      }
    }
    return path;
  }

  static bool UsesKey(const fleets::JsonRule& rule, size_t level) {
    return std::any_of(rule.labels.begin(), rule.labels.end(), [&](const auto& label) {
      return label.at.kind == Kind::kKey && label.at.level == level;
    });
  }

  // What stands there already stays.
  void Set(const Path& path, const Json& value) {
    Json* const at = Find(path);
    if (at != nullptr && at->is_null()) *at = value;
  }

  // Returns what stands at the path, which is null where nothing stood there; nullptr where a value
  // stands in the way.
  Json* Find(const Path& path) {
    Json* at = &json_;
    for (const std::string& step : path) {
      if (at->is_array() && step == "0") {
        at = &at->front();
      } else if (at->is_null() || at->is_object()) {
        at = &(*at)[step];
      } else {
        return nullptr;
      }
    }
    return at;
  }

  Json json_ = Json::object();
};

// Returns a value that some figure or breakdown looks for; a made-up one if none does.
std::string ValueFor(const fleets::Declaration& declaration, std::string_view metric,
                     std::string_view label) {
  const Fleet& fleet = declaration.fleet;
  for (const Figure& figure : fleet.figures) {
    if (figure.metric == metric && figure.label == label) return figure.label_value;
  }
  for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
    const Breakdown& breakdown = fleet.breakdowns[i];
    const auto& known = breakdown.known_names;
    if (breakdown.metric == metric && breakdown.label == label && !known.empty()) return known[0];
  }
  return TextFor(label);
}

std::string Lines(const fleets::Declaration& declaration) {
  std::string text;
  for (const fleets::MetricDescription& metric : declaration.metrics) {
    text += metric.name;
    char before = '{';
    for (const fleets::LabelDescription& label : metric.labels) {
      text += before + label.name + "=";
      AppendQuoted(ValueFor(declaration, metric.name, label.name), text);
      before = ',';
    }
    text += before == ',' ? "} 1\n" : " 1\n";
  }
  return text;
}

bool Counts(const fleets::Declaration& declaration, const std::string& body) {
  const auto reader = fleets::ReportReader::Make(declaration);
  if (!reader.ok()) return false;
  fleets::JsonCapture capture;
  fleets::MappedReport mapped;
  ReportBound exceeded{};
  if (!reader->Read(body, 0, {}, capture, mapped, exceeded).ok()) return false;
  const auto& samples = mapped.report.samples;
  return std::any_of(samples.begin(), samples.end(), [&](const ParsedReport::Sample& sample) {
    return MetricOf(mapped.report.LabelSet(sample)) == declaration.fleet.counted_metric;
  });
}

}  // namespace

std::string ExampleBody(const fleets::Declaration& declaration) {
  if (!declaration.example.empty()) return declaration.example;
  const bool is_json = declaration.format == fleets::ReportFormat::kJson;
  std::string body = is_json ? Body(declaration).Text() : Lines(declaration);
  return Counts(declaration, body) ? body : "";
}

std::string ExampleId(const fleets::Declaration& declaration) {
  if (declaration.format == fleets::ReportFormat::kPrometheus) return MadeUpId(declaration);
  const std::string body = ExampleBody(declaration);
  if (body.empty()) return "";
  const Json json = Json::parse(body);
  return json.at(Json::json_pointer(PointerText(declaration.mapping.id))).get<std::string>();
}

}  // namespace rollcall::api
