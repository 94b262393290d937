// Functions on text as bytes: ASCII case folding, percent-encoding, quoting for messages. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall {

inline constexpr char AsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline constexpr bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

inline constexpr bool IsAsciiAlphanumeric(char c) {
  return IsAsciiDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string AsciiLower(std::string_view text);

// Compares with only ASCII letters folded.
inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return AsciiLower(x) == AsciiLower(y);
         });
}

// Appends the number's decimal digits.
void AppendDecimal(uint64_t number, std::string& out);

// Appends the byte as two lower-case hexadecimal digits.
void AppendHexByte(char c, std::string& out);

// Appends `text` as one component of a URL (RFC 3986): every byte but the unreserved ones as %NN.
void AppendPercentEncoded(std::string_view text, std::string& out);

// Returns untrusted text ready for a one-line message: in double quotes and in printable ASCII,
// with other bytes, quotes and backslashes escaped. At most 60 bytes including the quotes; `...`
// follows them if the text was cut.
std::string QuoteForMessage(std::string_view text);

// Returns a word that a person typed, ready for a message: in single quotes, with only what is not
// printable ASCII escaped. A word over 80 bytes is cut and followed by its size.
std::string QuoteWord(std::string_view text);

}  // namespace rollcall
