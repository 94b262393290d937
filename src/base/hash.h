// The only hash function of the project: XXH3, 128 bits, seeded. Pure functions, plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rollcall {

struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Hash128&) const = default;
  // Addition modulo 2^128, so the order of the summands does not matter.
  Hash128& operator+=(const Hash128& other) {
    const uint64_t addend = other.low;  // `other` may be *this
    low += addend;
    high += other.high + (low < addend ? 1 : 0);
    return *this;
  }
};

// For hash tables keyed by a Hash128.
struct Hash128Hasher {
  size_t operator()(const Hash128& h) const { return h.low; }
};

Hash128 HashBytes(std::string_view bytes, uint64_t seed);

}  // namespace rollcall
