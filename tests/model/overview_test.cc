#include "model/overview.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace rollcall {
namespace {

TEST(AverageToOneDecimal, IsRoundedHalfAwayFromZero) {
  struct Case {
    int64_t total;
    int64_t count;
    double want;
  };
  const Case cases[] = {{0, 0, 0},        {5, 0, 0},        {5, -1, 0},        {210, 42, 5.0},
                        {1, 3, 0.3},      {2, 3, 0.7},      {1, 20, 0.1},      {3, 20, 0.2},
                        {1, 21, 0.0},     {19, 400, 0.0},   {20, 400, 0.1},    {-1, 20, -0.1},
                        {-3, 20, -0.2},   {-1, 3, -0.3},    {-2, 3, -0.7},     {-1, 21, 0.0},
                        {1, 8, 0.1},      {-1, 8, -0.1},    {5, 4, 1.3},       {-5, 4, -1.3},
                        {249, 1000, 0.2}, {250, 1000, 0.3}, {-250, 1000, -0.3}};
  for (const Case& c : cases) {
    EXPECT_EQ(AverageToOneDecimal(c.total, c.count), c.want) << c.total << "/" << c.count;
  }
}

TEST(AverageToOneDecimal, DoesNotOverflowAtTheEndsOfTheRange) {
  EXPECT_EQ(AverageToOneDecimal(INT64_MAX, 1), 9223372036854775807.0);
  EXPECT_EQ(AverageToOneDecimal(INT64_MIN, 1), -9223372036854775808.0);
  EXPECT_EQ(AverageToOneDecimal(INT64_MAX, INT64_MAX), 1.0);
  EXPECT_EQ(AverageToOneDecimal(INT64_MIN, INT64_MAX), -1.0);
  EXPECT_EQ(AverageToOneDecimal(1, INT64_MAX), 0.0);
}

TEST(PeriodCounts, HasDataWhereNotAllNumbersAre0) {
  const auto counts = [](int64_t sources, int64_t nodes, int64_t tenants) {
    PeriodCounts period;
    period.sources = sources;
    for (const int64_t total : {nodes, tenants}) {
      period.figures.push_back({.total = total, .average = 0, .report_total = {}});
    }
    return HasData(period);
  };
  EXPECT_FALSE(HasData(PeriodCounts()));
  EXPECT_FALSE(counts(0, 0, 0));
  EXPECT_TRUE(counts(1, 0, 0));
  EXPECT_TRUE(counts(0, 1, 0));
  EXPECT_TRUE(counts(0, 0, -1));
}

}  // namespace
}  // namespace rollcall
