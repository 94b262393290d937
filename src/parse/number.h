// Values and timestamps of the text format, read from the bytes between two blanks. Pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace rollcall {

enum class NumberError {
  kNone,
  kNotANumber,
  kOutOfRange,  // well-formed, but too large for the type
};

// Reads all of `text` as one value: a decimal number with optional sign, point and exponent; `inf`
// or `infinity` with optional sign; or `nan` without sign; letters in any case. A number too small
// to tell from 0 is 0 (with its sign). Sets `value` on success only.
[[nodiscard]] NumberError ParseValue(std::string_view text, double& value);

// Reads all of `text` as digits, at most 9223372036854775807; leading zeros are allowed. Sets
// `milliseconds` on success only.
[[nodiscard]] NumberError ParseTimestamp(std::string_view text, int64_t& milliseconds);

// Also reads seconds with a fraction ("1770000000.250", as in OpenMetrics), which is cut
// to milliseconds.
[[nodiscard]] NumberError ParseTimestampOrSeconds(std::string_view text, int64_t& milliseconds);

}  // namespace rollcall
