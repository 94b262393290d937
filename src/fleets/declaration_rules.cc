#include <re2/re2.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "fleets/declaration_parts.h"
#include "parse/json_pointer.h"
#include "parse/json_schema.h"
#include "parse/number.h"

namespace rollcall::fleets {
namespace {

using Json = nlohmann::ordered_json;

double NumberOf(std::string_view text) {
  double number = 0;
  return ParseValue(text, number) == NumberError::kNone ? number : 0;
}

// One rule of one metric. Each of its methods takes the JSON pointer to what it reads.
class RuleReader {
 public:
  Result<JsonRule> Read(const std::string& metric, const Json& json, const std::string& at) {
    rule_.metric = metric;
    if (json.is_string()) {
      ROLLCALL_RETURN_IF_ERROR(ReadValue(json, at));
      return std::move(rule_);
    }
    if (json.contains("each")) ReadEach(json["each"]);
    if (json.contains("value")) ROLLCALL_RETURN_IF_ERROR(ReadValue(json["value"], at + "/value"));
    if (!json.contains("labels")) return std::move(rule_);
    for (const auto& [name, label] : json["labels"].items()) {
      ROLLCALL_RETURN_IF_ERROR(ReadLabel(name, label, at + "/labels/" + PointerStep(name)));
    }
    return std::move(rule_);
  }

 private:
  void ReadEach(const Json& json) {
    if (json.is_array()) {
      for (const Json& one : json) ReadEach(one);
      return;
    }
    JsonEach each;
    each.steps = StepsOf((json.is_string() ? json : json["in"]).get<std::string>());
    if (json.is_object() && json.contains("keys")) {
      each.keys = json["keys"].get<std::vector<std::string>>();
    }
    rule_.each.push_back(std::move(each));
  }

  // The schema leaves it one of "/x", "@key", "@value", "@1/x", "@1.key", "@1.value".
  Result<JsonReference> ReadReference(const Json& json, const std::string& at) {
    const std::string text = json.get<std::string>();
    std::string_view rest = text;
    JsonReference reference;
    reference.level = rule_.each.size();
    const bool is_marked = rest.starts_with('@');
    if (is_marked) rest.remove_prefix(1);
    if (is_marked && rest[0] >= '0' && rest[0] <= '9') {
      reference.level = static_cast<size_t>(rest[0] - '0');
      rest.remove_prefix(1);
    }
    if (rest.starts_with('.')) rest.remove_prefix(1);
    if (rest.starts_with('/')) {
      reference.steps = StepsOf(rest);
    } else {
      reference.kind = rest == "key" ? JsonReference::Kind::kKey : JsonReference::Kind::kValue;
    }
    const bool needs_item = reference.kind != JsonReference::Kind::kPointer;
    if (reference.level > rule_.each.size() || (needs_item && reference.level == 0)) {
      return FaultAt(at, QuoteForMessage(text) + " stands there, but the rule has " +
                             (rule_.each.empty() ? "no" : std::to_string(rule_.each.size())) +
                             " each to name an item of");
    }
    return reference;
  }

  Status ReadValue(const Json& json, const std::string& at) {
    Result<JsonReference> reference = ReadReference(json, at);
    if (!reference.ok()) return reference.status();
    if (reference->kind == JsonReference::Kind::kKey) {
      return FaultAt(at, ShownForMessage(json) + " stands there, but a name is no number");
    }
    rule_.value = *std::move(reference);
    return Status::Ok();
  }

  Status ReadLabel(const std::string& name, const Json& json, const std::string& at) {
    JsonLabel label;
    label.name = name;
    const bool is_short = json.is_string();
    Result<JsonReference> reference =
        ReadReference(is_short ? json : json["at"], is_short ? at : at + "/at");
    if (!reference.ok()) return reference.status();
    label.at = *std::move(reference);
    if (!is_short) {
      ROLLCALL_RETURN_IF_ERROR(ReadMatch(json, at, label));
      ROLLCALL_RETURN_IF_ERROR(ReadRanges(json, at + "/ranges", label));
    }
    rule_.labels.push_back(std::move(label));
    return Status::Ok();
  }

  static Status ReadMatch(const Json& json, const std::string& at, JsonLabel& label) {
    if (json.contains("match")) label.match = json["match"].get<std::string>();
    if (json.contains("replace")) label.replace = json["replace"].get<std::string>();
    if (label.match.empty()) {
      return label.replace ? FaultAt(at, "replace stands there without match") : Status::Ok();
    }
    if (json.contains("ranges")) {
      return FaultAt(at, "match and ranges stand there; allowed: one of them");
    }
    const RE2 pattern(label.match, RE2::Quiet);
    if (!pattern.ok()) {
      return FaultAt(at + "/match",
                     QuoteForMessage(label.match) + " is no RE2 pattern: " + pattern.error());
    }
    std::string why;
    if (label.replace && !pattern.CheckRewriteString(*label.replace, &why)) {
      return FaultAt(at + "/replace",
                     QuoteForMessage(*label.replace) + " does not go with the pattern: " + why);
    }
    return Status::Ok();
  }

  static Status ReadRanges(const Json& json, const std::string& at, JsonLabel& label) {
    if (!json.contains("ranges")) return Status::Ok();
    double last = -1;
    for (const Json& one : json["ranges"]) {
      NumberRange range;
      range.text = one.get<std::string>();
      const size_t dash = range.text.find('-');
      range.from = NumberOf(range.text.substr(0, dash));
      range.to = dash == std::string::npos       ? range.from
                 : dash + 1 == range.text.size() ? std::numeric_limits<double>::infinity()
                                                 : NumberOf(range.text.substr(dash + 1));
      if (range.from <= last || range.to < range.from) {
        return FaultAt(at + "/" + std::to_string(label.ranges.size()),
                       QuoteForMessage(range.text) +
                           " stands there; allowed: ranges that ascend and do not overlap");
      }
      last = range.to;
      label.ranges.push_back(std::move(range));
    }
    return Status::Ok();
  }

  JsonRule rule_;
};

}  // namespace

Status AppendRules(const std::string& metric, const Json& from, const std::string& at,
                   std::vector<JsonRule>& rules) {
  const bool is_list = from.is_array();
  for (size_t i = 0; i < (is_list ? from.size() : 1); ++i) {
    Result<JsonRule> rule = RuleReader().Read(metric, is_list ? from[i] : from,
                                              is_list ? at + "/" + std::to_string(i) : at);
    if (!rule.ok()) return rule.status();
    rules.push_back(*std::move(rule));
  }
  return Status::Ok();
}

}  // namespace rollcall::fleets
