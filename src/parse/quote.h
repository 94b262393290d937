// How bytes of a body are shown in a message for a person.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

// The text in double quotes, in printable ASCII: other bytes, quotes and backslashes are escaped.
// At most 60 bytes with the quotes; where the text was cut, `...` follows them.
std::string QuoteForMessage(std::string_view text);

}  // namespace rollcall
