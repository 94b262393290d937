// Random bodies and random mappings over the same few names, so that they meet.
#pragma once

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "fleets/json_mapping.h"

namespace rollcall::fleets {

class RandomJson {
 public:
  using Json = nlohmann::json;

  explicit RandomJson(uint64_t seed) : random_(seed) {}

  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }

  std::string Name() {
    static const std::vector<std::string> kNames{"a",       "b", "c", "0", "1", "\u00e9\u20ac",
                                                 "x/~\"\\", ""};
    return kNames[std::min(Below(kNames.size()), Below(kNames.size()))];  // mostly the first
  }

  Json Value(size_t levels) {
    switch (Below(levels == 0 ? 6 : 10)) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
        return static_cast<int>(Below(20)) - 5;
      case 3:
        return static_cast<double>(Below(100)) / 4 + 0.125;
      case 4:
        return "v1." + std::to_string(Below(30)) + "." + std::to_string(Below(3));
      case 5:
        return Name() + (Below(10) == 0 ? std::string("\0", 1) : "");
      case 6:
      case 7: {
        Json array = Json::array();
        for (size_t n = Below(4); n > 0; --n) array.push_back(Value(levels - 1));
        return array;
      }
      default: {
        Json object = Json::object();
        for (size_t n = Below(6); n > 0; --n) object[Name()] = Value(levels - 1);
        return object;
      }
    }
  }

  JsonMapping Mapping() {
    JsonMapping mapping{.id = {"id"}, .rules = {}};
    for (size_t n = 1 + Below(6); n > 0; --n) mapping.rules.push_back(Rule());
    return mapping;
  }

 private:
  std::vector<std::string> Steps(size_t least) {
    std::vector<std::string> steps;
    for (size_t n = least + Below(2); n > 0; --n) steps.push_back(Name());
    return steps;
  }

  JsonReference Reference(size_t levels) {
    using Kind = JsonReference::Kind;
    const size_t level = Below(levels + 1);
    switch (level == 0 ? 0 : Below(3)) {
      case 1:
        return {Kind::kKey, level, {}};
      case 2:
        return {Kind::kValue, level, {}};
      default:
        return {Kind::kPointer, level, Steps(1)};
    }
  }

  JsonRule Rule() {
    JsonRule rule{.metric = "m" + std::to_string(Below(3))};
    for (size_t n = Below(4); n > 0; --n) {
      JsonEach each{.steps = Steps(0)};
      if (Below(4) == 0) each.keys = {"a", "1", "x/~\"\\"};
      rule.each.push_back(each);
    }
    for (size_t n = Below(3); n > 0; --n) rule.labels.push_back(OneLabel(rule.each.size(), n));
    if (Below(3) != 0) {
      JsonReference value = Reference(rule.each.size());
      if (value.kind != JsonReference::Kind::kKey) rule.value = value;
    }
    return rule;
  }

  JsonLabel OneLabel(size_t levels, size_t n) {
    JsonLabel label{.name = "l" + std::to_string(n), .at = Reference(levels)};
    switch (Below(4)) {
      case 0:
        label.ranges = {{"0", 0, 0}, {"1-3", 1, 3}, {"4-10.5", 4, 10.5}, {"11-", 11, HUGE_VAL}};
        break;
      case 1:
        label.match = "(v\\d+)\\.(\\d+)\\..*";
        if (Below(2) == 0) label.replace = "\\2 of \\1";
        break;
      default:
        break;
    }
    return label;
  }

  std::mt19937_64 random_;
};

}  // namespace rollcall::fleets
