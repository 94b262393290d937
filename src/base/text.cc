#include "base/text.h"

#include <array>
#include <charconv>

namespace rollcall {
namespace {

constexpr size_t kMaxQuotedBytes = 58;  // two more for the quotes
constexpr size_t kMaxWordBytes = 80;

bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

void AppendEscaped(char c, std::string& out) {
  constexpr std::string_view kEscaped = "\"\\\n\r\t";
  constexpr std::string_view kLetters = "\"\\nrt";
  if (const size_t at = kEscaped.find(c); at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
  } else if (IsPrintable(c)) {
    out += c;
  } else {
    out += "\\x";
    AppendHexByte(c, out);
  }
}

}  // namespace

void AppendDecimal(uint64_t number, std::string& out) {
  std::array<char, 20> digits;
  out.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

std::string AsciiLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = AsciiLower(c);
  return lower;
}

void AppendHexByte(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void AppendPercentEncoded(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (IsAsciiAlphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
}

std::string QuoteForMessage(std::string_view text) {
  std::string out = "\"";
  std::string piece;
  for (const char c : text) {
    piece.clear();
    AppendEscaped(c, piece);
    if (out.size() - 1 + piece.size() > kMaxQuotedBytes) return out + "\"...";
    out += piece;
  }
  return out + "\"";
}

std::string QuoteWord(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text.substr(0, kMaxWordBytes)) {
    if (IsPrintable(c)) {
      quoted += c;
    } else {
      quoted += "\\x";
      AppendHexByte(c, quoted);
    }
  }
  quoted += '\'';
  if (text.size() > kMaxWordBytes) {
    quoted += "... (" + std::to_string(text.size()) + " bytes)";
  }
  return quoted;
}

}  // namespace rollcall
