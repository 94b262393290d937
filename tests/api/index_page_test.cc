// index.html for each fleet: no name is left to fill in, and without scripts there are its figures.
#include "api/index_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/support/declarations.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> AllIn(const std::string& text, const char* pattern) {
  std::vector<std::string> all;
  const std::regex wanted(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), wanted), end; it != end; ++it) {
    all.push_back((*it)[1]);
  }
  return all;
}

TEST(IndexPageTest, NoNameIsLeftToFillIn) {
  for (const auto& tree : test::ComingDeclarations()) {
    EXPECT_THAT(IndexPage(test::Declared(tree), "../"), Not(HasSubstr("@")));
  }
}

TEST(IndexPageTest, ATitleIsText) {
  auto tree = test::SmallProduct();
  tree["title"] = "</title><script>@ROOT@";
  EXPECT_THAT(IndexPage(test::Declared(tree), ""),
              HasSubstr("<title>&lt;/title&gt;&lt;script&gt;@ROOT@ – rollcall</title>"));
}

TEST(IndexPageTest, WithoutScriptsThereAreTheFiguresOfTheFleet) {
  auto tree = test::SmallProduct();
  tree["figures"].push_back(test::DeclarationTree::parse(
      R"({"name": "old_ones", "metric": "myapp_info", "where": {"version": "1.0"}})"));
  const std::string page = IndexPage(test::Declared(tree), "../");
  EXPECT_THAT(AllIn(page, "<img src=\"(../chart[^\"]*\" alt=\"[^\"]*)\""),
              ElementsAre("../chart/sources.svg?fleet=myapp\" alt=\"Installations by month",
                          "../chart/users.svg?fleet=myapp\" alt=\"Users by month"));
  EXPECT_THAT(AllIn(page, "href=\"([^\"]*format=csv)\""),
              ElementsAre("../api/v1/overview?fleet=myapp&amp;format=csv",
                          "../api/v1/trend?fleet=myapp&amp;format=csv",
                          "../api/v1/breakdown?fleet=myapp&amp;format=csv",
                          "../api/v1/distribution?fleet=myapp&amp;format=csv"));
  tree["breakdowns"] = test::DeclarationTree::array();
  tree["figures"] = test::DeclarationTree::array();
  EXPECT_EQ(AllIn(IndexPage(test::Declared(tree), ""), "href=\"([^\"]*format=csv)\"").size(), 2U);
}

TEST(IndexPageTest, AddressesOfFilesAreThoseThatAreServed) {
  EXPECT_THAT(AssetAddress("style.css"), testing::MatchesRegex("assets/[0-9a-f]+/style.css"));
  EXPECT_EQ("/" + AssetAddress("app.js"), std::string(web::Assets().front().path.substr(
                                              0, web::Assets().front().path.rfind('/') + 1)) +
                                              "app.js");
  EXPECT_EQ(AssetAddress("yle.css"), "");
}

}  // namespace
}  // namespace rollcall::api
