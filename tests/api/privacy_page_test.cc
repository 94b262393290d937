// The privacy text says all that the declaration says, and what this server does.
#include "api/privacy_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "api/svg_text.h"
#include "tests/support/declarations.h"
#include "tests/support/file_tree.h"
#include "tests/support/server_harness.h"
#include "tests/support/xml_check.h"
#include "web/assets.h"

namespace rollcall::api {
namespace {

using testing::HasSubstr;
using testing::Not;
using Tree = test::DeclarationTree;

std::string PageOf(const Tree& tree, const KeptReports& kept = {}) {
  const auto declaration = std::make_shared<const fleets::Declaration>(test::Declared(tree));
  return PrivacyPage(*declaration, kept, {declaration});
}

// The text between tags, with single spaces.
std::string TextOf(const std::string& html) {
  std::string text = std::regex_replace(html, std::regex("<[^>]*>"), " ");
  text = std::regex_replace(text, std::regex("\\s+"), " ");
  return std::regex_replace(text, std::regex(" ([.,;])"), "$1");
}

// What is wrong with the page as XML, which it is but for the first line and the tags that HTML
// leaves open.
std::string ProblemOf(const std::string& page) {
  return test::XmlCheck::Problem(std::regex_replace(
      page.substr(page.find("<html")), std::regex("<((?:meta|link|img|br)(?: [^>]*)?)>"), "<$1/>"));
}

TEST(PrivacyPageTest, EveryFieldStandsThereWithItsDescription) {
  for (const Tree& tree : test::ComingDeclarations()) {
    const std::string page = PageOf(tree);
    const auto expect_row = [&](const std::string& name, const Tree& description) {
      EXPECT_THAT(page, HasSubstr("<code>" + name + "</code></th><td>" +
                                  EscapeXml(description.get<std::string>())));
    };
    for (const auto& [name, metric] : tree["metrics"].items()) {
      expect_row(name, metric["description"]);
      if (!metric.contains("labels")) continue;
      for (const auto& [label, about] : metric["labels"].items()) {
        expect_row(label, about.is_object() ? about["description"] : about);
      }
    }
    EXPECT_THAT(page, HasSubstr(EscapeXml(tree["about"].get<std::string>())));
    for (const Tree& link : tree["links"]) {
      EXPECT_THAT(page, HasSubstr("href=\"" + link.get<std::string>() + "\""));
    }
  }
}

TEST(PrivacyPageTest, RecordsOfMachinesAreToldOfWhereTheyAreTakenIn) {
  EXPECT_THAT(PageOf(test::SmallProduct()), Not(HasSubstr("Records of machines")));
  KeptReports kept;
  kept.records.emplace();
  std::string text = TextOf(PageOf(test::SmallProduct(), kept));
  for (const char* const field : {"machine id", "payload", "severity", "BIOS version", "kernel"}) {
    EXPECT_THAT(text, HasSubstr(field));
  }
  EXPECT_THAT(text, HasSubstr("All records 35 days"));
  kept.records = RecordRetention{0, {{4, 0}, {1, 1}}, {{"org.x/<b>/*", 3}}};
  const std::string page = PageOf(test::SmallProduct(), kept);
  EXPECT_THAT(page, HasSubstr("org.x/&lt;b&gt;/*"));
  EXPECT_EQ(ProblemOf(page), "");
  text = TextOf(page);
  EXPECT_THAT(text, HasSubstr("severity 4 as long as this server keeps its data"));
  EXPECT_THAT(text, HasSubstr("severity 1 1 day"));
  EXPECT_THAT(text, HasSubstr("All others as long as this server keeps its data"));
}

TEST(PrivacyPageTest, ItIsWellFormedAndLoadsNothingButOurStyles) {
  Tree tree = test::SmallProduct();
  const std::string hostile = "</td><script>alert(\"1\")</script>&'";
  tree["title"] = hostile;
  tree["about"] = hostile;
  tree["links"] = {{"home", "https://x/\"onclick='f()'<b>"}};
  tree["metrics"]["myapp_info"]["description"] = hostile;
  tree["metrics"]["myapp_info"]["labels"]["host"] = hostile;
  const std::string page = PageOf(tree);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\"onclick")));
  const std::regex loaded("<(?:link|img)[^>]* (?:href|src)=\"([^\"]*)\"");
  for (std::sregex_iterator it(page.begin(), page.end(), loaded), end; it != end; ++it) {
    EXPECT_THAT((*it)[1].str(), testing::StartsWith("assets/"));
  }
  EXPECT_EQ(ProblemOf(page), "");
}

