// The steps of ParseDeclaration that have files of their own. For the declaration_*.cc files alone.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "fleets/declaration.h"
#include "fleets/json_mapping.h"

namespace rollcall::fleets {

// Appends the rules that `from` of a metric stands for; `at` is its JSON pointer. The schema holds.
// InvalidArgument: a reference, a pattern or a range says what cannot be; the message begins with
// the pointer.
Status AppendRules(const std::string& metric, const nlohmann::ordered_json& from,
                   const std::string& at, std::vector<JsonRule>& rules);

// Whether all that the declaration names is declared, and nothing is said twice.
Status CheckDeclaration(const Declaration& declaration);

// Whether the example makes a report that counts. Ok where there is none.
Status CheckExample(const Declaration& declaration);

// "/a: what": how a fault of the steps reads.
Status FaultAt(const std::string& at, const std::string& what);

}  // namespace rollcall::fleets
