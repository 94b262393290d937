#include "model/period.h"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

Day DayOf(const char* month, unsigned day) {
  return Day{Month::Parse(month)->FirstDay().number + day - 1};
}

TEST(Period, SaysItsDaysAndItsName) {
  const Period days = Period::Last30(DayOf("2026-03", 1));
  EXPECT_EQ(days.ToString(), "2026-01-31 to 2026-03-01");
  EXPECT_EQ(days.last_day().number - days.first_day().number, 29U);
  EXPECT_FALSE(days.is_window());
  EXPECT_EQ(days.months(), 0);
  const Period cut = Period::Cut(Span::kQuarter, DayOf("2026-03", 7));
  EXPECT_EQ(cut.ToString(), "2026-01-01 to 2026-03-07");
  EXPECT_EQ(cut.months(), 3);
  EXPECT_TRUE(cut.is_cut());
  EXPECT_EQ(cut.End(), DayOf("2026-03", 8).Start());
  const Period year = Period::Of(Window{*Month::Parse("2026-03"), Span::kYear});
  EXPECT_EQ(year.ToString(), "2026-03 and the 11 months before");
  EXPECT_EQ(year.first_day(), DayOf("2025-04", 1));
  EXPECT_EQ(year.End(), Month::Parse("2026-04")->Start());
}

TEST(Period, CutAfterItsLastDayIsWhole) {
  EXPECT_EQ(Period::Cut(Span::kMonth, DayOf("2026-02", 28)),
            Period::Of(Window{*Month::Parse("2026-02"), Span::kMonth}));
  EXPECT_NE(Period::Cut(Span::kMonth, DayOf("2024-02", 28)),
            Period::Of(Window{*Month::Parse("2024-02"), Span::kMonth}));
}

}  // namespace
}  // namespace rollcall
