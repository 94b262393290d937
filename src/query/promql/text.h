// How PromQL writes texts, names and durations. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::promql {

// Returns the text in double quotes, as a string literal that means the same bytes.
std::string Quote(std::string_view text);

// Whether the text stands for a label's or a metric's name without quotes.
bool IsPlainLabelName(std::string_view text);
bool IsPlainMetricName(std::string_view text);

// Returns a label's name, in quotes where it needs them.
std::string WriteLabelName(std::string_view name);

// Reads `1h30m`: units y w d h m s ms, in this order, each once. nullopt: it is none, or over
// 2^63 ns.
std::optional<int64_t> ReadDurationMs(std::string_view text);

// Returns the shortest usual form of a duration: `1h30m`, `0s`, `-5m`.
std::string WriteDuration(int64_t ms);

}  // namespace rollcall::promql
