#include "parse/instant.h"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

// Unix milliseconds, or "refused".
std::string Read(std::string_view text) {
  const Result<UnixMilliseconds> at = ParseInstant(text);
  return at.ok() ? std::to_string(at->time_since_epoch().count()) : "refused";
}

TEST(InstantTest, AYearAMonthAndADayStandForTheirStart) {
  EXPECT_EQ(Read("1970"), "0");
  EXPECT_EQ(Read("2026"), "1767225600000");
  EXPECT_EQ(Read("2026-03"), "1772323200000");
  EXPECT_EQ(Read("2024-02-29"), "1709164800000");
}

TEST(InstantTest, ATimeOfDayHasAnOffset) {
  EXPECT_EQ(Read("2026-03-01T00:00:01Z"), "1772323201000");
  EXPECT_EQ(Read("2026-03-01t00:00:01.25z"), "1772323201250");
  EXPECT_EQ(Read("2026-03-01T02:00:01+02:00"), "1772323201000");
  EXPECT_EQ(Read("2026-02-28T23:30:01.0009-00:30"), "1772323201000");
}

TEST(InstantTest, FiveDigitsAndMoreAreUnixSeconds) {
  EXPECT_EQ(Read("10000"), "10000000");
  EXPECT_EQ(Read("1772323201.9999"), "1772323201999");
  EXPECT_EQ(Read("253402300799"), "253402300799000");
}

TEST(InstantTest, EverythingElseIsRefused) {
  for (const char* text : {"",
                           " ",
                           "now",
                           "1969",
                           "-1",
                           "1",
                           "999",
                           "2026-",
                           "2026-3",
                           "2026-13",
                           "2026-00",
                           "2026-02-29",
                           "2026-03-1",
                           "2026-03-01T",
                           "2026-03-01T00:00",
                           "2026-03-01T00:00:01",
                           "2026-03-01 00:00:01Z",
                           "2026-03-01T24:00:00Z",
                           "2026-03-01T00:60:00Z",
                           "2026-03-01T00:00:00.Z",
                           "2026-03-01T00:00:00+2:00",
                           "2026-03-01T00:00:00+24:00",
                           "1772323201.",
                           "1772323201x",
                           "1e10",
                           "253402300800",
                           "99999999999999999999",
                           "2026-03x",
                           "1970-01-01T00:00:00+01:00"}) {
    EXPECT_EQ(Read(text), "refused") << text;
  }
  EXPECT_EQ(Read(std::string("2026\0", 5)), "refused");
}

}  // namespace
}  // namespace rollcall
