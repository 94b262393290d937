#include "parse/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace rollcall {
namespace {

// The number behind \u; nullopt where there are no four hex digits.
std::optional<uint32_t> TakeUnit(std::string_view& text) {
  uint32_t unit = 0;
  if (text.size() < 4) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, unit, 16);
  if (error != std::errc() || end != text.data() + 4) return std::nullopt;
  text.remove_prefix(4);
  return unit;
}

void AppendUtf8(uint32_t code, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80 | (code >> shift & 0x3f));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool AppendCodePoint(std::string_view& text, std::string& out) {
  std::optional<uint32_t> code = TakeUnit(text);
  if (!code || (*code >= 0xdc00 && *code < 0xe000)) return false;
  if (*code >= 0xd800 && *code < 0xdc00) {
    if (!text.starts_with("\\u")) return false;
    text.remove_prefix(2);
    const std::optional<uint32_t> low = TakeUnit(text);
    if (!low || *low < 0xdc00 || *low >= 0xe000) return false;
    code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
  }
  AppendUtf8(*code, out);
  return true;
}

}  // namespace

bool UnescapeJson(std::string_view quoted, std::string& out) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  out.clear();
  while (!quoted.empty()) {
    const size_t plain = std::min(quoted.find('\\'), quoted.size());
    out += quoted.substr(0, plain);
    quoted.remove_prefix(plain);
    if (quoted.empty()) break;
    if (quoted.size() < 2) return false;
    const char escape = quoted[1];
    quoted.remove_prefix(2);
    if (escape == 'u') {
      if (!AppendCodePoint(quoted, out)) return false;
      continue;
    }
    const size_t at = kEscapes.find(escape);
    if (at == std::string_view::npos) return false;
    out += kMeanings[at];
  }
  return true;
}

}  // namespace rollcall