TEST(PrivacyPageTest, TheIdIsSaidToBeWhereItIs) {
  EXPECT_THAT(TextOf(PageOf(test::SmallProduct())),
              HasSubstr("posted to /in/myapp, with the id of the installation in the header "
                        "X-Install-ID."));
  EXPECT_THAT(TextOf(PageOf(test::SmallProductOfJson())),
              HasSubstr("posted to /in/json, with the id of the instance in the field "
                        "/instance/id of its JSON."));
}

TEST(PrivacyPageTest, FieldsOfJsonAreSaidToBeReadWhereTheyAre) {
  const std::string text = TextOf(PageOf(test::SmallProductOfJson()));
  EXPECT_THAT(text, HasSubstr("version Major and minor. /version, shortened by (\\d+\\.\\d+).* to "
                              "\\1 "));
  EXPECT_THAT(text, HasSubstr("apps Apps. /apps/*/n kind Kind. the names of /apps/* size A range. "
                              "/apps/*/n, as one of the ranges 2-3, 4- "));
  EXPECT_THAT(text, HasSubstr("cloud Name. /clouds/{a,b}; /more/* "));
}

TEST(PrivacyPageTest, WhatIsUndeclaredIsSaidToBeDroppedOrKept) {
  Tree tree = test::SmallProduct();
  const std::string dropped = "Whatever else a report has. It is dropped";
  const std::string kept = "Metrics and labels that are not listed are kept as well";
  EXPECT_THAT(PageOf(tree), HasSubstr(dropped));
  EXPECT_THAT(PageOf(tree), Not(HasSubstr(kept)));
  tree["reports"]["undeclared"] = "keep";
  EXPECT_THAT(PageOf(tree), HasSubstr(kept));
  EXPECT_THAT(PageOf(tree), Not(HasSubstr(dropped)));
}

TEST(PrivacyPageTest, LabelsThatIdentifyAreSaidToBeKeptAndNeverPublic) {
  Tree tree = test::SmallProduct();
  tree["identifying_labels"] = {"host"};
  tree["breakdowns"] = Tree::array();
  const std::string text = TextOf(PageOf(tree));
  EXPECT_THAT(text, HasSubstr("host Its host. Never public."));
  EXPECT_THAT(text, HasSubstr("Nothing public has an id, nor the labels that tell one installation "
                              "from all others: host."));
  EXPECT_THAT(TextOf(PageOf(test::SmallProduct())), HasSubstr("Nothing public has an id."));
}

TEST(PrivacyPageTest, TheRetentionIsTheOneInForce) {
  const auto text = [](unsigned reports, unsigned peaks) {
    KeptReports kept;
    kept.retention.report_months = reports;
    kept.retention.peaks_months = peaks;
    const std::string all = TextOf(PageOf(test::SmallProduct(), kept));
    const size_t begin = all.find("The reports ");
    return all.substr(begin, all.find(" The ids") - begin);
  };
  const std::string peaks =
      " The largest value that each field of an installation had in a month, "
      "and the days on which it reported ";
  const std::string forever = "as long as this server keeps its data";
  EXPECT_EQ(text(13, 0),
            "The reports 13 calendar months, the running one among them" + peaks + forever);
  EXPECT_EQ(text(1, 24), "The reports the calendar month in which it came" + peaks +
                             "24 calendar months, the running one among them");
  // The longest window is 12 months, and what it counts from is kept for as long.
  EXPECT_EQ(text(0, 3),
            "The reports " + forever + peaks + "12 calendar months, the running one among them");
}

TEST(PrivacyPageTest, ReportsThatAreSentOnAreSaidToBe) {
  const std::string sent_on = "Each report is also sent on, with its id";
  KeptReports kept;
  EXPECT_THAT(PageOf(test::SmallProduct(), kept), Not(HasSubstr(sent_on)));
  kept.forwards = true;
  kept.retention.parked = std::chrono::hours(24 * 7);
  EXPECT_THAT(PageOf(test::SmallProduct(), kept), HasSubstr(sent_on));
  EXPECT_THAT(TextOf(PageOf(test::SmallProduct(), kept)),
              HasSubstr("Reports that it refused 7 days"));
  kept.stores = false;
  const std::string only = TextOf(PageOf(test::SmallProduct(), kept));
  EXPECT_THAT(only, HasSubstr("Reports that are still to be sent on"));
  EXPECT_THAT(only, Not(HasSubstr("The reports ")));
  EXPECT_THAT(only, Not(HasSubstr("Everyone sees")));
}

