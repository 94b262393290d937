#include "records/week.h"

#include <gtest/gtest.h>
#include <time.h>

#include <string>

namespace rollcall::records {
namespace {

TEST(WeekTest, EveryDayOfSomeCenturiesIsInTheWeekThatTheSystemsLibrarySays) {
  for (uint32_t day = 0; day < 100'000; ++day) {
    const time_t time = static_cast<time_t>(day) * 86'400;
    tm parts{};
    gmtime_r(&time, &parts);
    char expected[32];
    strftime(expected, sizeof expected, "%G-W%V", &parts);
    const Week week = Week::Of(Day{day});
    ASSERT_EQ(week.ToString(), expected) << day;
    ASSERT_LE(week.FirstDay().number, day);
    ASSERT_EQ(Week::Of(week.FirstDay()), week);
  }
}

}  // namespace
}  // namespace rollcall::records
