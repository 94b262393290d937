#include "parse/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "model/label_set.h"

namespace rollcall {
namespace {

using testing::HasSubstr;

// "m{a="b"}" as `metric` and labels in pairs.
std::string LabelSet(std::string_view metric, std::vector<Label> labels = {}) {
  std::string text;
  AppendLabelSet(metric, labels, text);
  return text;
}

bool Wants(std::string_view selector, const std::string& label_set) {
  const Result<Selector> parsed = Selector::Parse(selector);
  EXPECT_TRUE(parsed.ok()) << parsed.status().message();
  return parsed.ok() && parsed->Matches(label_set, "") && parsed->MatchesLabel("cluster_id", "c1");
}

std::string SelectorRefusal(std::string_view selector) {
  const Result<Selector> parsed = Selector::Parse(selector);
  return parsed.ok() ? "taken" : parsed.status().message();
}

TEST(SelectorTest, ANameAndLabelsMustAllMatch) {
  const std::string tenant = LabelSet("cozy_application_count", {{"kind", "Tenant"}});
  for (const char* wanted :
       {"cozy_application_count", "{}", " cozy_application_count { kind = \"Tenant\" , } ",
        "{__name__=~\"cozy_.*\",kind=\"Tenant\"}", "{kind!=\"Redis\"}", "{kind=~'Ten.*|Redis'}",
        "{kind!~`R.*`}", "{none=\"\"}", "{none!~\".+\"}", "{__name__=\"cozy_application_count\"}",
        "{\"kind\"=\"Tenant\"}"}) {
    EXPECT_TRUE(Wants(wanted, tenant)) << wanted;
  }
  for (const char* unwanted :
       {"cozy_application", "{kind=\"tenant\"}", "{kind!=\"Tenant\"}", "{kind=~\"Ten\"}",
        "{kind=~\"enant\"}", "{kind=~\"T|Redis\"}", "{none!=\"\"}", "{none=~\".+\"}",
        "{__name__=~\"cozy_\",kind=\"Tenant\"}", "cozy_application_count{kind=\"Redis\"}"}) {
    EXPECT_FALSE(Wants(unwanted, tenant)) << unwanted;
  }
}

TEST(SelectorTest, AMatcherOfTheSourceIsAskedApart) {
  const Selector selector = Selector::Parse("m{cluster_id=~\"a.*\",x=\"1\"}").value();
  EXPECT_TRUE(selector.MatchesLabel("cluster_id", "abc"));
  EXPECT_FALSE(selector.MatchesLabel("cluster_id", "bca"));
  EXPECT_TRUE(selector.Matches(LabelSet("m", {{"x", "1"}}), "cluster_id"));
  EXPECT_FALSE(selector.Matches(LabelSet("m", {{"x", "1"}}), ""));
}

TEST(SelectorTest, EscapesAndLineBreaksAreBytes) {
  EXPECT_TRUE(Wants("{a=\"x\\\"y\\\\z\\n\"}", LabelSet("m", {{"a", "x\"y\\z\n"}})));
  EXPECT_TRUE(Wants("{a=`x\\y`}", LabelSet("m", {{"a", "x\\y"}})));
  EXPECT_TRUE(Wants("{a=~\"x.y\"}", LabelSet("m", {{"a", "x\ny"}})));
}

TEST(SelectorTest, WhatIsNoSelectorIsRefusedWithItsPlace) {
  EXPECT_EQ(SelectorRefusal("{a=1}"), "selector \"{a=1}\": byte 4: a value in quotes is wanted");
  for (const char* bad : {"", " ", "1a", "{", "{a", "{a=", "{a=\"", "{a=\"b\"", "{a=\"b\"}x",
                          "{a=\"b\"c=\"d\"}", "{,}", "{=\"b\"}", "{a==\"b\"}", "{a~\"b\"}",
                          "{a=\"\\x\"}", "{a=\"\\", "a b", "{\"a\"}", "\"a\""}) {
    EXPECT_NE(SelectorRefusal(bad), "taken") << bad;
  }
  EXPECT_THAT(SelectorRefusal("{a=~\"(\"}"), HasSubstr("the regular expression is bad"));
  EXPECT_THAT(SelectorRefusal("{a=~\"(x{1000}){1000}\"}"), HasSubstr("regular expression is bad"));
  EXPECT_THAT(SelectorRefusal(std::string(Selector::kMaxBytes + 1, 'a')), HasSubstr("8193 bytes"));
  EXPECT_EQ(SelectorRefusal(std::string(Selector::kMaxBytes, 'a')), "taken");
}

TEST(SelectorTest, RandomTextIsAnsweredAndTruncationNeverReadsPastTheEnd) {
  std::mt19937 random(5);
  const std::string whole = "m{a=\"b\\n\",c=~'d.*',e!~`f`,\"g\"!=\"h\"}";
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_EQ(SelectorRefusal(cut) == "taken", size == 1) << cut;
  }
  constexpr std::string_view kAlphabet = "ab{}=~!,\"'`\\ .*(";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = random() % 20; n > 0; --n) text += kAlphabet[random() % kAlphabet.size()];
    EXPECT_FALSE(SelectorRefusal(text).empty());
  }
}

}  // namespace
}  // namespace rollcall
