#include "query/promql/text.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "parse/utf8.h"

namespace rollcall::promql {
namespace {

struct Unit {
  std::string_view name;
  int64_t ms;
  bool alone;  // written only where nothing remains: 90d, not 12w6d
};

constexpr int64_t kSecond = 1000;
constexpr int64_t kDay = 24 * 60 * 60 * kSecond;
constexpr auto kUnits = std::to_array<Unit>({
    {"y", 365 * kDay, true},
    {"w", 7 * kDay, true},
    {"d", kDay, false},
    {"h", 60 * 60 * kSecond, false},
    {"m", 60 * kSecond, false},
    {"s", kSecond, false},
    {"ms", 1, false},
});

// As in Prometheus, whose durations are nanoseconds.
constexpr int64_t kMaxDurationMs = std::numeric_limits<int64_t>::max() / 1'000'000;

bool IsPlainName(std::string_view text, bool with_colon) {
  if (text.empty() || IsAsciiDigit(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return IsAsciiAlphanumeric(c) || c == '_' || (with_colon && c == ':');
  });
}

// Whether the bytes from `at` on are a character that needs no escape; how long it is.
size_t PlainLength(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return byte >= 0x20 && byte != 0x7f ? 1 : 0;
  const char* const begin = text.data() + at;
  const char* const end = SkipUtf8Sequence(begin, text.data() + text.size());
  if (end == nullptr) return 0;
  const bool is_control = byte == 0xc2 && static_cast<unsigned char>(begin[1]) < 0xa0;
  return is_control ? 0 : static_cast<size_t>(end - begin);
}

}  // namespace

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const size_t length = PlainLength(text, i); length > 0) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += text.substr(i, length);
      i += length;
      continue;
    }
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\t') {
      quoted += "\\t";
    } else {
      quoted += "\\x";
      AppendHexByte(c, quoted);
    }
    ++i;
  }
  return quoted + '"';
}

bool IsPlainLabelName(std::string_view text) { return IsPlainName(text, false); }
bool IsPlainMetricName(std::string_view text) { return IsPlainName(text, true); }

std::string WriteLabelName(std::string_view name) {
  return IsPlainLabelName(name) ? std::string(name) : Quote(name);
}

std::optional<int64_t> ReadDurationMs(std::string_view text) {
  int64_t total = 0;
  size_t next_unit = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    int64_t number = 0;
    size_t digits = 0;
    for (; digits < text.size() && IsAsciiDigit(text[digits]); ++digits) {
      number = number * 10 + (text[digits] - '0');
      if (number > kMaxDurationMs) return std::nullopt;
    }
    size_t letters = digits;
    while (letters < text.size() && !IsAsciiDigit(text[letters])) ++letters;
    const std::string_view name = text.substr(digits, letters - digits);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (digits == 0 || next_unit == kUnits.size()) return std::nullopt;
    const int64_t unit = kUnits[next_unit++].ms;
    if (number > (kMaxDurationMs - total) / unit) return std::nullopt;
    total += number * unit;
    text.remove_prefix(letters);
  }
  return total;
}

std::string WriteDuration(int64_t ms) {
  if (ms == 0) return "0s";
  std::string text = ms < 0 ? "-" : "";
  // The smallest number has no positive twin; durations end long before it.
  int64_t left = ms < 0 ? -std::max(ms, -std::numeric_limits<int64_t>::max()) : ms;
  for (const Unit& unit : kUnits) {
    if (left < unit.ms || (unit.alone && left % unit.ms != 0)) continue;
    text += std::to_string(left / unit.ms);
    text += unit.name;
    left %= unit.ms;
  }
  return text;
}

}  // namespace rollcall::promql