TEST(PrivacyPageTest, HowToSwitchItOffIsTheDeclarationsLink) {
  Tree tree = test::SmallProduct();
  EXPECT_THAT(PageOf(tree), HasSubstr("The declaration does not say how"));
  tree["links"] = {{"opt_out", "https://example.org/off"}};
  EXPECT_THAT(PageOf(tree),
              HasSubstr("<a href=\"https://example.org/off\">How an installation stops"));
}

TEST(PrivacyPageTest, TheOtherFleetsOfTheServerAreAClickAway) {
  const auto one =
      std::make_shared<const fleets::Declaration>(test::Declared(test::SmallProduct()));
  const auto other =
      std::make_shared<const fleets::Declaration>(test::Declared(test::SmallProductOfJson()));
  EXPECT_THAT(PrivacyPage(*one, {}, {one, other}),
              HasSubstr("<a href=\"privacy?fleet=jsonapp\">jsonapp</a>"));
  EXPECT_THAT(PrivacyPage(*one, {}, {one}), Not(HasSubstr("privacy?fleet=")));
}

class PrivacyEndpointTest : public test::ServerTest {};

TEST_F(PrivacyEndpointTest, ItIsAPublicPageForEachFleet) {
  const Reply reply = public_->Get("/privacy");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(reply.Header("content-security-policy"), web::kContentSecurityPolicy);
  EXPECT_THAT(reply.body, HasSubstr("<h1>Cozystack: what is collected</h1>"));
  EXPECT_EQ(public_->Get("/privacy?fleet=cozystack").body, reply.body);
  EXPECT_EQ(public_->Ask("HEAD", "/privacy").status, 200);
  EXPECT_EQ(Render(public_->Get("/privacy?fleet=none")),
            "404 fleet: there is none of that name; there are: cozystack\n");
  EXPECT_EQ(private_->Get("/privacy").status, 404);
}

TEST_F(PrivacyEndpointTest, ItSaysWhatTheFlagsOfThisServerSay) {
  EXPECT_THAT(public_->Get("/privacy").body, HasSubstr("13 calendar months"));
  EXPECT_THAT(public_->Get("/privacy").body, Not(HasSubstr("sent on")));
  options_.retention.report_months = 4;
  options_.forward.url = "http://127.0.0.1:9/api/v1/import";
  Restart();
  EXPECT_THAT(public_->Get("/privacy").body, HasSubstr("4 calendar months"));
  EXPECT_THAT(public_->Get("/privacy").body, HasSubstr("Each report is also sent on"));
}

// What the page says is not kept is in none of the store's files, where what is kept is found.
TEST_F(PrivacyEndpointTest, NothingThatComesWithARequestIsInTheStoresFiles) {
  const std::string headers =
      "User-Agent: agent-7f3a\r\nCookie: cookie-7f3a\r\nX-Forwarded-For: 203.0.113.73\r\n"
      "Referer: http://referer-7f3a/\r\n";
  const Reply reply = public_->Post(
      "id-7f3a",
      "cozy_cluster_info{cozystack_version=\"kept-7f3a\",cluster_id=\"label-7f3a\"} 1 "
      "1700007300123\n# comment-7f3a\n",
      headers);
  ASSERT_EQ(reply.status, 200);
  std::string files;
  for (const auto& [name, bytes] : rollcall::test::Contents(dir_.path())) files += bytes;
  for (const char* const kept : {"id-7f3a", "kept-7f3a", "cozystack_version"}) {
    EXPECT_NE(files.find(kept), std::string::npos) << kept;
  }
  for (const char* const dropped : {"agent-7f3a", "cookie-7f3a", "203.0.113.73", "referer-7f3a",
                                    "label-7f3a", "comment-7f3a", "1700007300", "127.0.0.1"}) {
    EXPECT_EQ(files.find(dropped), std::string::npos) << dropped;
  }
}

}  // namespace
}  // namespace rollcall::api
