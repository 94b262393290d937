// The list of applications in the answer of a repository's contents API: a JSON array with
// one object per entry, of which those with "type":"dir" count. Pure functions; see
// api/README.md, "Contract".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

// Bounds on an answer, all inclusive. An answer over a bound is refused as a whole.
inline constexpr size_t kMaxAppListJsonBytes = 1024 * 1024;
inline constexpr size_t kMaxAppListNames = 1000;
inline constexpr size_t kMaxAppListJsonDepth = 16;

// Returns whether `name` matches [a-z0-9][a-z0-9._-]{0,62}.
bool IsAppName(std::string_view name);

// Returns the names of all entries of type "dir", sorted, each once. Skips a folder whose name is
// not an application's name: one odd folder must not freeze the list. InvalidArgument: not JSON,
// not of that shape, over a bound, or without a single name. Pure; accepts any bytes.
Result<std::vector<std::string>> ParseAppListJson(std::string_view json);

}  // namespace rollcall
