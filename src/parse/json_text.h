// The escapes in JSON strings. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// Sets `out` to `quoted`, the text between the quotes of a JSON string, with its escapes
// resolved. Returns false if an escape is invalid, or half of a surrogate pair stands alone;
// `out` is then unspecified.
bool UnescapeJson(std::string_view quoted, std::string& out);

// Returns the position of the backslash of the first escape that UnescapeJson refuses; npos if
// there is none. Allocates nothing.
size_t FindBadJsonEscape(std::string_view quoted);

}  // namespace rollcall
