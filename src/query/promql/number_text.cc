#include "query/promql/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "base/text.h"
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
  // Most values are counts.
  if (value > 0 && value < kEndOfExact && value == std::trunc(value)) {
    return AppendDecimal(static_cast<uint64_t>(value), out);
  }
  if (!std::isfinite(value)) {
    out += SpecialText(value);
    return;
  }
  std::array<char, 32> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<size_t>(written.ptr - buffer.data()));
  if (text.starts_with('-')) {
    out += '-';
    text.remove_prefix(1);
  }
  // 1.234e+05: a digit, those behind the point if there are any, and the exponent.
  const size_t e = text.find('e');
  const std::string_view behind = e > 1 ? text.substr(2, e - 2) : std::string_view();
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), written.ptr, exponent);
  if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += text[0];
    out += behind;
    return;
  }
  const auto whole = static_cast<size_t>(exponent);  // so many more digits stand before the point
  out += text[0];
  out += behind.substr(0, whole);
  if (whole >= behind.size()) {
    out.append(whole - behind.size(), '0');
  } else {
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
