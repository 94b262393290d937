#include "model/label_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall {
namespace {

std::string Make(std::string_view metric, std::vector<Label> labels) {
  std::string out;
  AppendLabelSet(metric, labels, out);
  return out;
}

TEST(LabelSet, IsTheNameAndTheSortedLabelsWithZeroBytesBetween) {
  EXPECT_EQ(Make("m", {}), "m");
  EXPECT_EQ(Make("m", {{"b", "2"}, {"a", "1"}}), std::string("m\0a\0001\0b\0002", 9));
}

TEST(LabelSet, IsSortedByBytesNotByLetters) {
  EXPECT_EQ(FormatLabelSet(Make("m", {{"é", "4"}, {"a", "3"}, {"_", "2"}, {"B", "1"}})),
            "m{B=\"1\",_=\"2\",a=\"3\",é=\"4\"}");
}

TEST(LabelSet, IsAppendedBehindWhatIsThere) {
  std::string out = "before";
  std::vector<Label> labels = {{"a", "1"}};
  AppendLabelSet("m", labels, out);
  EXPECT_EQ(out, "before" + Make("m", {{"a", "1"}}));
}

TEST(LabelSet, GivesBackWhatWentIn) {
  const std::string set = Make("m", {{"b", "x y"}, {"a", "1"}, {"c", "\n"}});
  EXPECT_EQ(MetricOf(set), "m");
  const std::vector<Label> labels = LabelsOf(set);
  ASSERT_EQ(labels.size(), 3U);
  EXPECT_EQ(labels[0].name, "a");
  EXPECT_EQ(labels[0].value, "1");
  EXPECT_EQ(labels[1].name, "b");
  EXPECT_EQ(labels[1].value, "x y");
  EXPECT_EQ(labels[2].name, "c");
  EXPECT_EQ(labels[2].value, "\n");
  EXPECT_TRUE(LabelsOf(Make("m", {})).empty());
}

TEST(LabelSet, FindsOneLabelByItsWholeName) {
  const std::string set = Make("kind", {{"kind", "Tenant"}, {"ki", "no"}, {"v", "kind"}});
  EXPECT_EQ(LabelValue(set, "kind"), "Tenant");
  EXPECT_EQ(LabelValue(set, "ki"), "no");
  EXPECT_EQ(LabelValue(set, "v"), "kind");
  EXPECT_EQ(LabelValue(set, "Tenant"), "");
  EXPECT_EQ(LabelValue(set, "k"), "");
  EXPECT_EQ(LabelValue(set, ""), "");
  EXPECT_EQ(LabelValue("kind", "kind"), "");
}

TEST(LabelSet, DamagedBytesHaveAnAnswer) {
  for (const std::string& set :
       {std::string(), std::string(1, '\0'), std::string("m\0", 2), std::string("m\0a", 3),
        std::string("m\0a\0", 4), std::string(5, '\0')}) {
    MetricOf(set);
    LabelsOf(set);
    LabelValue(set, "a");
    FormatLabelSet(set);
    FormatLabelSet(set, NameStyle::kQuoted);
  }
}

TEST(LabelSet, IsWrittenInTextFormatWithEscapedValues) {
  EXPECT_EQ(FormatLabelSet(Make("m", {})), "m");
  EXPECT_EQ(FormatLabelSet(Make("m", {{"a", "1"}})), "m{a=\"1\"}");
  EXPECT_EQ(FormatLabelSet(Make("m", {{"a", "x\"y\\z\nw"}, {"b", "ß"}})),
            "m{a=\"x\\\"y\\\\z\\nw\",b=\"ß\"}");
}

TEST(LabelSet, NamesThatAreNoIdentifiersAreWrittenBareForForwarding) {
  EXPECT_EQ(FormatLabelSet(Make("a.b", {{"c.d", "e"}, {"x:y", "z"}})), "a.b{c.d=\"e\",x:y=\"z\"}");
  EXPECT_EQ(FormatLabelSet(Make("größe-1/s", {})), "größe-1/s");
}

TEST(LabelSet, ABareNameCannotEndItselfOrItsLine) {
  EXPECT_EQ(FormatLabelSet(Make("a 1\nb{cluster_id=\"x\"} 2\nc", {})), "a_1_b_cluster_id__x___2_c");
  EXPECT_EQ(FormatLabelSet(Make("m", {{"a=\"\",b", "c"}})), "m{a____b=\"c\"}");
  EXPECT_EQ(FormatLabelSet(Make("#x\t\r\\\x7f", {})), "_x____");
}

TEST(LabelSet, NamesThatAreNoIdentifiersAreQuotedForReadingBack) {
  const auto quoted = [](const std::string& set) {
    return FormatLabelSet(set, NameStyle::kQuoted);
  };
  EXPECT_EQ(quoted(Make("m", {})), "m");
  EXPECT_EQ(quoted(Make("a:b", {{"c", "d"}})), "a:b{c=\"d\"}");
  EXPECT_EQ(quoted(Make("a.b", {})), "{\"a.b\"}");
  EXPECT_EQ(quoted(Make("0", {{"c", "d"}})), "{\"0\",c=\"d\"}");
  EXPECT_EQ(quoted(Make("m", {{"a:b", "c"}, {"d", "e"}})), "m{\"a:b\"=\"c\",d=\"e\"}");
  EXPECT_EQ(quoted(Make("a\nb\"c\\", {})), "{\"a\\nb\\\"c\\\\\"}");
}

}  // namespace
}  // namespace rollcall
