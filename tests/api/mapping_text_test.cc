// Where fields come from in JSON, in words.
#include "api/mapping_text.h"

#include <gtest/gtest.h>

#include "tests/support/declarations.h"

namespace rollcall::api {
namespace {

class MappingTextTest : public ::testing::Test {
 protected:
  // The place of the label `kind` of a metric whose `from` this is, and that of its value.
  std::string Places(const char* from) {
    auto tree = test::SmallProductOfJson();
    tree["metrics"] = {{"up", {{"description", "It."}, {"from", nlohmann::ordered_json::object()}}},
                       {"m",
                        {{"description", "M."},
                         {"labels", {{"kind", "Kind."}}},
                         {"from", nlohmann::ordered_json::parse(from)}}}};
    const fleets::Declaration declaration = test::Declared(tree);
    return LabelPlaces(declaration.mapping, "m", "kind") + " | " +
           ValuePlaces(declaration.mapping, "m");
  }
};

TEST_F(MappingTextTest, AFieldIsNamedByItsPointer) {
  EXPECT_EQ(Places(R"({"labels": {"kind": "/a/b~1c"}})"), "/a/b~1c | ");
  EXPECT_EQ(Places(R"({"labels": {"kind": "/a"}, "value": "/n"})"), "/a | /n");
}

TEST_F(MappingTextTest, ItemsAreAStarAndNamedOnesAListInBraces) {
  EXPECT_EQ(Places(R"({"each": "/a", "labels": {"kind": "@value"}})"), "/a/* | ");
  EXPECT_EQ(Places(R"({"each": "/a", "labels": {"kind": "@key"}, "value": "/n"})"),
            "the names of /a/* | /a/*/n");
  EXPECT_EQ(Places(R"({"each": {"in": "/a", "keys": ["x", "y"]}, "labels": {"kind": "/k"}})"),
            "/a/{x,y}/k | ");
  EXPECT_EQ(Places(R"({"each": {"in": "/a", "keys": ["x", "y"]}, "labels": {"kind": "@key"}})"),
            "the names of /a/{x,y} | ");
  EXPECT_EQ(Places(R"({"each": ["/a", "/b"], "labels": {"kind": "@1.key"}, "value": "@0/n"})"),
            "the names of /a/* | /n");
  EXPECT_EQ(Places(R"({"each": ["/a", ""], "labels": {"kind": "@key"}, "value": "@value"})"),
            "the names of /a/*/* | /a/*/*");
}

TEST_F(MappingTextTest, WhatIsMadeOfATextIsSaid) {
  EXPECT_EQ(Places(R"({"labels": {"kind": {"at": "/a", "match": "(v.).*", "replace": "\\1"}}})"),
            R"(/a, shortened by (v.).* to \1 | )");
  EXPECT_EQ(Places(R"({"labels": {"kind": {"at": "/a", "match": "v.*"}}})"),
            "/a, if it matches v.* | ");
  EXPECT_EQ(Places(R"({"labels": {"kind": {"at": "/a", "ranges": ["1", "2-3", "4-"]}}})"),
            "/a, as one of the ranges 1, 2-3, 4- | ");
}

TEST_F(MappingTextTest, SeveralRulesMakeAListWithoutRepeats) {
  EXPECT_EQ(
      Places(
          R"([{"labels": {"kind": "/ab"}, "value": "/n"}, {"labels": {"kind": "/a"}, "value": "/n"},
                       {"labels": {"kind": "/ab"}}])"),
      "/ab; /a | /n");
}

}  // namespace
}  // namespace rollcall::api
