// UTF-8 as defined by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
// Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall {

// Returns the end of the well-formed sequence of two to four bytes that starts at `at`; null if
// there is none. Requires at < end and a byte from 0x80 up at `at`.
const char* SkipUtf8Sequence(const char* at, const char* end);

bool IsUtf8(std::string_view text);

// Returns the first bytes of a text that is UTF-8, at most so many, and no part of a character.
std::string_view CutUtf8(std::string_view text, size_t most);

// Returns the text if it is UTF-8, else what its bytes say as Latin-1.
std::string ToUtf8(std::string text);

}  // namespace rollcall
