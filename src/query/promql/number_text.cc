#include "query/promql/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "parse/number.h"

namespace rollcall::promql {
namespace {

// Returns "" for a finite number.
std::string SpecialText(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  return std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : "";
}

}  // namespace

std::string PlainText(double value) {
  std::string text;
  AppendPlainText(value, text);
  return text;
}

void AppendPlainText(double value, std::string& out) {
  constexpr double kEndOfExact = 9'007'199'254'740'992;  // 2^53
  std::array<char, 32> buffer;
  char* const end = buffer.data() + buffer.size();
  // Most values are counts.
  if (value > 0 && value < kEndOfExact && value == std::trunc(value)) {
    out.append(buffer.data(), std::to_chars(buffer.data(), end, static_cast<uint64_t>(value)).ptr);
    return;
  }
  if (!std::isfinite(value)) {
    out += SpecialText(value);
    return;
  }
  const auto written = std::to_chars(buffer.data(), end, value, std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<size_t>(written.ptr - buffer.data()));
  if (text.starts_with('-')) {
    out += '-';
    text.remove_prefix(1);
  }
  // 1.234e+05: one digit, then those behind the point.
  const size_t e = text.find('e');
  const std::string_view behind = text.substr(std::min<size_t>(2, e), e - std::min<size_t>(2, e));
  int exponent = 0;
  const char* const tail = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(tail, written.ptr, exponent);
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
  }
  out += text[0];
  const auto whole = static_cast<size_t>(std::max(exponent, 0));
  if (exponent < 0 || whole >= behind.size()) {
    out += behind;
    out.append(exponent < 0 ? 0 : whole - behind.size(), '0');
  } else {
    out += behind.substr(0, whole);
    out += '.';
    out += behind.substr(whole);
  }
}

std::string FixedText(double value, int digits) {
  if (std::string special = SpecialText(value); !special.empty()) {
    return special;
  }
  std::array<char, 400> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  return {buffer.data(), static_cast<size_t>(size)};
}

std::string ShortText(double value) {
  if (std::string special = SpecialText(value); !special.empty()) {
    return special;
  }
  std::array<char, 64> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), written.ptr};
}

std::optional<double> ReadNumber(std::string_view text) {
  double value = 0;
  switch (ParseValue(text, value)) {
    case NumberError::kNone:
      return value;
    case NumberError::kNotANumber:
    case NumberError::kOutOfRange:
      break;
  }
  return std::nullopt;
}

std::string QuantileWarning(double phi) {
  return "quantile value should be between 0 and 1, got " + ShortText(phi);
}

}  // namespace rollcall::promql
