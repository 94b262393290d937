// Several declared fleets in one server: each counted by itself, in its own words, from reports in
// its own form. Expected numbers are worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/file_tree.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

constexpr const char* kMyApp = R"({
  // As an operator would write it.
  "name": "myapp",
  "about": "A server that keeps apps.",
  "reports": {"format": "prometheus", "path": "/myapp", "id_header": "X-Install-ID"},
  "id_label": "install",
  "counted": {"metric": "myapp_info", "name": "installations"},
  "metrics": {
    "myapp_info": {"description": "That it is there.", "labels": {"version": "Its version."}},
    "myapp_users": {"description": "How many accounts it has."}
  },
  "figures": [{"name": "users", "metric": "myapp_users"}],
  "breakdowns": [{"name": "versions", "metric": "myapp_info", "by": "version",
                  "known_names": ["v1", "v9"]}]
})";

class DeclaredFleetsTest : public ServerTest {
 protected:
  DeclaredFleetsTest() { Declare({{"cozystack", ""}, {"coroot", ""}, {"myapp.json", kMyApp}}); }

  // A text that is empty is that of the built-in fleet.
  std::unique_ptr<const fleets::FleetSet> SetOf(std::vector<fleets::DeclarationText> texts,
                                                const fleets::FleetSet* before = nullptr) {
    for (fleets::DeclarationText& one : texts) {
      if (one.text.empty()) one.text = fleets::BuiltInDeclaration(one.file);
    }
    auto set = fleets::FleetSet::Make(
        texts,
        [this](const std::string& name) -> Result<FleetRef> {
          return refs_.try_emplace(name, FleetRef{static_cast<uint16_t>(refs_.size() + 1)})
              .first->second;
        },
        before);
    EXPECT_TRUE(set.ok()) << set.status().message();
    return std::move(set).value();
  }
  void Declare(std::vector<fleets::DeclarationText> texts) {
    catalog_.Replace(SetOf(std::move(texts)));
  }

  std::string MyApp(const std::string& id, const std::string& body) {
    return Render(public_->PostBare(body, "X-Install-ID: " + id + "\r\n", "/myapp"));
  }
  std::string Coroot(const std::string& body) {
    return Render(
        public_->PostBare(body, "Content-Type: application/json\r\n", "/ce/usage-statistics"));
  }
  static std::string CorootBody(const std::string& id, int nodes) {
    return R"({"instance":{"uuid":")" + id + R"(","version":"1.2.3"},"infra":{"nodes":)" +
           std::to_string(nodes) + "}}";
  }
  Json Month(const std::string& fleet) {
    const Reply reply = public_->Get("/api/overview?year=2026&month=3&fleet=" + fleet);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return Json::parse(reply.body, nullptr, false)["periods"]["month"];
  }
  uint64_t Sources() { return stores_->sources().size(); }

  std::map<std::string, FleetRef> refs_;
};

TEST_F(DeclaredFleetsTest, EachIsCountedByItselfInItsOwnWords) {
  EXPECT_EQ(Report("a", "cozy_cluster_info 1\ncozy_nodes_count 3\n"), "200");
  EXPECT_EQ(MyApp("a", "myapp_info{version=\"v1\"} 1\nmyapp_users 12\n"), "200");
  EXPECT_EQ(MyApp("b", "myapp_info{version=\"v2\"} 1\nmyapp_users 5\n"), "200");
  EXPECT_EQ(Coroot(CorootBody("a", 7)), "200");
  EXPECT_EQ(Coroot(CorootBody("b", 1)), "200");
  EXPECT_EQ(Coroot(CorootBody("c", 1)), "200");
  EXPECT_EQ(Month("cozystack")["clusters"], 1);
  EXPECT_EQ(Month("cozystack")["total_nodes"], 3);
  EXPECT_EQ(Month("myapp")["installations"], 2);
  EXPECT_EQ(Month("myapp")["total_users"], 17);
  EXPECT_EQ(Month("myapp")["avg_users_per_installation"], 8.5);
  EXPECT_EQ(Month("myapp")["versions"], Json::parse(R"({"v1":1,"v2":1,"v9":0})"));
  EXPECT_EQ(Month("coroot")["instances"], 3);
  EXPECT_EQ(Month("coroot")["total_nodes"], 9);
  EXPECT_EQ(Month("coroot")["versions"], Json::parse(R"({"1.2.3":3})"));
  EXPECT_EQ(Month(""), Month("cozystack")) << "the first is the default";
}

