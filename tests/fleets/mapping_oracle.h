// A mapping as a plain walk over a tree of the whole body: what JsonMapper is compared with.
#pragma once

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "fleets/json_mapping.h"
#include "model/label_set.h"
#include "model/report.h"

namespace rollcall::fleets {

// Label set as lines are written -> value.
using SeriesMap = std::map<std::string, double>;

inline SeriesMap SeriesOf(const ParsedReport& report) {
  SeriesMap series;
  for (const ParsedReport::Sample& sample : report.samples) {
    series[FormatLabelSet(report.LabelSet(sample), NameStyle::kQuoted)] = sample.value;
  }
  return series;
}

class MappingOracle {
 public:
  using Json = nlohmann::json;

  static SeriesMap Map(const JsonMapping& mapping, const Json& body) {
    MappingOracle oracle;
    for (const JsonRule& rule : mapping.rules) {
      oracle.items_ = {{"", &body}};
      oracle.Walk(rule, 0);
    }
    return oracle.series_;
  }

  static std::optional<std::string> IdOf(const JsonMapping& mapping, const Json& body) {
    const Json* const id = Below(&body, mapping.id);
    if (id == nullptr || !id->is_string()) return std::nullopt;
    return id->get<std::string>();
  }

 private:
  struct Item {
    std::string key;
    const Json* value;
  };

  static const Json* Below(const Json* from, const std::vector<std::string>& steps) {
    for (const std::string& step : steps) {
      if (from->is_object()) {
        if (!from->contains(step)) return nullptr;
        from = &(*from)[step];
      } else if (from->is_array()) {
        const Json* found = nullptr;
        for (size_t i = 0; i < from->size(); ++i) {
          if (std::to_string(i) == step) found = &(*from)[i];
        }
        if (found == nullptr) return nullptr;
        from = found;
      } else {
        return nullptr;
      }
    }
    return from;
  }

  void Walk(const JsonRule& rule, size_t depth) {
    if (depth == rule.each.size()) return Emit(rule);
    const JsonEach& each = rule.each[depth];
    const Json* const container = Below(items_.back().value, each.steps);
    if (container == nullptr || !container->is_structured()) return;
    for (const auto& [key, value] : container->items()) {
      bool taken = each.keys.empty();
      for (const std::string& one : each.keys) taken |= one == key;
      if (!taken) continue;
      items_.push_back({key, &value});
      Walk(rule, depth + 1);
      items_.pop_back();
    }
  }

  const Json* Find(const JsonReference& at) const {
    return Below(items_[at.level].value, at.steps);
  }

  std::optional<std::string> TextOf(const JsonLabel& label) const {
    std::string text;
    if (label.at.kind == JsonReference::Kind::kKey) {
      if (!label.ranges.empty()) return std::nullopt;
      text = items_[label.at.level].key;
    } else {
      const Json* const value = Find(label.at);
      if (value == nullptr || value->is_null() || value->is_structured()) return std::nullopt;
      if (!label.ranges.empty()) {
        if (!value->is_number()) return std::nullopt;
        for (const NumberRange& range : label.ranges) {
          const double number = value->get<double>();
          if (number >= range.from && number <= range.to) return range.text;
        }
        return std::nullopt;
      }
      text = value->is_string() ? value->get<std::string>() : value->dump();
    }
    if (text.find('\0') != std::string::npos) return std::nullopt;
    if (label.match.empty()) return text;
    const std::regex pattern(label.match);
    if (!std::regex_match(text, pattern)) return std::nullopt;
    if (!label.replace) return text;
    return std::regex_replace(text, pattern,
                              std::regex_replace(*label.replace, std::regex("\\\\"), "$"));
  }

  void Emit(const JsonRule& rule) {
    double value = 1;
    if (rule.value) {
      const Json* const found = Find(*rule.value);
      if (found == nullptr || (!found->is_number() && !found->is_boolean())) return;
      value = found->is_boolean() ? (found->get<bool>() ? 1 : 0) : found->get<double>();
    }
    std::vector<std::pair<std::string, std::string>> texts;
    for (const JsonLabel& label : rule.labels) {
      const auto text = TextOf(label);
      if (!text) return;
      if (!text->empty()) texts.emplace_back(label.name, *text);
    }
    std::vector<Label> labels;
    for (const auto& [name, text] : texts) labels.push_back({name, text});
    std::string label_set;
    AppendLabelSet(rule.metric, labels, label_set);
    const auto [at, is_new] = series_.emplace(FormatLabelSet(label_set, NameStyle::kQuoted), value);
    if (!is_new) at->second = std::max(at->second, value);
  }

  std::vector<Item> items_;
  SeriesMap series_;
};

}  // namespace rollcall::fleets
