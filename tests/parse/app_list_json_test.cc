#include "parse/app_list_json.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rollcall {
namespace {

std::string Names(const std::string& json) {
  const auto names = ParseAppListJson(json);
  if (!names.ok()) {
    EXPECT_EQ(names.status().code(), Code::kInvalidArgument);
    return names.status().message();
  }
  std::string text;
  for (const std::string& name : *names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string Entry(const std::string& name, const std::string& type = "dir") {
  return R"({"name":")" + name + R"(","type":")" + type + R"("})";
}

TEST(AppListJson, TakesTheFoldersAndNothingElse) {
  EXPECT_EQ(Names(R"([
    {"name":"redis","path":"packages/apps/redis","size":0,"type":"dir","_links":{"self":"x","type":"file"}},
    {"name":"README.md","size":1.5e3,"type":"file","download_url":null,"a":[[1,"type"],{"name":"no"}]},
    {"type":"dir","name":"http-cache","private":false},
    {"name":"link","type":"symlink"}])"),
            "http-cache redis");
}

TEST(AppListJson, SortsNamesAndTakesEachOnce) {
  EXPECT_EQ(Names("[" + Entry("b") + "," + Entry("a") + "," + Entry("b") + "]"), "a b");
}

TEST(AppListJson, LeavesOutFoldersThatAreNoAppNames) {
  EXPECT_EQ(Names("[" + Entry("_lib") + "," + Entry("Big") + "," + Entry("a b") + "," + Entry("") +
                  "," + Entry("ok") + "]"),
            "ok");
  EXPECT_TRUE(IsAppName("a"));
  EXPECT_TRUE(IsAppName("0.a_b-c"));
  EXPECT_TRUE(IsAppName(std::string(63, 'a')));
  for (const std::string& name :
       {std::string(), std::string(64, 'a'), std::string(".a"), std::string("-a"), std::string("A"),
        std::string("a/b"), std::string("a\0b", 3), std::string("\xc3\xa4")}) {
    EXPECT_FALSE(IsAppName(name)) << name;
  }
}

TEST(AppListJson, RefusesOtherShapes) {
  EXPECT_EQ(Names("{}"), "parse app list: the answer is an object, want an array");
  EXPECT_EQ(Names("7"), "parse app list: the answer is a single value, want an array");
  EXPECT_EQ(Names("[]"), "parse app list: no entry of type dir");
  EXPECT_EQ(Names("[" + Entry("a", "file") + "]"), "parse app list: no entry of type dir");
  EXPECT_EQ(Names("[" + Entry("a") + ",7]"), "parse app list: entry 2 is not an object");
  EXPECT_EQ(Names("[[]]"), "parse app list: entry 1 is not an object");
  EXPECT_EQ(Names(R"([{"name":"a"}])"), "parse app list: entry 1 has no text for type");
  EXPECT_EQ(Names(R"([{"type":"dir"}])"), "parse app list: entry 1 has no text for name");
  EXPECT_EQ(Names(R"([{"name":7,"type":"dir"}])"), "parse app list: entry 1 has no text for name");
  EXPECT_EQ(Names(R"({"message":"API rate limit exceeded"})"),
            "parse app list: the answer is an object, want an array");
}

TEST(AppListJson, RefusesWhatIsNotJson) {
  const std::string good = "[" + Entry("a") + "]";
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_EQ(Names(good.substr(0, n)).substr(0, 29), "parse app list: not JSON from") << n;
  }
  for (const std::string text : {"<html>", "[,]",
                                 "["
                                 "\xff"
                                 "]",
                                 "[1e999]", "[\"\\ud800\"]"}) {
    EXPECT_EQ(Names(text).substr(0, 16), "parse app list: ") << text;
  }
  EXPECT_EQ(Names(good + "x").substr(0, 29), "parse app list: not JSON from");
}

TEST(AppListJson, HoldsItsBounds) {
  std::string many = "[";
  for (int i = 0; i < 1000; ++i) many += Entry("a" + std::to_string(i)) + ",";
  const std::string thousand = many.substr(0, many.size() - 1) + "]";
  EXPECT_TRUE(ParseAppListJson(thousand).ok());
  EXPECT_EQ(Names(many + Entry("b") + "]"), "parse app list: more than 1000 names");

  const auto nested = [](size_t depth) {
    return "[" + Entry("a").substr(0, Entry("a").size() - 1) + R"(,"x":)" +
           std::string(depth - 2, '[') + std::string(depth - 2, ']') + "}]";
  };
  EXPECT_EQ(Names(nested(kMaxAppListJsonDepth)), "a");
  EXPECT_EQ(Names(nested(kMaxAppListJsonDepth + 1)),
            "parse app list: nested deeper than 16 levels");
  EXPECT_EQ(Names(std::string(1'000'000, '[')), "parse app list: entry 1 is not an object");
  EXPECT_EQ(Names("[{\"a\":" + std::string(1'000'000, '[')),
            "parse app list: nested deeper than 16 levels");

  const std::string full = "[" + Entry("a") + "]";
  EXPECT_EQ(Names(full + std::string(kMaxAppListJsonBytes - full.size(), ' ')), "a");
  EXPECT_EQ(Names(full + std::string(kMaxAppListJsonBytes - full.size() + 1, ' ')),
            "parse app list: 1048577 bytes, at most 1048576");
}

TEST(AppListJson, AnyBytesGetAnAnswer) {
  std::mt19937_64 random(3);
  const std::string good = "[" + Entry("a") + "," + Entry("b", "file") + R"(,{"x":[{}],"n":-1.5}])";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (size_t n = random() % 4 + 1; n > 0; --n) {
      const size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = "[]{}\",:0\\n\xff"[random() % 11];
      } else {
        text.erase(at, random() % 5);
      }
      if (text.empty()) break;
    }
    Names(text);
  }
}

}  // namespace
}  // namespace rollcall