TEST_F(DeclaredFleetsTest, EveryPublicNumberIsOfTheFleetThatIsAskedFor) {
  MyApp("a", "myapp_info{version=\"v1\"} 1\nmyapp_users 12\n");
  MyApp("b", "myapp_info{version=\"v2\"} 1\nmyapp_users 5\n");
  EXPECT_THAT(public_->Get("/badge/installations.svg?fleet=myapp").body, HasSubstr(": 2<"));
  EXPECT_THAT(public_->Get("/badge/users.svg?fleet=myapp").body, HasSubstr("users: 17<"));
  EXPECT_EQ(public_->Get("/badge/users.svg").status, 404) << "no figure of the first";
  EXPECT_EQ(public_->Get("/chart/users.svg?fleet=myapp").status, 200);
  const auto json = [this](const std::string& target) {
    return Json::parse(public_->Get(target).body, nullptr, false);
  };
  EXPECT_EQ(
      json("/api/v1/overview?fleet=myapp")["periods"]["month"]["figures"]["installations"]["value"],
      2);
  EXPECT_EQ(json("/api/v1/breakdown?fleet=myapp&metric=myapp_info&by=version")["values"].size(),
            2U);
  EXPECT_EQ(json("/api/v1/trend?fleet=myapp&from=2026-03&metric=myapp_users")["sums"],
            Json::parse("[17]"));
  std::vector<std::string> names;
  const Json listed = json("/api/v1/fleets");
  for (const Json& fleet : listed["fleets"]) names.push_back(fleet["name"]);
  EXPECT_THAT(names, ElementsAre("cozystack", "coroot", "myapp"));
  const Reply other = public_->Get("/api/overview?year=2026&month=3&fleet=other");
  EXPECT_EQ(other.status, 400);
  EXPECT_THAT(other.body, HasSubstr("cozystack, coroot, myapp"));
  EXPECT_THAT(public_->Get("/myapp/").body, HasSubstr("<title>myapp"));
  EXPECT_EQ(public_->Get("/myapps/").status, 404);
  EXPECT_THAT(public_->Get("/privacy?fleet=myapp").body, HasSubstr("How many accounts it has."));
}

TEST_F(DeclaredFleetsTest, ASourceThatSaysNotWhoItIsLearnsHow) {
  EXPECT_EQ(Render(public_->PostBare("myapp_info 1\n", "", "/myapp")),
            "400 X-Install-ID: the header is missing (1 to 253 of A-Z a-z 0-9 . _ -)\n");
  EXPECT_EQ(MyApp("a b", "myapp_info 1\n").substr(0, 18), "400 X-Install-ID: ");
  EXPECT_THAT(Coroot("{}"), HasSubstr("400 Error processing metrics: there is no /instance/uuid"));
  for (const char* const id : {"12", "null", "true", "[]", "{}", "\"\"", "\"a b\"", "\"a/b\""}) {
    EXPECT_EQ(Coroot(R"({"instance":{"uuid":)" + std::string(id) + "}}").substr(0, 4), "400 ")
        << id;
  }
  EXPECT_EQ(public_->Get("/myapp").Header("location"), "myapp/");
  EXPECT_EQ(public_->Ask("PUT", "/ce/usage-statistics").status, 405);
  EXPECT_EQ(Sources(), 0U);
}

TEST_F(DeclaredFleetsTest, OlderAndNewerBodiesAreTaken) {
  EXPECT_EQ(Coroot(R"({"instance":{"uuid":"a"}})"), "200");
  EXPECT_EQ(Coroot(R"({"instance":{"uuid":"b","version":null},"infra":null,"stack":7})"), "200");
  EXPECT_EQ(Coroot(R"({"new":{"deep":[{"x":[1,2]}]},"instance":{"uuid":"c","version":{"a":1}}})"),
            "200");
  EXPECT_EQ(Month("coroot")["instances"], 3);
}

TEST_F(DeclaredFleetsTest, HostileJsonIsRefusedAndNothingIsStored) {
  const std::string deep(100'000, '[');
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("nul"), std::string("\xff\xfe"), deep,
        std::string(10 * 1024 * 1024, '['), R"({"instance":{"uuid":"a"},"x":)" + deep + "}",
        std::string(R"({"instance":{"uuid":"a"},"infra":{"nodes":1e999}})"),
        std::string(R"({"instance":{"uuid":"a","uuid":"b"}})"),
        std::string(R"({"instance":{"uuid":"a","version":"v)") + "\xc3\"}}"}) {
    const std::string answer = Coroot(body);
    EXPECT_EQ(answer.substr(0, 4), "400 ") << body.substr(0, 60);
    EXPECT_LT(answer.size(), 500U);
  }
  std::string kinds;
  for (int i = 0; i < 100'000; ++i) {
    kinds += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + R"(":{"applications":1})";
  }
  EXPECT_EQ(Coroot(R"({"instance":{"uuid":"a"},"infra":{"applications_by_kind":{)" + kinds + "}}}")
                .substr(0, 4),
            "413 ");
  EXPECT_EQ(Sources(), 0U);
  EXPECT_EQ(Coroot(CorootBody("a", 1)), "200");
}

