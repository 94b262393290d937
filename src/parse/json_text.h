// What stands between a JSON string's quotes, as text. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Replaces `out` by `quoted` with its escapes resolved. False: an escape is none, or half of a
// surrogate pair stands alone; `out` is then unspecified.
bool UnescapeJson(std::string_view quoted, std::string& out);

}  // namespace rollcall
