// The text form of options' values: whole numbers, sizes, durations, addresses. Pure functions.
// What a Format function writes, its Parse function reads back. A failure is InvalidArgument; its
// message is a phrase that follows the option's name: `'abc' is not a whole number of months from 0
// to 1200`.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::cli {

// Return the values that an option accepts, in words: "a whole number of months from 0 to 1200".
// Bounds are inclusive. `unit` is a plural noun, or empty.
std::string AllowedNumbers(uint64_t min, uint64_t max, std::string_view unit);
std::string AllowedSizes(uint64_t min_bytes, uint64_t max_bytes);
std::string AllowedDurations(std::chrono::milliseconds min, std::chrono::milliseconds max);

// Reads decimal digits and nothing else. Bounds are inclusive here and below.
Result<uint64_t> ParseNumber(std::string_view text, uint64_t min, uint64_t max,
                             std::string_view unit);

// Reads "4096", "64KiB", "10MiB", "2GiB". K, M and G are short for the last three; case does
// not matter.
Result<uint64_t> ParseSize(std::string_view text, uint64_t min_bytes, uint64_t max_bytes);
std::string FormatSize(uint64_t bytes);

// Reads "500ms", "10s", "5m", "1h", and "0", which needs no unit.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text,
                                                std::chrono::milliseconds min,
                                                std::chrono::milliseconds max);
std::string FormatDuration(std::chrono::milliseconds duration);

// Returns whether the text is "host:port", ":port" or "[v6]:port" with a port from 0 to 65535.
// Whether the host exists shows only when the address is bound.
bool IsListenAddress(std::string_view text);

}  // namespace rollcall::cli
