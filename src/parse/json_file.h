// Files that an operator writes as JSON, with comments: read as a tree, and told where they are
// wrong. Pure functions, for the files that read declarations.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

// Returns the tree of a text of at most `max_bytes` (inclusive), ignoring comments.
// InvalidArgument: it is longer, is not JSON, is nested deeper than 64 levels, or has a name twice
// in one object.
Result<nlohmann::ordered_json> ParseJsonFile(std::string_view text, size_t max_bytes);

// Returns the failure "/a: what", the form of every fault at a JSON pointer.
Status FaultAt(const std::string& at, const std::string& what);

// Returns the failure "FILE: what" in printable ASCII: pointers contain names from the file.
Status FaultIn(std::string_view file, const Status& fault);

}  // namespace rollcall
