#include "parse/number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "base/text.h"

namespace rollcall {
namespace {

// A whole number with at most this many digits is a double without rounding.
constexpr ptrdiff_t kExactDigits = 15;

const char* SkipDigits(const char* at, const char* end) {
  while (at != end && IsAsciiDigit(*at)) ++at;
  return at;
}

NumberError ParseWord(std::string_view text, double& value) {
  if (EqualsIgnoringCase(text, "nan")) {
    value = std::numeric_limits<double>::quiet_NaN();
    return NumberError::kNone;
  }
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '+' || negative)) text.remove_prefix(1);
  if (!EqualsIgnoringCase(text, "inf") && !EqualsIgnoringCase(text, "infinity")) {
    return NumberError::kNotANumber;
  }
  const double infinity = std::numeric_limits<double>::infinity();
  value = negative ? -infinity : infinity;
  return NumberError::kNone;
}

// For a number that no double can hold: is it too large (else too small)? The two are hundreds of
// decimal places apart, so the place of the first digit that is not 0 decides.
bool IsBeyondOne(std::string_view text) {
  const size_t exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  int64_t exponent = 0;
  if (exponent_at != std::string_view::npos) {
    std::string_view digits = text.substr(exponent_at + 1);
    if (digits.front() == '+') digits.remove_prefix(1);
    const auto [_, error] = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    // An exponent of 64 bits outweighs any number of digits that fits in memory.
    if (error != std::errc()) return digits.front() != '-';
  }
  return exponent > static_cast<int64_t>(first) - static_cast<int64_t>(point);
}

}  // namespace

NumberError ParseValue(std::string_view text, double& value) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const char* const begin = at;
  uint64_t whole = 0;
  for (; at != end && IsAsciiDigit(*at); ++at)
    whole = whole * 10 + static_cast<uint64_t>(*at - '0');
  ptrdiff_t digits = at - begin;
  if (at == end && digits > 0 && digits <= kExactDigits) {
    const double magnitude = static_cast<double>(whole);
    value = negative ? -magnitude : magnitude;
    return NumberError::kNone;
  }
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = SkipDigits(at, end);
    digits += at - fraction;
  }
  if (digits == 0) return ParseWord(text, value);
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '-' || *at == '+')) ++at;
    const char* const exponent = at;
    at = SkipDigits(at, end);
    if (at == exponent) return NumberError::kNotANumber;
  }
  if (at != end) return NumberError::kNotANumber;

  double magnitude = 0;
  const auto [stop, error] = std::from_chars(begin, end, magnitude);
  if (error == std::errc::result_out_of_range) {
    if (IsBeyondOne(std::string_view(begin, static_cast<size_t>(end - begin)))) {
      return NumberError::kOutOfRange;
    }
    magnitude = 0;
  } else if (error != std::errc() || stop != end) {
    return NumberError::kNotANumber;
  }
  if (std::isinf(magnitude)) return NumberError::kOutOfRange;
  value = negative ? -magnitude : magnitude;
  return NumberError::kNone;
}

NumberError ParseTimestamp(std::string_view text, int64_t& milliseconds) {
  const char* const end = text.data() + text.size();
  if (text.empty() || SkipDigits(text.data(), end) != end) return NumberError::kNotANumber;
  int64_t parsed = 0;
  const auto [_, error] = std::from_chars(text.data(), end, parsed);
  if (error != std::errc()) return NumberError::kOutOfRange;
  milliseconds = parsed;
  return NumberError::kNone;
}

NumberError ParseTimestampOrSeconds(std::string_view text, int64_t& milliseconds) {
  const size_t point = text.find('.');
  if (point == std::string_view::npos) return ParseTimestamp(text, milliseconds);
  int64_t seconds = 0;
  const NumberError error = ParseTimestamp(text.substr(0, point), seconds);
  if (error != NumberError::kNone) return error;
  const std::string_view fraction = text.substr(point + 1);
  const char* const end = fraction.data() + fraction.size();
  if (fraction.empty() || SkipDigits(fraction.data(), end) != end) return NumberError::kNotANumber;
  int64_t parsed = 0;
  if (__builtin_mul_overflow(seconds, int64_t{1000}, &parsed)) return NumberError::kOutOfRange;
  int64_t unit = 100;
  for (const char c : fraction.substr(0, 3)) {
    if (__builtin_add_overflow(parsed, (c - '0') * unit, &parsed)) return NumberError::kOutOfRange;
    unit /= 10;
  }
  milliseconds = parsed;
  return NumberError::kNone;
}

}  // namespace rollcall
