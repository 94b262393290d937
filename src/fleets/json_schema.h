// Holds JSON to a JSON Schema, as far as our own schemas go: type, enum, pattern (RE2), minLength,
// maxLength, minimum, maximum, items, minItems, maxItems, uniqueItems, properties, required,
// additionalProperties, propertyNames, minProperties, maxProperties, anyOf, if/then/else,
// `"not": {}` and $ref into $defs. Pure; for the files of this box that read JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "base/status.h"

namespace rollcall::fleets {

// InvalidArgument: one line that says of the first fault where it is (a JSON pointer; nothing for
// the whole), what stands there, and what is allowed. `schema` is ours: what it says that is not
// listed above is not looked at.
Status CheckAgainstSchema(const nlohmann::ordered_json& schema,
                          const nlohmann::ordered_json& value);

// What stands at a place, for a message: text in quotes and cut, a list and an object by kind.
std::string ShownForMessage(const nlohmann::ordered_json& value);

}  // namespace rollcall::fleets