TEST_F(DeclaredFleetsTest, WhatIsNotDeclaredIsToldAndNowhereInTheStore) {
  EXPECT_EQ(MyApp("a",
                  "myapp_info{version=\"v1\",host=\"secret-host\"} 1\n"
                  "secret_metric{a=\"b\"} 5\n"),
            "200");
  EXPECT_EQ(Coroot(R"({"instance":{"uuid":"a"},"ux":{"users":[{"email":"secret-mail"}]},)"
                   R"("secret_field":{"x":"secret-text"}})"),
            "200");
  const Json told = Json::parse(private_->Get("/api/v1/undeclared?fleet=myapp").body);
  EXPECT_EQ(told, Json::parse(R"({"fleets":[{"fleet":"myapp","reports":1,"dropped":2,
                                  "fields":["myapp_info{host}","secret_metric"],
                                  "not_listed":0}]})"));
  const Json all = Json::parse(private_->Get("/api/v1/undeclared").body);
  ASSERT_EQ(all["fleets"].size(), 3U);
  EXPECT_THAT(all["fleets"][1]["fields"].dump(), HasSubstr("\"/secret_field\""));
  EXPECT_EQ(private_->Metric("rollcall_fleet_undeclared_fields{fleet=\"myapp\"}"), 2);
  EXPECT_EQ(private_->Metric("rollcall_fleet_reports{fleet=\"coroot\"}"), 1);
  EXPECT_EQ(public_->Get("/api/v1/undeclared").status, 404);
  Stop();
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    EXPECT_THAT(FileBytes(entry.path()), Not(HasSubstr("secret"))) << entry.path();
  }
}

TEST_F(DeclaredFleetsTest, AThousandUndeclaredNamesAreListedAndTheRestIsCounted) {
  for (int i = 0; i < 3; ++i) {
    std::string body = "myapp_info 1\n";
    for (int k = 0; k < 1'900; ++k) body += "m" + std::to_string(i * 2'000 + k) + " 1\n";
    EXPECT_EQ(MyApp("a", body), "200");
  }
  const Json told = Json::parse(private_->Get("/api/v1/undeclared?fleet=myapp").body)["fleets"][0];
  EXPECT_EQ(told["fields"].size(), 1'000U);
  EXPECT_EQ(told["dropped"], 3 * 1'900);
  EXPECT_GE(told["not_listed"], 900);
}

TEST_F(DeclaredFleetsTest, AnExportNamesTheSourceAsTheFleetDoesAndComesBackIntoIt) {
  MyApp("a", "myapp_info{version=\"v1\"} 1\nmyapp_users 12\n");
  Coroot(CorootBody("a", 7));
  const std::string text = private_->Get("/api/v1/export?format=text&fleet=myapp").body;
  EXPECT_THAT(text, HasSubstr("myapp_users{install=\"a\"} 12 "));
  EXPECT_THAT(text, Not(HasSubstr("coroot")));
  EXPECT_EQ(private_->Get("/api/v1/export?fleet=other").status, 400);
  EXPECT_EQ(private_
                ->PostBare("myapp_info{install=\"b\"} 1 1772409600000\n", "",
                           "/api/v1/import/prometheus?fleet=myapp")
                .status,
            200);
  EXPECT_EQ(Month("myapp")["installations"], 2);
  EXPECT_EQ(Month("coroot")["instances"], 1);
}

TEST_F(DeclaredFleetsTest, AFleetThatTakesThePlaceOfTheServersOwnPathIsRefused) {
  std::string text = kMyApp;
  text.replace(text.find("\"/myapp\""), 8, "\"/healthz\"");
  const auto changed = server_->SetFleets(SetOf({{"cozystack", ""}, {"myapp.json", text}}));
  EXPECT_EQ(changed.status().message(),
            "myapp.json: /reports/path: \"/healthz\" stands there; allowed: a path that the server "
            "does not use");
  EXPECT_EQ(MyApp("a", "myapp_info 1\n"), "200") << "those in force stay";
}

TEST_F(DeclaredFleetsTest, ANewFigureCountsFromTheStoredReportsOnward) {
  MyApp("a", "myapp_info{version=\"v1\"} 1\nmyapp_users 12\n");
  const auto overview = [this] {
    return Json::parse(public_->Get("/api/v1/overview?fleet=myapp").body)["periods"]["month"];
  };
  EXPECT_EQ(overview()["figures"]["users"], nullptr);
  std::string text = kMyApp;
  const std::string figures = R"("figures": [)";
  text.insert(text.find(figures) + figures.size(),
              R"({"name": "first_version", "metric": "myapp_info", "where": {"version": "v1"}},)");
  auto changed = server_->SetFleets(
      SetOf({{"cozystack", ""}, {"coroot", ""}, {"myapp.json", text}}, &catalog_.current()));
  ASSERT_TRUE(changed.ok() && *changed);
  EXPECT_EQ(Month("myapp")["total_first_version"], 1);
  EXPECT_EQ(MyApp("b", "myapp_info{version=\"v1\"} 1\n"), "200");
  EXPECT_EQ(Month("myapp")["total_first_version"], 2);
  EXPECT_EQ(overview()["figures"]["total_first_version"]["value"], 2);
}

}  // namespace
}  // namespace rollcall::test
