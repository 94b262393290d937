// Units of sizes in bytes.
#pragma once

#include <cstdint>

namespace rollcall {

inline constexpr uint64_t kMiB = 1ULL << 20;
inline constexpr uint64_t kGiB = 1ULL << 30;

}  // namespace rollcall
