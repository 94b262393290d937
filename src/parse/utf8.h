// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Pure
// functions.
#pragma once

#include <string_view>

namespace rollcall {

// The end of the well-formed sequence of two to four bytes that starts at `at` (a byte from 0x80
// up, at < end); null where there is none.
const char* SkipUtf8Sequence(const char* at, const char* end);

bool IsUtf8(std::string_view text);

}  // namespace rollcall
