#include "base/rate_table.h"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

TEST(RateTableTest, AKeyHasItsTokensAndGetsThemBack) {
  RateTable table(100, 3, std::chrono::minutes(1), 7);
  const auto start = std::chrono::steady_clock::now();
  const auto at = [&](int s) { return start + std::chrono::seconds(s); };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(table.Take(5, at(0)));
  EXPECT_FALSE(table.Take(5, at(0)));
  EXPECT_TRUE(table.Take(6, at(0))) << "another key";
  EXPECT_FALSE(table.Has(5, at(19)));
  EXPECT_NEAR(static_cast<double>(table.Wait(5, at(5)).count()), 15'000, 5);
  EXPECT_TRUE(table.Take(5, at(21)));
  EXPECT_FALSE(table.Take(5, at(21)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(table.Take(5, at(3600)));
  EXPECT_FALSE(table.Take(5, at(3600)));
}

TEST(RateTableTest, OneThatDidMuchIsRememberedThoughManyComeAndGo) {
  RateTable table(64, 10, std::chrono::hours(1), 7);
  const auto now = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(table.Take(5, now));
  for (uint64_t key = 100; key < 100'000; ++key) table.Take(key, now);
  EXPECT_FALSE(table.Has(5, now));
}

TEST(RateTableTest, SeveralTokensAreTakenTogetherOrNotAtAll) {
  RateTable table(100, 10, std::chrono::minutes(1), 7);
  const auto now = std::chrono::steady_clock::now();
  EXPECT_FALSE(table.Take(5, now, 11));
  EXPECT_TRUE(table.Take(5, now, 7));
  EXPECT_FALSE(table.Take(5, now, 4));
  EXPECT_TRUE(table.Take(5, now, 3));
  EXPECT_FALSE(table.Has(5, now));
}

}  // namespace
}  // namespace rollcall
