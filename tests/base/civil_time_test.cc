#include "base/civil_time.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace rollcall {
namespace {

UnixSeconds At(int64_t seconds) { return UnixSeconds(std::chrono::seconds(seconds)); }

TEST(Day, ChangesAtMidnightUtc) {
  EXPECT_EQ(Day::Of(At(0)).ToString(), "1970-01-01");
  EXPECT_EQ(Day::Of(At(86399)).ToString(), "1970-01-01");
  EXPECT_EQ(Day::Of(At(86400)).ToString(), "1970-01-02");
  EXPECT_EQ(Day::Of(At(1767225599)).ToString(), "2025-12-31");
  EXPECT_EQ(Day::Of(At(1767225600)).ToString(), "2026-01-01");
}

TEST(Day, StartsAtItsFirstSecond) {
  EXPECT_EQ(Day::Of(At(1767225600 + 4321)).Start(), At(1767225600));
}

TEST(Day, AnInstantBefore1970IsInTheFirstDay) { EXPECT_EQ(Day::Of(At(-1)), Day{0}); }

TEST(Day, IsReadBackFromItsText) {
  for (uint32_t number = 0; number < 60000; ++number) {
    ASSERT_EQ(Day::Parse(Day{number}.ToString()), Day{number});
  }
}

TEST(Day, NoOtherTextIsADay) {
  for (const std::string_view text :
       {"", "2026-03", "2026-03-", "2026-03-7", "2026-03-00", "2026-03-32", "2026-02-29",
        "2026-03-07 ", " 2026-03-07", "2026-03-07T", "2026/03/07", "1969-12-31", "+026-03-07"}) {
    EXPECT_EQ(Day::Parse(text), std::nullopt) << text;
  }
}

TEST(Month, KnowsItsDaysLeapYearsIncluded) {
  const auto days = [](int year, unsigned month) {
    const Month m = Month::FromYearMonth(year, month);
    return m.FirstDay().ToString() + ".." + m.LastDay().ToString();
  };
  EXPECT_EQ(days(2026, 2), "2026-02-01..2026-02-28");
  EXPECT_EQ(days(2028, 2), "2028-02-01..2028-02-29");
  EXPECT_EQ(days(2100, 2), "2100-02-01..2100-02-28");
  EXPECT_EQ(days(2000, 2), "2000-02-01..2000-02-29");
  EXPECT_EQ(days(2026, 12), "2026-12-01..2026-12-31");
  EXPECT_EQ(days(2026, 4), "2026-04-01..2026-04-30");
}

TEST(Month, EveryDayOfManyYearsIsInItsMonth) {
  Month month = Month::FromYearMonth(1970, 1);
  for (uint32_t number = 0; number < 60000; ++number) {
    const Day day{number};
    if (day > month.LastDay()) month = month.Plus(1);
    ASSERT_EQ(Month::Of(day), month) << day.ToString();
    ASSERT_EQ(Month::Of(day.Start()), month);
    ASSERT_EQ(day.ToString().substr(0, 7), month.ToString());
  }
}

TEST(Month, CountsOverYearEnds) {
  const Month march = Month::FromYearMonth(2026, 3);
  EXPECT_EQ(march.Plus(-2).ToString(), "2026-01");
  EXPECT_EQ(march.Plus(-3).ToString(), "2025-12");
  EXPECT_EQ(march.Plus(-11).ToString(), "2025-04");
  EXPECT_EQ(march.Plus(10).ToString(), "2027-01");
  EXPECT_EQ(march.Plus(0), march);
}

TEST(Month, SortsByTime) {
  EXPECT_LT(Month::FromYearMonth(2025, 12), Month::FromYearMonth(2026, 1));
  EXPECT_LT(Month::FromYearMonth(2026, 1), Month::FromYearMonth(2026, 2));
}

TEST(Month, HasALabelForPeople) {
  EXPECT_EQ(Month::FromYearMonth(2026, 3).Label(), "March 2026");
  EXPECT_EQ(Month::FromYearMonth(2025, 12).Label(), "December 2025");
  EXPECT_EQ(Month::FromYearMonth(2025, 1).Label(), "January 2025");
}

TEST(Month, IsReadBackFromItsText) {
  for (int year = 2024; year <= 2100; ++year) {
    for (unsigned month = 1; month <= 12; ++month) {
      const Month m = Month::FromYearMonth(year, month);
      EXPECT_EQ(m.year(), year);
      EXPECT_EQ(m.month(), month);
      EXPECT_EQ(Month::Parse(m.ToString()), m);
    }
  }
}

TEST(Month, NoOtherTextIsAMonth) {
  for (const std::string_view text :
       {"", "2026", "2026-", "2026-3", "2026-00", "2026-13", "2026-031", "2026-03 ", " 2026-03",
        "2026/03", "2026-0x", "-026-03", "+026-03", "202a-03", "2026-+3", "2026-03-07"}) {
    EXPECT_EQ(Month::Parse(text), std::nullopt) << text;
  }
}

TEST(Rfc3339, IsWrittenInUtcToTheSecond) {
  EXPECT_EQ(FormatRfc3339(At(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339(At(1767225599)), "2025-12-31T23:59:59Z");
  EXPECT_EQ(FormatRfc3339(At(1709210096)), "2024-02-29T12:34:56Z");
}

TEST(Rfc3339, IsReadWithFractionsAndOffsets) {
  for (const long long t : {0LL, 1767225599LL, 1709210096LL, 253402300799LL}) {
    EXPECT_EQ(ParseRfc3339(FormatRfc3339(At(t))), At(t));
  }
  using std::chrono::milliseconds;
  EXPECT_EQ(ParseRfc3339("2024-02-29T12:34:56.999999999Z"), At(1709210096) + milliseconds(999));
  EXPECT_EQ(ParseRfc3339("2024-02-29t12:34:56.04z"), At(1709210096) + milliseconds(40));
  EXPECT_EQ(ParseRfc3339("2024-02-29T14:34:56+02:00"), At(1709210096));
  EXPECT_EQ(ParseRfc3339("2024-02-29T04:04:56.5-08:30"), At(1709210096) + milliseconds(500));
  EXPECT_EQ(ParseRfc3339("1969-12-31T23:59:59Z"), At(-1));
}

TEST(Rfc3339, NoOtherTextIsAnInstant) {
  for (const std::string_view text : {"",
                                      "2024-02-29",
                                      "2024-02-29T12:34:56",
                                      "2024-02-29 12:34:56Z",
                                      "2023-02-29T12:34:56Z",
                                      "2024-13-01T00:00:00Z",
                                      "2024-00-01T00:00:00Z",
                                      "2024-01-00T00:00:00Z",
                                      "2024-01-32T00:00:00Z",
                                      "2024-01-01T24:00:00Z",
                                      "2024-01-01T00:60:00Z",
                                      "2024-01-01T00:00:60Z",
                                      "2024-01-01T00:00:00.Z",
                                      "2024-01-01T00:00:00ZZ",
                                      "2024-01-01T00:00:00+0200",
                                      "2024-01-01T00:00:00+24:00",
                                      "2024-01-01T00:00:00+02:60",
                                      "2024-1-01T00:00:00Z",
                                      "-024-01-01T00:00:00Z",
                                      "2024-01-01T00:00:00+02:0",
                                      "2024-01-01T00:00:00.5"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rollcall
