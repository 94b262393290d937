#include "model/exact_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace rollcall {
namespace {

using Units = ExactSum::Units;

constexpr Units kOne = Units{1} << 32;
constexpr double kTwoTo64 = 18446744073709551616.0;

ExactSum SumOf(const std::vector<double>& values) {
  ExactSum sum;
  for (const double v : values) sum += ExactSum::Of(v);
  return sum;
}

TEST(ExactSum, OfNothingIsZero) {
  EXPECT_TRUE(ExactSum().IsZero());
  EXPECT_TRUE(ExactSum::Of(0).IsZero());
  EXPECT_TRUE(ExactSum::Of(-0.0).IsZero());
  EXPECT_EQ(ExactSum().ToInt64(), 0);
  EXPECT_EQ(ExactSum().ToDouble(), 0);
}

TEST(ExactSum, OfWholeNumbersIsExactWhateverTheirOrder) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values;
    Units want = 0;
    for (int i = 0; i < 300; ++i) {
      // Up to 2^53 a double holds each whole number.
      auto v = static_cast<int64_t>(random() >> (11 + random() % 53));
      if (random() % 2 == 0) v = -v;
      values.push_back(static_cast<double>(v));
      want += Units{v} * kOne;
    }
    ASSERT_TRUE(SumOf(values).units() == want);
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_TRUE(SumOf(values).units() == want);
  }
}

TEST(ExactSum, OfBinaryFractionsIsExactWhateverTheirOrder) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values;
    Units want = 0;
    for (int i = 0; i < 300; ++i) {
      const auto fraction_bits = static_cast<int>(random() % 33);
      const auto v = static_cast<int64_t>(random() >> 20) - (int64_t{1} << 43);
      values.push_back(std::ldexp(static_cast<double>(v), -fraction_bits));
      want += Units{v} << (32 - fraction_bits);
    }
    ASSERT_TRUE(SumOf(values).units() == want);
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_TRUE(SumOf(values).units() == want);
  }
}

TEST(ExactSum, RoundsEachSummandOnceToTheNearestUnit) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double v = std::ldexp(static_cast<double>(static_cast<int64_t>(random())),
                                -static_cast<int>(random() % 120));
    const long double want = std::nearbyint(static_cast<long double>(v) * 4294967296.0L);
    ASSERT_TRUE(ExactSum::Of(v).units() == static_cast<Units>(want)) << v;
  }
  EXPECT_TRUE(ExactSum::Of(std::ldexp(0.75, -32)).units() == 1);
  EXPECT_TRUE(ExactSum::Of(std::ldexp(0.25, -32)).IsZero());
  EXPECT_TRUE(ExactSum::Of(std::numeric_limits<double>::denorm_min()).IsZero());
}

TEST(ExactSum, GivesBackWhatWasAddedWithoutATrace) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 10'000; ++i) {
    const ExactSum a = ExactSum::Of(static_cast<double>(random()) / 7);
    const ExactSum b = ExactSum::Of(static_cast<double>(random()) * 1e-9);
    ASSERT_EQ(a + b - b, a);
    ASSERT_TRUE((a - a).IsZero());
    ASSERT_EQ(a + b, b + a);
  }
}

TEST(ExactSum, LosesNoSmallSummandBesideALargeOne) {
  std::vector<double> values(1000, 1);
  values.push_back(9e18);
  values.push_back(-9e18);
  values.push_back(0.5);
  EXPECT_EQ(SumOf(values).ToDouble(), 1000.5);
}

TEST(ExactSum, ASummandBeyondTwoToThe64CountsAsThat) {
  const Units largest = Units{1} << 96;
  for (const double v : {kTwoTo64, 2e19, 1e300, std::numeric_limits<double>::max()}) {
    EXPECT_TRUE(ExactSum::Of(v).units() == largest) << v;
    EXPECT_TRUE(ExactSum::Of(-v).units() == -largest) << v;
  }
  const double below = std::nextafter(kTwoTo64, 0);
  EXPECT_TRUE(ExactSum::Of(below).units() == (largest - (Units{2048} << 32)));
}

TEST(ExactSum, HasRoomForMoreThanABillionOfTheLargest) {
  const ExactSum most = ExactSum::FromUnits(ExactSum::Of(1e300).units() * ((Units{1} << 31) - 1));
  EXPECT_EQ(most.ToInt64(), INT64_MAX);
  EXPECT_TRUE((most + ExactSum::Of(-1e300) - most).units() == -(Units{1} << 96));
}

TEST(ExactSum, IsCutTowardsZero) {
  EXPECT_EQ(ExactSum::Of(2.999).ToInt64(), 2);
  EXPECT_EQ(ExactSum::Of(-2.999).ToInt64(), -2);
  EXPECT_EQ(ExactSum::Of(0.999).ToInt64(), 0);
  EXPECT_EQ(ExactSum::Of(-0.999).ToInt64(), 0);
  EXPECT_EQ(ExactSum::Of(-1).ToInt64(), -1);
  EXPECT_EQ(SumOf({0.5, 0.5}).ToInt64(), 1);
  EXPECT_EQ(SumOf({-0.25, -0.25, -0.5}).ToInt64(), -1);
}

TEST(ExactSum, StaysAtTheEndsOfThe64BitRange) {
  const Units top = Units{INT64_MAX} * kOne;
  const Units bottom = Units{INT64_MIN} * kOne;
  EXPECT_EQ(ExactSum::FromUnits(top).ToInt64(), INT64_MAX);
  EXPECT_EQ(ExactSum::FromUnits(top - kOne).ToInt64(), INT64_MAX - 1);
  EXPECT_EQ(ExactSum::FromUnits(top + kOne).ToInt64(), INT64_MAX);
  EXPECT_EQ(ExactSum::FromUnits(bottom).ToInt64(), INT64_MIN);
  EXPECT_EQ(ExactSum::FromUnits(bottom + kOne).ToInt64(), INT64_MIN + 1);
  EXPECT_EQ(ExactSum::FromUnits(bottom - kOne).ToInt64(), INT64_MIN);
  EXPECT_EQ(ExactSum::Of(1e300).ToInt64(), INT64_MAX);
  EXPECT_EQ(ExactSum::Of(-1e300).ToInt64(), INT64_MIN);
  EXPECT_EQ(SumOf({9223372036854775808.0, 1}).ToInt64(), INT64_MAX);
}

TEST(ExactSum, IsWrittenWithNoMoreDecimalsThanTellItApart) {
  for (const double value : {0.1, 0.3, 2.5, -0.7, 1234.56, 1e-9, 7.0, 0.0}) {
    EXPECT_EQ(ExactSum::Of(value).ToShortest(), value);
  }
  EXPECT_EQ(SumOf({0.1, 0.2}).ToShortest(), 0.3);
  EXPECT_EQ(ExactSum::FromUnits(1).ToShortest(), 2e-10) << "the smallest there is";
  std::mt19937_64 random(5);
  for (int round = 0; round < 10'000; ++round) {
    const auto units = static_cast<int64_t>(random() >> (random() % 64)) >> (random() % 12);
    const ExactSum sum = ExactSum::FromUnits(units);
    // Nothing is lost that a double holds.
    if (ExactSum::Of(sum.ToDouble()) != sum) continue;
    ASSERT_EQ(ExactSum::Of(sum.ToShortest()), sum) << units;
  }
  EXPECT_EQ((SumOf({1e300, 1e300})).ToShortest(), 2 * kTwoTo64);
}

}  // namespace
}  // namespace rollcall
