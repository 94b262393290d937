#include "api/mapping_text.h"
#include "parse/json_pointer.h"

#include <algorithm>
#include <vector>

namespace rollcall::api {
namespace {

using fleets::JsonEach;
using fleets::JsonLabel;
using fleets::JsonReference;
using fleets::JsonRule;

// The place of the items of the loop `level`; "" for the body, which is level 0.
std::string PlaceOf(const JsonRule& rule, size_t level) {
  std::string place;
  for (size_t i = 0; i < level; ++i) {
    const JsonEach& each = rule.each[i];
    place += PointerText(each.steps);
    if (each.keys.empty()) {
      place += "/*";
      continue;
    }
    place += "/{";
    for (const std::string& key : each.keys) {
      if (place.back() != '{') place += ',';
      place += PointerStep(key);
    }
    place += '}';
  }
  return place;
}

std::string TextOf(const JsonRule& rule, const JsonReference& reference) {
  switch (reference.kind) {
    case JsonReference::Kind::kKey:
      return "the names of " + PlaceOf(rule, reference.level);
    case JsonReference::Kind::kValue:
      return PlaceOf(rule, reference.level);
    case JsonReference::Kind::kPointer:
      break;
  }
  return PlaceOf(rule, reference.level) + PointerText(reference.steps);
}

std::string TextOf(const JsonRule& rule, const JsonLabel& label) {
  std::string text = TextOf(rule, label.at);
  if (!label.match.empty()) {
    text += (label.replace ? ", shortened by " : ", if it matches ") + label.match;
    if (label.replace) text += " to " + *label.replace;
  }
  for (size_t i = 0; i < label.ranges.size(); ++i) {
    text += (i == 0 ? ", as one of the ranges " : ", ") + label.ranges[i].text;
  }
  return text;
}

// Each once, in the order of the rules.
std::string ListOf(const std::vector<std::string>& places) {
  std::string list;
  for (size_t i = 0; i < places.size(); ++i) {
    const auto end = places.begin() + static_cast<ptrdiff_t>(i);
    if (std::find(places.begin(), end, *end) != end) continue;
    list += (list.empty() ? "" : "; ") + places[i];
  }
  return list;
}

}  // namespace

std::string ValuePlaces(const fleets::JsonMapping& mapping, std::string_view metric) {
  std::vector<std::string> places;
  for (const JsonRule& rule : mapping.rules) {
    if (rule.metric == metric && rule.value) places.push_back(TextOf(rule, *rule.value));
  }
  return ListOf(places);
}

std::string LabelPlaces(const fleets::JsonMapping& mapping, std::string_view metric,
                        std::string_view label) {
  std::vector<std::string> places;
  for (const JsonRule& rule : mapping.rules) {
    if (rule.metric != metric) continue;
    for (const JsonLabel& one : rule.labels) {
      if (one.name == label) places.push_back(TextOf(rule, one));
    }
  }
  return ListOf(places);
}

}  // namespace rollcall::api
