// Values and timestamps of the text format, from the bytes between two blanks. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace rollcall {

enum class NumberError {
  kNone,
  kNotANumber,
  kOutOfRange,  // written correctly, but larger than the type can hold
};

// The whole of `text` is one value: a decimal number with optional sign, point and exponent, `inf`
// or `infinity` with optional sign, or `nan` without, letters in any case. What is too small to
// tell from 0 is 0 (with its sign). `value` is set on success only.
[[nodiscard]] NumberError ParseValue(std::string_view text, double& value);

// The whole of `text` is digits, at most 9223372036854775807; leading zeros do not count.
// `milliseconds` is set on success only.
[[nodiscard]] NumberError ParseTimestamp(std::string_view text, int64_t& milliseconds);

// The same, or seconds with a fraction ("1770000000.250", as OpenMetrics has them), which is cut to
// milliseconds.
[[nodiscard]] NumberError ParseTimestampOrSeconds(std::string_view text, int64_t& milliseconds);

}  // namespace rollcall
