// Text as bytes: folding of ASCII case, percent-coding, quoting for messages. Pure functions; any
// thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace rollcall {

inline constexpr char AsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline constexpr bool IsAsciiAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string AsciiLower(std::string_view text);

// Where only ASCII letters fold.
inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return AsciiLower(x) == AsciiLower(y);
         });
}

// Appends two lower-case digits.
void AppendHexByte(char c, std::string& out);

// Appends `text` as one component of a URL (RFC 3986): all but the unreserved bytes as %NN.
void AppendPercentEncoded(std::string_view text, std::string& out);

// Text of a stranger for a message of one line: in double quotes and in printable ASCII; other
// bytes, quotes and backslashes are escaped. At most 60 bytes with the quotes; where the text was
// cut, `...` follows them.
std::string QuoteForMessage(std::string_view text);

// The same for a word that a person typed at us: in single quotes, only what is not printable ASCII
// escaped, cut after 80 bytes with its size behind.
std::string QuoteWord(std::string_view text);

}  // namespace rollcall
