// Untrusted JSON as a tree, with bounds that are checked before anything else looks at it. Pure
// functions. Only for the *_json.cc files of this box: nothing else may know the library.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

// Returns the parsed tree. If an object has a name twice, the last value counts. InvalidArgument:
// over a bound (both inclusive), or not JSON. Pure; accepts any bytes.
inline Result<nlohmann::json> ParseBoundedJson(std::string_view text, size_t max_bytes,
                                               int max_depth) {
  if (text.size() > max_bytes) {
    return Status::InvalidArgument(std::to_string(text.size()) + " bytes, at most " +
                                   std::to_string(max_bytes));
  }
  bool too_deep = false;
  const auto keep = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep |= depth > max_depth;
    return !too_deep;
  };
  nlohmann::json json = nlohmann::json::parse(text.begin(), text.end(), keep, false);
  if (too_deep) {
    return Status::InvalidArgument("nested deeper than " + std::to_string(max_depth) + " levels");
  }
  if (json.is_discarded()) return Status::InvalidArgument("not JSON");
  return json;
}

// Returns the member with that name; null if `json` is not an object or has none.
inline const nlohmann::json* Member(const nlohmann::json& json, const char* name) {
  if (!json.is_object()) return nullptr;
  const auto at = json.find(name);
  return at == json.end() ? nullptr : &*at;
}

// Returns the member with that name if it is text; else null.
inline const std::string* TextMember(const nlohmann::json& json, const char* name) {
  const nlohmann::json* const member = Member(json, name);
  return member == nullptr ? nullptr : member->get_ptr<const std::string*>();
}

}  // namespace rollcall
