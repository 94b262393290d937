// What stands between a JSON string's quotes, as text. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Replaces `out` by `quoted` with its escapes resolved. False: an escape is none, or half of a
// surrogate pair stands alone; `out` is then unspecified.
bool UnescapeJson(std::string_view quoted, std::string& out);

// Where the first such escape's backslash is; npos: UnescapeJson would succeed. Takes no memory.
size_t FindBadJsonEscape(std::string_view quoted);

}  // namespace rollcall
