// Which declarations can be served together, which fleet a report is of, and what a change of the
// files changes.
#include "fleets/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fleets/built_in.h"

namespace rollcall::fleets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string TextFleet(const std::string& name, const std::string& path, const std::string& header,
                      const std::string& more = "") {
  return R"({"name":")" + name + R"(","about":"x","reports":{"format":"prometheus","path":")" +
         path + R"(","id_header":")" + header + R"("},"counted":{"metric":"up","name":"things"},)" +
         R"("metrics":{"up":{"description":"x"})" + more + "}}";
}
std::string JsonFleet(const std::string& name, const std::string& path) {
  return R"({"name":")" + name + R"(","about":"x","reports":{"format":"json","path":")" + path +
         R"(","id":"/id"},"counted":{"metric":"up","name":"things"},)" +
         R"("metrics":{"up":{"description":"x","from":{}}}})";
}

class CatalogTest : public ::testing::Test {
 protected:
  // Makes a set; each text is the file a.json, b.json, ….
  Result<std::unique_ptr<const FleetSet>> Make(const std::vector<std::string>& texts,
                                               const FleetSet* before = nullptr) {
    std::vector<DeclarationText> files;
    for (const std::string& text : texts) {
      files.push_back({std::string(1, static_cast<char>('a' + files.size())) + ".json", text});
    }
    return FleetSet::Make(
        files,
        [this](const std::string& name) -> Result<FleetRef> {
          asked_.push_back(name);
          return refs_.try_emplace(name, FleetRef{static_cast<uint16_t>(refs_.size() + 1)})
              .first->second;
        },
        before);
  }
  std::string Refusal(const std::vector<std::string>& texts) {
    return Make(texts).status().message();
  }
  static std::string NameAt(const FleetSet& set, const std::string& path,
                            const std::set<std::string>& headers) {
    const DeclaredFleet* const found = set.FindFor(
        path, [&](std::string_view name) { return headers.contains(std::string(name)); });
    return found == nullptr ? "" : found->fleet().name;
  }

  std::map<std::string, FleetRef> refs_;
  std::vector<std::string> asked_;
};

TEST_F(CatalogTest, AReportFindsItsFleetByPathAndHeader) {
  const auto set = Make({TextFleet("root", "/", "X-Root"), TextFleet("second", "/", "X-Second"),
                         TextFleet("own", "/own", "X-Own"), JsonFleet("json", "/json")});
  ASSERT_TRUE(set.ok()) << set.status().message();
  EXPECT_EQ(NameAt(**set, "/", {"X-Root"}), "root");
  EXPECT_EQ(NameAt(**set, "/", {"X-Second"}), "second");
  EXPECT_EQ(NameAt(**set, "/", {"X-Own"}), "");
  EXPECT_EQ(NameAt(**set, "/own", {"X-Own"}), "own");
  EXPECT_EQ(NameAt(**set, "/own", {"X-Root"}), "") << "it would be counted as another product";
  EXPECT_EQ(NameAt(**set, "/json", {}), "json");
  EXPECT_EQ(NameAt(**set, "/json", {"X-Root"}), "json");
  EXPECT_EQ(NameAt(**set, "/anything/else", {"X-Second"}), "second");
  EXPECT_EQ(NameAt(**set, "/anything/else", {}), "");
  EXPECT_EQ((*set)->At("/").size(), 2U);
  EXPECT_EQ((*set)->Find("json")->fleet().ref, refs_["json"]);
  EXPECT_EQ((*set)->Find(refs_["own"])->fleet().name, "own");
  EXPECT_EQ((*set)->Find("other"), nullptr);
}

TEST_F(CatalogTest, DeclarationsThatCollideAreRefused) {
  EXPECT_EQ(Refusal({JsonFleet("x", "/a"), TextFleet("x", "/b", "X-B")}),
            "a.json and b.json: both declare the fleet x");
  EXPECT_EQ(Refusal({JsonFleet("x", "/a"), JsonFleet("y", "/a")}),
            "a.json and b.json: POST /a and POST /a: a report could be of either");
  EXPECT_EQ(Refusal({TextFleet("x", "/a", "X-Id"), TextFleet("y", "/a", "x-iD")}),
            "a.json and b.json: POST /a with X-Id and POST /a with x-iD: a report could be of "
            "either");
  EXPECT_EQ(Refusal({TextFleet("x", "/a", "X-Id"), JsonFleet("y", "/a")}),
            "a.json and b.json: POST /a with X-Id and POST /a: a report could be of either");
  EXPECT_EQ(Refusal({TextFleet("x", "/a", "X-Id"), TextFleet("y", "/b", "X-Id")}), "");
  EXPECT_EQ(Refusal({}), "no fleet is declared");
}

