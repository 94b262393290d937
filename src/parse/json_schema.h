// A check of JSON against a JSON Schema, as far as our own schemas need it: type, enum, pattern
// (RE2), minLength, maxLength, minimum, maximum, items, minItems, maxItems, uniqueItems,
// properties, required, additionalProperties, propertyNames, minProperties, maxProperties, anyOf,
// if/then/else, `"not": {}` and $ref into $defs. Pure functions, for the files that read
// declarations.
#pragma once

#include <nlohmann/json.hpp>

#include "base/status.h"

namespace rollcall {

// Checks `value` against `schema`, which must be ours: keywords not listed above are ignored.
// InvalidArgument: one line about the first fault that says where it is (a JSON pointer; nothing
// for the whole), what is there, and what is allowed.
Status CheckAgainstSchema(const nlohmann::ordered_json& schema,
                          const nlohmann::ordered_json& value);

// Returns a value in a form for messages: text quoted and cut, a list or an object by its kind.
std::string ShownForMessage(const nlohmann::ordered_json& value);

}  // namespace rollcall
