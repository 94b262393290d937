// UTF-8 as defined by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
// Pure functions.
#pragma once

#include <string_view>

namespace rollcall {

// Returns the end of the well-formed sequence of two to four bytes that starts at `at`; null if
// there is none. Requires at < end and a byte from 0x80 up at `at`.
const char* SkipUtf8Sequence(const char* at, const char* end);

bool IsUtf8(std::string_view text);

}  // namespace rollcall
