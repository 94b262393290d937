// The random numbers of the demo fleet: SplitMix64, whole numbers only. The same on every
// machine and with every standard library, unlike the distributions of <random>. Plain values;
// one thread each.
#pragma once

#include <cstdint>

namespace rollcall::demo {

// A day in seconds, the unit of most draws.
inline constexpr uint32_t kDay = 86'400;

// Returns a 64-bit hash of 64 bits; also the output function of the generator.
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// Returns the seed of the thing with this number within another one. Different numbers give
// different seeds.
constexpr uint64_t SeedOf(uint64_t seed, uint64_t number) {
  return MixBits(seed + MixBits(number + 0x9e3779b97f4a7c15ULL));
}

class DemoRandom {
 public:
  explicit constexpr DemoRandom(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() { return MixBits(state_ += 0x9e3779b97f4a7c15ULL); }
  // Returns a number in 0..bound-1; 0 if bound is 0.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32);
  }
  // Returns a number in low..high, both inclusive.
  constexpr uint32_t Between(uint32_t low, uint32_t high) { return low + Below(high - low + 1); }
  // Returns true in `chance` of 100 cases.
  constexpr bool Percent(uint32_t chance) { return Below(100) < chance; }

 private:
  uint64_t state_;
};

}  // namespace rollcall::demo