TEST_F(CatalogTest, ABadDeclarationIsRefusedWithItsFile) {
  EXPECT_THAT(Refusal({JsonFleet("x", "/a"), "{"}), HasSubstr("b.json: "));
  EXPECT_THAT(Refusal({JsonFleet("x", "a")}), HasSubstr("a.json: /reports/path: \"a\""));
}

TEST_F(CatalogTest, WhatIsUnchangedStaysWhatItIs) {
  auto first = Make({JsonFleet("x", "/x"), JsonFleet("y", "/y")});
  ASSERT_TRUE(first.ok());
  Catalog catalog(std::move(first).value());
  const FleetSet& before = catalog.current();
  const DeclaredFleet* const x = before.Find("x");
  auto same = Make({JsonFleet("x", "/x"), JsonFleet("y", "/y")}, &before);
  EXPECT_FALSE(catalog.Replace(std::move(same).value()));
  EXPECT_EQ(&catalog.current(), &before);
  asked_.clear();
  auto changed = Make({JsonFleet("x", "/x"), JsonFleet("y", "/other")}, &before);
  EXPECT_TRUE(catalog.Replace(std::move(changed).value()));
  EXPECT_THAT(asked_, ElementsAre("y"));
  EXPECT_EQ(catalog.current().Find("x"), x);
  EXPECT_NE(catalog.current().Find("y"), before.Find("y"));
  EXPECT_EQ(catalog.current().Find("y")->log(), before.Find("y")->log());
  EXPECT_EQ(before.Find("y")->declaration().path, "/y") << "somebody may still work with it";
}

TEST_F(CatalogTest, AReportIsReadAsDeclaredAndTheRestIsTold) {
  const auto set = Make({TextFleet("text", "/", "X-Id"), JsonFleet("json", "/json")});
  ASSERT_TRUE(set.ok());
  std::optional<SourceId> id;
  ParsedReport report;
  ReportBound exceeded{};
  const DeclaredFleet& text = (*set)->first();
  ASSERT_TRUE(text.format().Read("up 1\nother 2\n", 1, {}, id, report, exceeded).ok());
  EXPECT_EQ(report.samples.size(), 1U);
  EXPECT_FALSE(id);
  EXPECT_THAT(text.log()->Undeclared().names(), ElementsAre("other"));
  EXPECT_EQ(text.log()->dropped(), 1U);
  const DeclaredFleet& json = *(*set)->Find("json");
  ASSERT_TRUE(json.format().Read(R"({"id":"a1","b":{"c":2}})", 1, {}, id, report, exceeded).ok());
  EXPECT_EQ(id->text(), "a1");
  EXPECT_EQ(report.samples.size(), 1U);
  EXPECT_THAT(json.log()->Undeclared().names(), ElementsAre("/b"));
  EXPECT_FALSE(json.format().keeps_all());
}

TEST_F(CatalogTest, AnotherVersionOfADeclarationRecognizesNoBodyOfTheOneBefore) {
  const auto first = Make({TextFleet("x", "/", "X-Id")});
  ASSERT_TRUE(first.ok());
  const auto second = Make({TextFleet("x", "/", "X-Id", R"(,"b":{"description":"x"})")});
  ASSERT_TRUE(second.ok()) << second.status().message();
  const BodyFormat& one = (*first)->first().format();
  const BodyFormat& other = (*second)->first().format();
  EXPECT_EQ(one.Fingerprint("up 1\nb 2\n", 5), one.Fingerprint("b 2\nup 1\n", 5));
  EXPECT_NE(one.Fingerprint("up 1\nb 2\n", 5), one.Fingerprint("up 1\nb 2\n", 6));
  EXPECT_NE(one.Fingerprint("up 1\nb 2\n", 5), other.Fingerprint("up 1\nb 2\n", 5))
      << "the same text makes another report";
}

TEST_F(CatalogTest, BuiltInFleetsCanAllBeServedTogether) {
  std::vector<DeclarationText> texts;
  for (const EmbeddedFile& file : BuiltInFiles()) {
    texts.push_back({std::string(file.name), std::string(file.text)});
  }
  ASSERT_GE(texts.size(), 2U);
  const auto set = FleetSet::Make(
      texts, [](const std::string&) -> Result<FleetRef> { return FleetRef{1}; }, nullptr);
  EXPECT_TRUE(set.ok()) << set.status().message();
}

}  // namespace
}  // namespace rollcall::fleets
