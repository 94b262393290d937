// Distributions: the percentiles by their definition, and bins for numbers of every kind.
#include "model/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace rollcall {
namespace {

Distribution DistributionOf(const std::vector<double>& numbers) {
  DistributionBuilder builder;
  for (const double number : numbers) builder.Add(number);
  return builder.Finish();
}

// "1-1=2 4-5=1".
std::string Bins(const std::vector<double>& numbers) {
  std::string text;
  for (const DistributionBin& bin : DistributionOf(numbers).bins) {
    char one[96];
    std::snprintf(one, sizeof one, "%s%.15g-%.15g=%lld", text.empty() ? "" : " ", bin.from, bin.to,
                  static_cast<long long>(bin.sources));
    text += one;
  }
  return text;
}

TEST(Distribution, OfNothingIsNothing) { EXPECT_EQ(DistributionOf({}), Distribution()); }

TEST(Distribution, APercentileIsTheNumberAtItsPlaceRoundedUp) {
  // Of four the first quarter ends with the first, of five with the second.
  EXPECT_EQ(DistributionOf({40, 10, 30, 20}).percentiles,
            (std::array<double, 5>{10, 20, 30, 40, 40}));
  EXPECT_EQ(DistributionOf({50, 40, 10, 30, 20}).percentiles,
            (std::array<double, 5>{20, 30, 40, 50, 50}));
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  EXPECT_EQ(DistributionOf(hundred).percentiles, (std::array<double, 5>{25, 50, 75, 90, 99}));
  hundred.push_back(101);
  EXPECT_EQ(DistributionOf(hundred).percentiles, (std::array<double, 5>{26, 51, 76, 91, 100}));
}

TEST(Distribution, BinsOfWholeNumbersAreWholeNumbersThatPeopleCountIn) {
  EXPECT_EQ(Bins({0, 1, 2, 3, 4, 5, 6, 10, 11, 20, 21, 50, 51, 100, 101}),
            "0-0=1 1-1=1 2-2=1 3-3=1 4-5=2 6-10=2 11-20=2 21-50=2 51-100=2 101-200=1");
  EXPECT_EQ(Bins({7, 7, 811'020'009'472}), "6-10=2 500000000001-1000000000000=1");
}

TEST(Distribution, NegativeNumbersMirrorThem) {
  EXPECT_EQ(Bins({-4, -5, -1, -7, 0, 2}), "-10--6=1 -5--4=2 -1--1=1 0-0=1 2-2=1");
  EXPECT_EQ(Bins({-2.5, -2.25, 1}), "-3--2.25=2 1-1=1");
  // Neither has a sign.
  EXPECT_EQ(Bins({-0.0, 0}), "0-0=2");
}

TEST(Distribution, WhereNumbersAreNotWholeABinBeginsWithTheLeastInIt) {
  EXPECT_EQ(Bins({0.25, 0.5, 0.75, 1, 2.5, 2.75, 3, 4}), "0.25-0.5=2 0.75-1=2 2.5-3=3 4-5=1");
  // Rounded to units of 2^-32, which must not carry it over the end of its bin.
  EXPECT_EQ(DistributionOf({0.1, 1}).bins.front().to, 0.1);
  EXPECT_EQ(DistributionOf({1.0 / 4294967296}).bins.size(), 1U);
}

TEST(Distribution, HugeNumbersCountAsTheLargestThereAre) {
  const double most = 18446744073709551616.0;
  const Distribution huge = DistributionOf({1e300, -1e300, 1e18});
  EXPECT_EQ(huge.most, most);
  EXPECT_EQ(huge.least, -most);
  EXPECT_EQ(huge.percentiles[1], 1e18);
  EXPECT_EQ(huge.sum, ExactSum::Of(1e18));
  EXPECT_EQ(Bins({1e300, -1e300, 1e18}),
            "-1.84467440737096e+19--1e+19=1 5e+17-1e+18=1 1e+19-1.84467440737096e+19=1");
}

// By brute force: as many distinct numbers as do not fit at once, in any order.
TEST(Distribution, OfManyIsThatOfThemSorted) {
  std::mt19937 random(4);
  std::vector<double> numbers;
  double sum = 0;
  for (int i = 0; i < 150'000; ++i) {
    numbers.push_back(static_cast<double>(random() % 200'000) - 1'000);
    sum += numbers.back();
  }
  const Distribution made = DistributionOf(numbers);
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(made.sources, 150'000);
  EXPECT_EQ(made.sum, ExactSum::Of(sum));
  EXPECT_EQ(made.least, numbers.front());
  EXPECT_EQ(made.most, numbers.back());
  EXPECT_EQ(made.percentiles,
            (std::array<double, 5>{numbers[37'499], numbers[74'999], numbers[112'499],
                                   numbers[134'999], numbers[148'499]}));
  int64_t binned = 0;
  double before = -INFINITY;
  for (const DistributionBin& bin : made.bins) {
    EXPECT_GT(bin.from, before);
    EXPECT_LE(bin.from, bin.to);
    EXPECT_EQ(bin.sources, std::count_if(numbers.begin(), numbers.end(), [&](double one) {
                return one >= bin.from && one <= bin.to;
              }));
    before = bin.to;
    binned += bin.sources;
  }
  EXPECT_EQ(binned, made.sources);
}

}  // namespace
}  // namespace rollcall
