// The random numbers of the demo fleet: the same on every machine and with every standard library,
// whose distributions are not. SplitMix64, whole numbers only.
#pragma once

#include <cstdint>

namespace rollcall::demo {

// A hash of 64 bits into 64 bits, and the generator's output function.
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// The seed of a thing that has a number within another: no two of a kind are alike.
constexpr uint64_t SeedOf(uint64_t seed, uint64_t number) {
  return MixBits(seed + MixBits(number + 0x9e3779b97f4a7c15ULL));
}

class DemoRandom {
 public:
  explicit constexpr DemoRandom(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() { return MixBits(state_ += 0x9e3779b97f4a7c15ULL); }
  // 0..bound-1; 0 where bound is 0.
  constexpr uint32_t Below(uint32_t bound) {
    return static_cast<uint32_t>(((Next() >> 32) * bound) >> 32);
  }
  // low..high, both inclusive.
  constexpr uint32_t Between(uint32_t low, uint32_t high) { return low + Below(high - low + 1); }
  constexpr bool Percent(uint32_t chance) { return Below(100) < chance; }

 private:
  uint64_t state_;
};

}  // namespace rollcall::demo
