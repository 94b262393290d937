// Parts of HTTP's grammar that several parts of the front need. Pure functions; any thread.
#pragma once

#include <array>
#include <string_view>

#include "base/text.h"

namespace rollcall::http {

namespace internal {
constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<size_t>(c)] = true;
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
inline constexpr std::array<bool, 256> kTokenBytes = MakeTokenTable();
}  // namespace internal

// Returns whether methods and header names may contain the byte (RFC 9110, `tchar`).
inline bool IsTokenByte(char c) { return internal::kTokenBytes[static_cast<unsigned char>(c)]; }

inline bool IsToken(std::string_view text) {
  for (char c : text) {
    if (!IsTokenByte(c)) {
      return false;
    }
  }
  return !text.empty();
}

// Returns whether a header's value may contain the byte: any but control characters other than
// the tab.
inline bool IsValueByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

inline std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Returns the next element of a comma-separated list, without the blanks around it, and removes it
// from `list`.
inline std::string_view NextListElement(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view element = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return TrimBlanks(element);
}

// Returns whether the value of an Accept-Encoding header (RFC 9110, 12.5.3) accepts gzip: named, or
// covered by `*`, with a weight other than 0.
inline bool TakesGzip(std::string_view accepted) {
  bool any = false;
  while (!accepted.empty()) {
    const std::string_view element = NextListElement(accepted);
    const size_t semicolon = element.find(';');
    const std::string_view coding = TrimBlanks(element.substr(0, semicolon));
    std::string_view weight;
    if (semicolon != std::string_view::npos) {
      weight = TrimBlanks(element.substr(semicolon + 1));
    }
    const bool refused = (weight.starts_with("q=0") || weight.starts_with("Q=0")) &&
                         weight.find_first_of("123456789", 3) == std::string_view::npos;
    if (EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip")) {
      return !refused;
    }
    any = any || (coding == "*" && !refused);
  }
  return any;
}

}  // namespace rollcall::http
