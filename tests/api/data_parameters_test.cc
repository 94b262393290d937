// The parameters of the public numbers: each empty, huge, hostile, and random bytes; and the
// images.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "tests/support/server_harness.h"
#include "tests/support/xml_check.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string Percent(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    char text[4];
    std::snprintf(text, sizeof text, "%%%02X", static_cast<unsigned char>(c));
    out += text;
  }
  return out;
}

class DataParametersTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    SetTime("2026-03-10 10:00:00");
    ASSERT_EQ(Report("a",
                     "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count{os=\"x\"} 3\n"
                     "cozy_application_count{kind=\"Tenant\"} 2\n"),
              "200");
  }

  // Of a refusal: its error, and what is allowed.
  std::string Refused(const std::string& target, int status = 400) {
    const Reply reply = public_->Get(target);
    EXPECT_EQ(reply.status, status) << target << " " << reply.body;
    EXPECT_EQ(reply.Header("access-control-allow-origin"), "*");
    EXPECT_EQ(reply.Header("content-type"), "application/json");
    const Json json = Json::parse(reply.body, nullptr, false);
    EXPECT_TRUE(json.is_object()) << reply.body;
    if (!json.is_object()) return reply.body;
    std::string text = json["error"];
    for (const Json& one : json.value("allowed", Json::array()))
      text += "|" + one.get<std::string>();
    return text;
  }
};

TEST_F(DataParametersTest, ABadOneIsNamedWithWhatIsAllowed) {
  EXPECT_EQ(Refused("/api/v1/overview?fleet=x"), "fleet: there is none of that name|cozystack");
  EXPECT_EQ(Refused("/api/v1/overview?month=2026-13"),
            "month: want YYYY-MM, from 1970-01 to 9999-12");
  EXPECT_EQ(Refused("/api/v1/overview?month=1969-12"),
            "month: want YYYY-MM, from 1970-01 to 9999-12");
  EXPECT_EQ(Refused("/api/v1/trend?step=week"), "step: not one of those allowed|month|day");
  EXPECT_EQ(Refused("/api/v1/trend?format=xml"), "format: not one of those allowed|json|csv");
  EXPECT_EQ(Refused("/api/v1/trend?step=day&from=2026-02-30"),
            "from: want YYYY-MM-DD, a day from 1970-01-01 to 9999-12-31");
  EXPECT_EQ(Refused("/api/v1/trend?from=2026-03&to=2026-02"), "from is after to");
  EXPECT_EQ(Refused("/api/v1/trend?from=1990-01"), "from, to: at most 120 months");
  EXPECT_EQ(Refused("/api/v1/trend?step=day&from=2024-01-01"), "from, to: at most 400 days");
  EXPECT_EQ(Refused("/api/v1/trend?top=0"), "top: want a whole number from 1 to 100");
  EXPECT_EQ(Refused("/api/v1/trend?top=+5"), "top: want a whole number from 1 to 100");
  EXPECT_EQ(Refused("/api/v1/trend?metric=nobodys"),
            "metric: nobody ever reported it; /api/v1/fleets lists those there are");
  EXPECT_EQ(Refused("/api/v1/trend?metric=cozy_nodes_count&by=color"),
            "by: the metric has no such label then|os");
  EXPECT_EQ(Refused("/api/v1/breakdown?metric=cozy_nodes_count"),
            "by: want the name of one of the metric's labels");
  EXPECT_EQ(Refused("/api/v1/breakdown?periods=2"), "periods: not one of those allowed|1|3|12");
  EXPECT_EQ(Refused("/api/v1/breakdown?month=2026-04"), "month: it has not begun");
  EXPECT_EQ(Refused("/api/v1/distribution?figure=clusters"),
            "figure: not one of those allowed|nodes|tenants");
  EXPECT_EQ(Refused("/api/v1/distribution?periods=2"), "periods: not one of those allowed|1|3|12");
  EXPECT_EQ(Refused("/api/v1/distribution?month=2026-04"), "month: it has not begun");
  EXPECT_EQ(Refused("/api/v1/distribution?period=7d"), "period: not one of those allowed|30d");
  EXPECT_EQ(Refused("/api/v1/distribution?period=30d&month=2026-03"),
            "month: not beside period=30d");
  EXPECT_EQ(Refused("/api/v1/distribution?fleet=x"), "fleet: there is none of that name|cozystack");
  EXPECT_EQ(Refused("/chart/nodes.svg?months=61"), "months: want a whole number from 1 to 60");
  EXPECT_EQ(Refused("/chart/nodes.svg?theme=blue"),
            "theme: not one of those allowed|auto|light|dark");
  EXPECT_EQ(Refused("/badge/nodes.svg?period=day"),
            "period: not one of those allowed|30d|month|quarter|year");
  EXPECT_EQ(Refused("/badge/nodes.svg?period=30d&month=2026-03"),
            "period: not one of those allowed|month|quarter|year");
  EXPECT_EQ(Refused("/api/v1/overview?period=year"), "period: not one of those allowed|30d");
  EXPECT_EQ(Refused("/api/v1/overview?period=30d&month=2026-03"), "month: not beside period=30d");
  EXPECT_EQ(Refused("/api/v1/breakdown?period=30d&periods=3"), "periods: not beside period=30d");
  EXPECT_EQ(Refused("/chart/nodes.svg?period=30d&months=3"), "months: not beside period=30d");
  EXPECT_EQ(Refused("/badge/stars.svg", 404),
            "badge: there is no such figure|sources.svg|clusters.svg|nodes.svg|peak_nodes.svg|"
            "total_nodes.svg|tenants.svg");
  EXPECT_EQ(Refused("/chart/nodes", 404).substr(0, 32), "chart: there is no such figure|s");
}

