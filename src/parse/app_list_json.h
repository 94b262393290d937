// The names of the applications in the answer of a repository's contents API: a JSON array with one
// object per entry, of which those with "type":"dir" count. Pure function; see api/README.md,
// "Contract".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace rollcall {

// Bounds of an answer, all inclusive. What goes over one is refused as a whole.
inline constexpr size_t kMaxAppListJsonBytes = 1024 * 1024;
inline constexpr size_t kMaxAppListNames = 1000;
inline constexpr size_t kMaxAppListJsonDepth = 16;

// [a-z0-9][a-z0-9._-]{0,62}
bool IsAppName(std::string_view name);

// The names of all entries of type "dir", sorted, each once. A folder whose name is no
// application's name is left out: one odd folder must not freeze the list. InvalidArgument where
// the answer is not JSON, not of that shape, over a bound, or without a single name. Pure; any
// bytes may come.
Result<std::vector<std::string>> ParseAppListJson(std::string_view json);

}  // namespace rollcall
