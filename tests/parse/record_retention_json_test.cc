#include "parse/record_retention_json.h"

#include <gmock/gmock.h>

namespace rollcall {
namespace {

using ::testing::HasSubstr;

std::string RetentionRefusal(const std::string& json) {
  return ParseRecordRetention(json).status().message();
}

TEST(RecordRetentionJson, IsReadWithItsFilters) {
  const auto read = ParseRecordRetention(
      R"({"keep_days": 10, "severity": {"4": 0, "1": 7}, "classification": {"org.x/*": 3, "a/b/c": 0}})");
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->keep_days, 10U);
  ASSERT_EQ(read->severities.size(), 2U);
  EXPECT_EQ(read->severities[0].severity, 4);
  EXPECT_EQ(read->severities[0].days, 0U);
  EXPECT_EQ(read->severities[1].days, 7U);
  ASSERT_EQ(read->classes.size(), 2U);
  EXPECT_EQ(read->classes[0].pattern, "org.x/*");
  EXPECT_EQ(read->classes[0].days, 3U);
}

TEST(RecordRetentionJson, WithoutAnythingAllAreKeptFor35Days) {
  const auto read = ParseRecordRetention("{}");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->keep_days, 35U);
  EXPECT_TRUE(read->severities.empty() && read->classes.empty());
}

TEST(RecordRetentionJson, WhatIsWrongIsNamed) {
  EXPECT_THAT(RetentionRefusal(""), HasSubstr("byte"));
  EXPECT_EQ(RetentionRefusal("[]"), "it is not an object");
  EXPECT_EQ(RetentionRefusal(R"({"days":1})"),
            "/days: not known; allowed: keep_days, severity, classification");
  EXPECT_EQ(RetentionRefusal(R"({"severity":1})"), "/severity: not an object");
  for (const char* days : {"-1", "1.5", "\"1\"", "null", "36501", "[]", "{}", "1e1"}) {
    EXPECT_EQ(RetentionRefusal(std::string("{\"keep_days\":") + days + "}"),
              "/keep_days: not a whole number of days from 0 to 36500")
        << days;
  }
  for (const char* severity : {"0", "5", "", "x"}) {
    EXPECT_THAT(RetentionRefusal(std::string("{\"severity\":{\"") + severity + "\":1}}"),
                HasSubstr(": not 1, 2, 3 or 4"));
  }
  for (const char* pattern : {"", "*x", "a/*/c", "**"}) {
    EXPECT_THAT(RetentionRefusal(std::string("{\"classification\":{\"") + pattern + "\":1}}"),
                HasSubstr(": not a classification"))
        << pattern;
  }
}

TEST(RecordRetentionJson, AStarStandsForAnyEnd) {
  EXPECT_TRUE(MatchesClass("org.x/*", "org.x/a/b"));
  EXPECT_TRUE(MatchesClass("org.x/*", "org.x/"));
  EXPECT_FALSE(MatchesClass("org.x/*", "org.xy/a/b"));
  EXPECT_TRUE(MatchesClass("*", "anything"));
  EXPECT_TRUE(MatchesClass("a/b/c", "a/b/c"));
  EXPECT_FALSE(MatchesClass("a/b/c", "a/b/cd"));
}

}  // namespace
}  // namespace rollcall
