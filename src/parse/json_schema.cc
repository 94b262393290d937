#include "parse/json_schema.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/nearest.h"
#include "base/text.h"
#include "parse/json_pointer.h"

namespace rollcall {
namespace {

using OrderedJson = nlohmann::ordered_json;

const OrderedJson* Find(const OrderedJson& schema, const char* name) {
  if (!schema.is_object()) return nullptr;
  const auto at = schema.find(name);
  return at == schema.end() ? nullptr : &*at;
}

bool IsOfType(const OrderedJson& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "boolean") return value.is_boolean();
  if (type != "integer") return false;
  return value.is_number_integer() ||
         (value.is_number() && std::floor(value.get<double>()) == value.get<double>());
}

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

// "1 to 50", "at most 50", "at least 1"; empty if neither bound is given.
std::string Bounds(const OrderedJson* least, const OrderedJson* most) {
  if (least != nullptr && most != nullptr) {
    return least->dump() + (*least == *most ? "" : " to " + most->dump());
  }
  if (most != nullptr) return "at most " + most->dump();
  return least != nullptr ? "at least " + least->dump() : "";
}

class Checker {
 public:
  explicit Checker(const OrderedJson& root) : root_(root) {}

  Status Check(const OrderedJson& schema, const OrderedJson& value, const std::string& at) const;

 private:
  const OrderedJson& Resolve(const OrderedJson& schema) const {
    const OrderedJson* const ref = Find(schema, "$ref");
    if (ref == nullptr) return schema;
    return root_.at(OrderedJson::json_pointer(ref->get_ref<const std::string&>().substr(1)));
  }
  // What the schema allows, in words.
  std::string Wanted(const OrderedJson& schema) const;

  Status Refuse(const OrderedJson& schema, const OrderedJson& value, const std::string& at) const {
    return Status::InvalidArgument(Prefix(at) + ShownForMessage(value) +
                                   " stands there; allowed: " + Wanted(schema));
  }
  static std::string Prefix(const std::string& at) { return at.empty() ? at : at + ": "; }

  Status CheckAnyOf(const OrderedJson& alternatives, const OrderedJson& schema,
                    const OrderedJson& value, const std::string& at) const;
  bool HoldsAsScalar(const OrderedJson& schema, const OrderedJson& value) const;
  Status CheckArray(const OrderedJson& schema, const OrderedJson& value,
                    const std::string& at) const;
  Status CheckObject(const OrderedJson& schema, const OrderedJson& value,
                     const std::string& at) const;
  Status CheckMember(const OrderedJson& schema, const std::string& name, const OrderedJson& member,
                     const std::string& at) const;

  const OrderedJson& root_;
  mutable std::map<std::string, RE2> patterns_;
};

std::string Checker::Wanted(const OrderedJson& schema) const {
  const OrderedJson& resolved = Resolve(schema);
  const OrderedJson* description = Find(schema, "description");
  if (Find(schema, "not") != nullptr) {
    return "nothing" + (description == nullptr ? "" : ": " + description->get<std::string>());
  }
  if (const OrderedJson* const alternatives = Find(resolved, "anyOf")) {
    std::string text;
    for (const OrderedJson& one : *alternatives)
      text += (text.empty() ? "" : ", or ") + Wanted(one);
    return text;
  }
  if (const OrderedJson* const values = Find(resolved, "enum")) {
    std::string text;
    for (const OrderedJson& one : *values)
      text += (text.empty() ? "" : ", ") + one.get<std::string>();
    return text;
  }
  const std::string type = resolved.value("type", "");
  std::string bounds;
  if (type == "string") {
    bounds = Bounds(Find(resolved, "minLength"), Find(resolved, "maxLength"));
    if (!bounds.empty()) bounds = " of " + bounds + " characters";
    const OrderedJson* const pattern = Find(resolved, "pattern");
    if (pattern != nullptr) bounds += " that matches " + pattern->get<std::string>();
    const OrderedJson* const kind = Find(resolved, "description");
    if (kind != nullptr && &resolved != &schema) bounds += " (" + kind->get<std::string>() + ")";
    return "text" + bounds;
  }
  if (type == "integer") {
    return "a whole number from " + resolved["minimum"].dump() + " to " +
           resolved["maximum"].dump();
  }
  if (type == "boolean") return "true or false";
  const bool is_array = type == "array";
  bounds = Bounds(Find(resolved, is_array ? "minItems" : "minProperties"),
                  Find(resolved, is_array ? "maxItems" : "maxProperties"));
  std::string text = is_array ? "a list" : "an object";
  if (!bounds.empty()) {
    text += " of " + bounds + (is_array ? " item" : " member") + (bounds == "1" ? "" : "s");
  }
  if (Find(resolved, "uniqueItems") != nullptr) text += ", each once";
  return text;
}

Status Checker::CheckAnyOf(const OrderedJson& alternatives, const OrderedJson& schema,
                           const OrderedJson& value, const std::string& at) const {
  // The alternatives in our schemas differ in type, so the fault reported is that of the one that
  // was meant.
  for (const OrderedJson& one : alternatives) {
    if (IsOfType(value, Resolve(one).value("type", ""))) return Check(one, value, at);
  }
  return Refuse(schema, value, at);
}

bool Checker::HoldsAsScalar(const OrderedJson& schema, const OrderedJson& value) const {
  const auto bound = [&](const char* name, auto number, bool is_least) {
    const OrderedJson* const limit = Find(schema, name);
    if (limit == nullptr) return true;
    return is_least ? number >= limit->get<decltype(number)>()
                    : number <= limit->get<decltype(number)>();
  };
  if (const OrderedJson* const values = Find(schema, "enum")) {
    if (std::find(values->begin(), values->end(), value) == values->end()) return false;
  }
  if (value.is_number()) {
    return bound("minimum", value.get<double>(), true) &&
           bound("maximum", value.get<double>(), false);
  }
  if (!value.is_string()) return true;
  const auto& text = value.get_ref<const std::string&>();
  const OrderedJson* const pattern = Find(schema, "pattern");
  if (pattern != nullptr) {
    const auto& source = pattern->get_ref<const std::string&>();
    if (!RE2::PartialMatch(text, patterns_.try_emplace(source, source).first->second)) return false;
  }
  const size_t length = Characters(text);
  return bound("minLength", length, true) && bound("maxLength", length, false);
}

Status Checker::CheckArray(const OrderedJson& schema, const OrderedJson& value,
                           const std::string& at) const {
  const OrderedJson* const least = Find(schema, "minItems");
  const OrderedJson* const most = Find(schema, "maxItems");
  if ((least != nullptr && value.size() < least->get<size_t>()) ||
      (most != nullptr && value.size() > most->get<size_t>())) {
    return Status::InvalidArgument(Prefix(at) + "a list of " + std::to_string(value.size()) +
                                   " items stands there; allowed: " + Wanted(schema));
  }
  const OrderedJson* const items = Find(schema, "items");
  const bool is_unique = schema.value("uniqueItems", false);
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string item_at = at + "/" + std::to_string(i);
    if (items != nullptr) ROLLCALL_RETURN_IF_ERROR(Check(*items, value[i], item_at));
    const auto end = value.begin() + static_cast<ptrdiff_t>(i);
    if (is_unique && std::find(value.begin(), end, value[i]) != end) {
      return Status::InvalidArgument(Prefix(item_at) + ShownForMessage(value[i]) +
                                     " stands there a second time; allowed: each once");
    }
  }
  return Status::Ok();
}