TEST_F(DataParametersTest, EachIsRefusedEmptyHugeAndHostileAndNothingOfItComesBack) {
  const std::pair<std::string, std::vector<std::string>> endpoints[] = {
      {"/api/v1/fleets", {"month", "periods", "format"}},
      {"/api/v1/overview", {"fleet", "month", "period", "format"}},
      {"/api/v1/trend", {"fleet", "metric", "by", "step", "from", "to", "top", "format"}},
      {"/api/v1/breakdown",
       {"fleet", "metric", "by", "month", "period", "periods", "top", "format"}},
      {"/api/v1/distribution", {"fleet", "figure", "month", "period", "periods", "format"}},
      {"/badge/nodes.svg", {"fleet", "label", "period", "month", "theme"}},
      {"/chart/nodes.svg", {"fleet", "months", "period", "theme"}}};
  const std::string values[] = {"",
                                std::string(3'000, '9'),
                                std::string("\0", 1),
                                "\n",
                                "\xff\xfe",
                                std::string("a\0b", 3),
                                "\x7f",
                                "\r\nSet-Cookie: a=b"};
  for (const auto& [path, names] : endpoints) {
    for (const std::string& name : names) {
      for (const std::string& value : values) {
        const std::string target = path + "?" + name + "=" + Percent(value);
        const Reply reply =
            public_->Get(target.size() < 8'000 ? target : path + "?" + name + "=" + value);
        EXPECT_EQ(reply.status, 400) << target.substr(0, 80) << " " << reply.body;
        EXPECT_THAT(reply.body, HasSubstr("{\"error\":\"" + name));
        EXPECT_EQ(reply.Header("set-cookie"), "");
        EXPECT_LT(reply.body.size(), 300U);
      }
    }
  }
}

TEST_F(DataParametersTest, RandomQueriesAreAnsweredWithANumberOrARefusal) {
  std::mt19937 random(11);
  const std::string paths[] = {
      "/api/v1/fleets",       "/api/v1/overview",   "/api/v1/trend",      "/api/v1/breakdown",
      "/api/v1/distribution", "/badge/tenants.svg", "/chart/sources.svg", "/badge/",
      "/chart/..%2f",         "/badge/%00.svg"};
  const std::string names[] = {"fleet",  "month",   "metric",  "by",     "step",  "from",
                               "to",     "top",     "periods", "format", "label", "period",
                               "months", "%66leet", "figure",  "",       "="};
  const std::string values[] = {"cozystack",  "2026-03",
                                "2026-03-10", "day",
                                "csv",        "os",
                                "3",          "-1",
                                "%",          "%zz",
                                "0x10",       "1e3",
                                "2026-3",     "%3Cscript%3E",
                                "a&b",        "cozy_nodes_count",
                                "tenants",    "18446744073709551616"};
  for (int round = 0; round < 600; ++round) {
    std::string target = paths[random() % std::size(paths)];
    for (size_t i = random() % 5; i > 0; --i) {
      target += (target.find('?') == std::string::npos ? "?" : "&") +
                names[random() % std::size(names)] + "=" + values[random() % std::size(values)];
    }
    const Reply reply = public_->Get(target);
    ASSERT_THAT(reply.status, ::testing::AnyOf(200, 400, 404)) << target << " " << reply.body;
    if (reply.Header("content-type") == "image/svg+xml") {
      ASSERT_EQ(XmlCheck::Problem(reply.body), "") << target;
    } else if (reply.Header("content-type") == "application/json") {
      ASSERT_FALSE(Json::parse(reply.body, nullptr, false).is_discarded()) << target;
    }
  }
}

TEST_F(DataParametersTest, ABadgeIsWellFormedWhateverItsLabel) {
  const Reply plain = public_->Get("/badge/clusters.svg");
  EXPECT_EQ(plain.Header("content-type"), "image/svg+xml");
  EXPECT_EQ(plain.Header("cache-control"), "public, max-age=300");
  EXPECT_THAT(plain.body, HasSubstr("<title>active clusters: 1</title>"));
  EXPECT_THAT(public_->Get("/badge/nodes.svg").body, HasSubstr("<title>nodes: 3</title>"));
  EXPECT_THAT(public_->Get("/badge/peak_nodes.svg?period=year").body, HasSubstr("nodes: 3"));
  EXPECT_THAT(public_->Get("/badge/tenants.svg?month=2026-03").body, HasSubstr("tenants: 2"));
  EXPECT_THAT(public_->Get("/badge/tenants.svg?month=2026-02").body, HasSubstr("tenants: no data"));
  EXPECT_THAT(public_->Get("/badge/tenants.svg?period=30d").body, HasSubstr("tenants: 2"));
  for (const std::string label :
       {"<script>alert(1)</script>", "\"/><x y=\"", "a&b&amp;", "]]>", "'", "--><!--",
        "\xe2\x9c\x93 \xf0\x9f\x8e\x89", "\xef\xbf\xbf\xef\xbf\xbe", "   ", "&#0;"}) {
    const Reply reply = public_->Get("/badge/nodes.svg?label=" + Percent(label));
    EXPECT_EQ(reply.status, 200) << label;
    EXPECT_EQ(XmlCheck::Problem(reply.body), "") << reply.body;
    EXPECT_EQ(reply.body.find("<script"), std::string::npos);
  }
  EXPECT_EQ(XmlCheck::Problem(plain.body), "");
  EXPECT_NE(XmlCheck::Problem("<a b=\"c\"><d></a>"), "") << "the check checks";
  EXPECT_NE(XmlCheck::Problem("<a>b & c</a>"), "");
}

TEST_F(DataParametersTest, AChartHasABarForEachMonthThatIsKnown) {
  for (const char* const name : {"sources", "clusters", "nodes", "peak_nodes", "tenants"}) {
    for (const char* const months : {"1", "12", "60"}) {
      const Reply reply =
          public_->Get("/chart/" + std::string(name) + ".svg?months=" + std::string(months));
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(XmlCheck::Problem(reply.body), "") << reply.body;
      EXPECT_THAT(reply.body, HasSubstr("prefers-color-scheme:dark"));
    }
  }
  const std::string chart = public_->Get("/chart/nodes.svg?months=3").body;
  EXPECT_THAT(chart, HasSubstr("<title id=\"t\">Nodes by month</title>"));
  EXPECT_THAT(chart, HasSubstr("<desc id=\"d\">Jan 2026: not known; Feb 2026: not known; "
                               "Mar 2026: 3 so far</desc>"));
  EXPECT_THAT(chart, HasSubstr("<rect class=\"o\""));
  EXPECT_EQ(chart.find("<rect class=\"v\""), std::string::npos);
  const std::string days = public_->Get("/chart/nodes.svg?period=30d").body;
  EXPECT_THAT(days, HasSubstr("<title id=\"t\">Nodes by day</title>"));
  EXPECT_THAT(days, HasSubstr("; Mar 10: 3 so far</desc>"));
  EXPECT_EQ(XmlCheck::Problem(days), "");
}

}  // namespace
}  // namespace rollcall::test
