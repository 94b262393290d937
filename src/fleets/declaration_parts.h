// Steps of ParseDeclaration that have files of their own. Pure functions, for the declaration_*.cc
// files only.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "fleets/declaration.h"
#include "fleets/json_mapping.h"
#include "parse/json_file.h"

namespace rollcall::fleets {

// Appends the rules that the `from` of a metric declares; `at` is its JSON pointer. Requires that
// `from` fits the schema. InvalidArgument: a reference, a pattern or a range is impossible; the
// message begins with the pointer.
Status AppendRules(const std::string& metric, const nlohmann::ordered_json& from,
                   const std::string& at, std::vector<JsonRule>& rules);

// Checks that everything the declaration names is declared, and nothing is declared twice.
Status CheckDeclaration(const Declaration& declaration);

// Checks that the example makes a report that counts. Ok if there is no example.
Status CheckExample(const Declaration& declaration);

}  // namespace rollcall::fleets