Status Checker::CheckMember(const OrderedJson& schema, const std::string& name,
                            const OrderedJson& member, const std::string& at) const {
  const std::string member_at = at + "/" + PointerStep(name);
  const OrderedJson* const properties = Find(schema, "properties");
  if (const OrderedJson* const names = Find(schema, "propertyNames")) {
    if (!Check(*names, OrderedJson(name), at).ok()) {
      return Status::InvalidArgument(Prefix(at) + "the name " + QuoteForMessage(name) +
                                     " stands there; allowed: " + Wanted(*names));
    }
  }
  if (properties != nullptr) {
    const auto known = properties->find(name);
    if (known != properties->end()) return Check(*known, member, member_at);
  }
  const OrderedJson* const others = Find(schema, "additionalProperties");
  if (others == nullptr) return Status::Ok();
  if (others->is_object()) return Check(*others, member, member_at);
  std::vector<std::string> allowed;
  std::string list;
  for (const auto& [one, _] : properties->items()) {
    allowed.push_back(one);
    list += (list.empty() ? "" : ", ") + one;
  }
  return Status::InvalidArgument(Prefix(at) + "the name " + QuoteForMessage(name) +
                                 " stands there" + DidYouMean(name, allowed) +
                                 "; allowed: " + list);
}

Status Checker::CheckObject(const OrderedJson& schema, const OrderedJson& value,
                            const std::string& at) const {
  for (const auto& [name, member] : value.items()) {
    ROLLCALL_RETURN_IF_ERROR(CheckMember(schema, name, member, at));
  }
  // After the members, so that a misspelt name is reported as such.
  if (const OrderedJson* const required = Find(schema, "required")) {
    for (const OrderedJson& name : *required) {
      if (value.contains(name.get_ref<const std::string&>())) continue;
      return Status::InvalidArgument(Prefix(at) + name.get<std::string>() + " is missing");
    }
  }
  const OrderedJson* const least = Find(schema, "minProperties");
  const OrderedJson* const most = Find(schema, "maxProperties");
  if ((least != nullptr && value.size() < least->get<size_t>()) ||
      (most != nullptr && value.size() > most->get<size_t>())) {
    return Status::InvalidArgument(Prefix(at) + "an object of " + std::to_string(value.size()) +
                                   " members stands there; allowed: " + Wanted(schema));
  }
  return Status::Ok();
}

Status Checker::Check(const OrderedJson& schema, const OrderedJson& value,
                      const std::string& at) const {
  const OrderedJson& resolved = Resolve(schema);
  if (&resolved != &schema) return Check(resolved, value, at);
  if (Find(schema, "not") != nullptr) return Refuse(schema, value, at);
  if (const OrderedJson* const alternatives = Find(schema, "anyOf")) {
    return CheckAnyOf(*alternatives, schema, value, at);
  }
  const OrderedJson* const type = Find(schema, "type");
  if (type != nullptr && !IsOfType(value, type->get_ref<const std::string&>())) {
    return Refuse(schema, value, at);
  }
  if (!HoldsAsScalar(schema, value)) return Refuse(schema, value, at);
  if (value.is_array()) ROLLCALL_RETURN_IF_ERROR(CheckArray(schema, value, at));
  if (value.is_object()) ROLLCALL_RETURN_IF_ERROR(CheckObject(schema, value, at));
  if (const OrderedJson* const condition = Find(schema, "if")) {
    const OrderedJson* const branch =
        Find(schema, Check(*condition, value, at).ok() ? "then" : "else");
    if (branch != nullptr) return Check(*branch, value, at);
  }
  return Status::Ok();
}

}  // namespace

std::string ShownForMessage(const OrderedJson& value) {
  if (value.is_string()) return QuoteForMessage(value.get_ref<const std::string&>());
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  return value.dump();
}

Status CheckAgainstSchema(const OrderedJson& schema, const OrderedJson& value) {
  return Checker(schema).Check(schema, value, "");
}

}  // namespace rollcall
