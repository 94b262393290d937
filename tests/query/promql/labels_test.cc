#include "query/promql/labels.h"

#include <gtest/gtest.h>

namespace rollcall::promql {
namespace {

TEST(LabelsTest, AreSortedByNameAndTheLastOfANameCounts) {
  const Labels labels({{"b", "1"}, {"a", "2"}, {"b", "3"}, {"c", "4"}, {"c", ""}});
  EXPECT_EQ(labels.ToString(), R"({a="2", b="3"})");
}

TEST(LabelsTest, AnEmptyValueIsAMissingLabel) {
  Labels labels({{"a", ""}, {"b", "x"}});
  EXPECT_EQ(labels.all().size(), 1u);
  EXPECT_EQ(labels.Get("a"), "");
  EXPECT_EQ(labels.Get("b"), "x");
  EXPECT_EQ(labels.Get("bb"), "");
  labels.Set("b", "");
  EXPECT_TRUE(labels.empty());
  EXPECT_EQ(labels, Labels());
}

TEST(LabelsTest, SettingKeepsTheOrder) {
  Labels labels;
  for (const char* const name : {"c", "a", "b", "a"}) labels.Set(name, name + std::string("!"));
  EXPECT_EQ(labels.ToString(), R"({a="a!", b="b!", c="c!"})");
  labels.Remove("b");
  labels.Remove("z");
  EXPECT_EQ(labels.ToString(), R"({a="a!", c="c!"})");
}

TEST(LabelsTest, AreWrittenAsPromQlWritesThem) {
  const auto text = [](std::vector<Labels::Label> labels) {
    return Labels(std::move(labels)).ToString();
  };
  EXPECT_EQ(text({}), "{}");
  EXPECT_EQ(text({{"__name__", "up"}}), "up");
  EXPECT_EQ(text({{"__name__", "a:b"}, {"job", "x"}}), R"(a:b{job="x"})");
  EXPECT_EQ(text({{"__name__", "über uns"}}), R"({"über uns"})");
  EXPECT_EQ(text({{"__name__", "0up"}, {"a.b", "x"}}), R"({"0up", "a.b"="x"})");
  EXPECT_EQ(text({{"a", "\"\\\n\x01é\xff"}}), R"({a="\"\\\n\x01é\xff"})");
}

}  // namespace
}  // namespace rollcall::promql
