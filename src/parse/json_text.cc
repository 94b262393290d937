#include "parse/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace rollcall {
namespace {

// The number after \u; nullopt if there are no four hexadecimal digits.
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

// What the escape at the front of `text`, after its backslash, stands for.
std::optional<uint32_t> TakeEscape(std::string_view& text) {
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  if (text.empty()) return std::nullopt;
  const char escape = text.front();
  text.remove_prefix(1);
  if (escape != 'u') {
    const size_t at = kEscapes.find(escape);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<uint32_t>(kMeanings[at]);
  }
  const std::optional<uint32_t> unit = TakeUnit(text);
  if (!unit || (*unit >= 0xdc00 && *unit < 0xe000)) return std::nullopt;
  if (*unit < 0xd800 || *unit >= 0xdc00) return unit;
  if (!text.starts_with("\\u")) return std::nullopt;
  text.remove_prefix(2);
  const std::optional<uint32_t> low = TakeUnit(text);
  if (!low || *low < 0xdc00 || *low >= 0xe000) return std::nullopt;
  return 0x10000 + ((*unit - 0xd800) << 10) + (*low - 0xdc00);
}

}  // namespace

bool UnescapeJson(std::string_view quoted, std::string& out) {
  out.clear();
  while (!quoted.empty()) {
    const size_t plain = std::min(quoted.find('\\'), quoted.size());
    out += quoted.substr(0, plain);
    quoted.remove_prefix(plain);
    if (quoted.empty()) break;
    quoted.remove_prefix(1);
    const std::optional<uint32_t> code = TakeEscape(quoted);
    if (!code) return false;
    AppendUtf8(*code, out);
  }
  return true;
}

size_t FindBadJsonEscape(std::string_view quoted) {
  std::string_view rest = quoted;
  for (;;) {
    const size_t backslash = rest.find('\\');
    if (backslash == std::string_view::npos) return backslash;
    const size_t at = quoted.size() - rest.size() + backslash;
    rest.remove_prefix(backslash + 1);
    if (!TakeEscape(rest)) return at;
  }
}

}  // namespace rollcall
