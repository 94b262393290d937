// The ranges over which a host's history is shown. A constant table.
#pragma once

#include <array>
#include <chrono>
#include <string_view>

namespace rollcall::hosts {

struct Range {
  std::string_view name;   // in a request
  std::string_view label;  // in the answer
  std::chrono::seconds span;
  std::chrono::seconds step;  // the first sample of each is shown
};

inline constexpr auto kRanges = std::to_array<Range>({
    {"30m", "30 minutes", std::chrono::minutes(30), std::chrono::minutes(1)},
    {"1h", "1 hour", std::chrono::hours(1), std::chrono::minutes(1)},
    {"6h", "6 hours", std::chrono::hours(6), std::chrono::minutes(5)},
    {"24h", "24 hours", std::chrono::hours(24), std::chrono::minutes(15)},
});
inline constexpr std::string_view kDefaultRange = "1h";

}  // namespace rollcall::hosts
