#include "query/promql/matcher.h"

#include <gtest/gtest.h>

namespace rollcall::promql {
namespace {

bool Matches(MatchOp op, const std::string& pattern, std::string_view value) {
  Result<Matcher> matcher = Matcher::Make(op, "l", pattern);
  EXPECT_TRUE(matcher.ok()) << matcher.status().message();
  return matcher.ok() && matcher->Matches(value);
}

TEST(MatcherTest, EqualityComparesTheWholeValue) {
  EXPECT_TRUE(Matches(MatchOp::kEqual, "a.c", "a.c"));
  EXPECT_FALSE(Matches(MatchOp::kEqual, "a.c", "abc"));
  EXPECT_TRUE(Matches(MatchOp::kEqual, "", ""));
  EXPECT_FALSE(Matches(MatchOp::kNotEqual, "a.c", "a.c"));
  EXPECT_TRUE(Matches(MatchOp::kNotEqual, "a.c", ""));
}

TEST(MatcherTest, ARegularExpressionMatchesTheWholeValue) {
  EXPECT_TRUE(Matches(MatchOp::kRegex, "a|bc", "bc"));
  EXPECT_FALSE(Matches(MatchOp::kRegex, "a|bc", "abc"));
  EXPECT_FALSE(Matches(MatchOp::kRegex, "b", "abc"));
  EXPECT_TRUE(Matches(MatchOp::kRegex, ".*", ""));
  EXPECT_FALSE(Matches(MatchOp::kRegex, ".+", ""));
  EXPECT_TRUE(Matches(MatchOp::kNotRegex, ".+", ""));
  EXPECT_FALSE(Matches(MatchOp::kNotRegex, "(?i)UP", "up"));
}

TEST(MatcherTest, ADotTakesNewlines) {
  EXPECT_TRUE(Matches(MatchOp::kRegex, "a.b", "a\nb"));
  EXPECT_TRUE(Matches(MatchOp::kRegex, ".+", "\n\n"));
  EXPECT_FALSE(Matches(MatchOp::kNotRegex, ".*", "\n"));
}

TEST(MatcherTest, TakesEachCharacterAsOne) {
  EXPECT_TRUE(Matches(MatchOp::kRegex, "b.s", "büs"));
  EXPECT_FALSE(Matches(MatchOp::kRegex, "b..s", "büs"));
}

TEST(MatcherTest, WhatIsNoRegularExpressionIsAnError) {
  for (const char* const pattern : {"[", "(", "a**", "(?<=a)b", "\\1", "a{2000}"}) {
    const Result<Matcher> matcher = Matcher::Make(MatchOp::kRegex, "l", pattern);
    ASSERT_FALSE(matcher.ok()) << pattern;
    EXPECT_EQ(matcher.status().code(), Code::kInvalidArgument);
    EXPECT_EQ(matcher.status().message().rfind("error parsing regexp: ", 0), 0u) << pattern;
  }
  EXPECT_TRUE(Matcher::Make(MatchOp::kEqual, "l", "[").ok());
}

TEST(MatcherTest, AnAlternativeOfManyIdsIsTakenAndOneOfTooManyStatesIsNot) {
  std::string ids;
  for (int i = 0; i < 1'500; ++i) {
    ids += (i > 0 ? "|" : "") + std::to_string(100'000'000 + i) + "-9f1c-4b7e-8d2a-0123456789ab";
  }
  EXPECT_TRUE(Matches(MatchOp::kRegex, ids, "100001499-9f1c-4b7e-8d2a-0123456789ab"));
  EXPECT_FALSE(Matches(MatchOp::kRegex, ids, "100001500-9f1c-4b7e-8d2a-0123456789ab"));
  const auto large = Matcher::Make(MatchOp::kRegex, "l", "((a{100}){100}){100}");
  ASSERT_FALSE(large.ok());
}

TEST(MatcherTest, IsWrittenAsPromQlWritesIt) {
  const auto text = [](MatchOp op, std::string label, std::string value) {
    return Matcher::Make(op, std::move(label), std::move(value))->ToString();
  };
  EXPECT_EQ(text(MatchOp::kEqual, "a", "b"), R"(a="b")");
  EXPECT_EQ(text(MatchOp::kNotEqual, "a", "\""), R"(a!="\"")");
  EXPECT_EQ(text(MatchOp::kRegex, "a b", "v1\\.0"), R"("a b"=~"v1\\.0")");
  EXPECT_EQ(text(MatchOp::kNotRegex, "a:b", ""), R"("a:b"!~"")");
}

}  // namespace
}  // namespace rollcall::promql
