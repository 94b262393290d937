#include "query/promql/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
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
  if (std::string special = SpecialText(value); !special.empty()) {
    return special;
  }
  std::array<char, 64> buffer;
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::scientific);
  std::string_view text(buffer.data(), static_cast<size_t>(written.ptr - buffer.data()));
  std::string plain;
  if (text.starts_with('-')) {
    plain = "-";
    text.remove_prefix(1);
  }
  const size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  int exponent = 0;
  const std::string_view tail = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
  std::erase(digits, '.');
  // The point stands behind exponent + 1 digits.
  const int point = exponent + 1;
  if (point <= 0) {
    return plain + "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  }
  if (static_cast<size_t>(point) >= digits.size()) {
    return plain + digits + std::string(static_cast<size_t>(point) - digits.size(), '0');
  }
  return plain + digits.substr(0, static_cast<size_t>(point)) + "." +
         digits.substr(static_cast<size_t>(point));
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
