#include "base/hash.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace rollcall {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

Hash128 Sum(Hash128 a, const Hash128& b) { return a += b; }

TEST(Hash128, AdditionCarriesFromTheLowHalf) {
  EXPECT_EQ(Sum({1, 2}, {3, 4}), (Hash128{4, 6}));
  EXPECT_EQ(Sum({0, kMax}, {0, 1}), (Hash128{1, 0}));
  EXPECT_EQ(Sum({5, kMax}, {6, kMax}), (Hash128{12, kMax - 1}));
}

TEST(Hash128, AdditionWrapsAt128Bits) {
  EXPECT_EQ(Sum({kMax, kMax}, {0, 1}), (Hash128{0, 0}));
  EXPECT_EQ(Sum({kMax, kMax}, {kMax, kMax}), (Hash128{kMax, kMax - 1}));
}

TEST(Hash128, AdditionIsThatOf128BitNumbers) {
  __extension__ using Wide = unsigned __int128;
  const auto wide = [](const Hash128& h) { return Wide{h.high} << 64U | h.low; };
  std::mt19937_64 random(5);
  for (int round = 0; round < 10000; ++round) {
    const Hash128 a{random(), random()};
    const Hash128 b{random(), random()};
    ASSERT_TRUE(wide(Sum(a, b)) == wide(a) + wide(b));
    ASSERT_EQ(Sum(a, b), Sum(b, a));
  }
}

TEST(Hash128, AdditionToItselfDoubles) {
  Hash128 h{1, kMax};
  h += h;
  EXPECT_EQ(h, (Hash128{3, kMax - 1}));
}

TEST(HashBytes, DependsOnEveryByteTheLengthAndTheSeed) {
  const std::string text(300, 'x');
  const Hash128 hash = HashBytes(text, 1);
  EXPECT_EQ(HashBytes(text, 1), hash);
  EXPECT_NE(HashBytes(text, 2), hash);
  EXPECT_NE(HashBytes(std::string_view(text).substr(1), 1), hash);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = 'y';
    EXPECT_NE(HashBytes(changed, 1), hash) << i;
  }
}

TEST(HashBytes, TakesNoBytes) { EXPECT_EQ(HashBytes({}, 9), HashBytes("", 9)); }

}  // namespace
}  // namespace rollcall
