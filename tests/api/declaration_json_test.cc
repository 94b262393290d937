// What /api/v1/fleets says of a declaration is what the file says.
#include "api/declaration_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/declarations.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

Json Member(const Json& json, const char* name) {
  return json.contains(name) ? json[name] : Json();
}

TEST(DeclarationJsonTest, EveryPanelSaysWhatTheFileSaysOfItInTheFilesOrder) {
  for (const Json& tree : test::ComingDeclarations()) {
    const Json page = DeclarationJson(test::Declared(tree))["page"];
    ASSERT_EQ(page.size(), tree["page"].size()) << tree["name"];
    for (size_t i = 0; i < page.size(); ++i) {
      Json expected{{"show", tree["page"][i]["show"]},
                    {"section", nullptr},
                    {"title", nullptr},
                    {"note", nullptr}};
      if (tree["page"][i].contains("metric")) {
        expected.update({{"metric", ""},
                         {"by", ""},
                         {"plain", nullptr},
                         {"sums", nullptr},
                         {"order", "sources"},
                         {"bar", "sources"},
                         {"names", Json::object()},
                         {"bytes", Json::array()}});
      }
      expected.update(tree["page"][i]);
      EXPECT_EQ(page[i].dump(), expected.dump()) << tree["name"] << " " << i;
    }
  }
}

TEST(DeclarationJsonTest, WordsLinksAndDescriptionsAreTheFiles) {
  for (const Json& tree : test::ComingDeclarations()) {
    const Json json = DeclarationJson(test::Declared(tree));
    EXPECT_EQ(json["title"], tree["title"]);
    EXPECT_EQ(json["about"], tree["about"]);
    for (const char* const link : {"home", "source", "privacy", "opt_out"}) {
      EXPECT_EQ(json["links"][link], Member(tree["links"], link)) << link;
    }
    EXPECT_EQ(json["counted"]["name"], tree["counted"]["name"]);
    EXPECT_EQ(json["reports"]["format"], tree["reports"]["format"]);
    EXPECT_EQ(json["reports"]["path"], tree["reports"]["path"]);
    EXPECT_EQ(json["reports"]["id_header"], Member(tree["reports"], "id_header"));
    for (const auto& [name, metric] : tree["metrics"].items()) {
      const Json& described = json["descriptions"]["metrics"][name];
      EXPECT_EQ(described["description"], metric["description"]);
      const Json declared = Member(metric, "labels");
      Json labels = Json::object();
      for (const auto& [label, about] : declared.items()) {
        labels[label] = about.is_object() ? about["description"] : about;
      }
      EXPECT_EQ(described["labels"], labels);
    }
    for (const Json& figure : tree["figures"]) {
      EXPECT_EQ(json["descriptions"]["figures"][figure["name"].get<std::string>()],
                Member(figure, "description"));
    }
    for (const Json& breakdown : tree["breakdowns"]) {
      const Json& described =
          json["descriptions"]["breakdowns"][breakdown["name"].get<std::string>()];
      EXPECT_EQ(described["description"], Member(breakdown, "description"));
      EXPECT_EQ(described["known_names"],
                breakdown.contains("known_names") ? breakdown["known_names"] : Json::array());
    }
  }
}

TEST(DeclarationJsonTest, WhatTheFileLeavesOutHasItsDefault) {
  const Json json = DeclarationJson(test::Declared(test::SmallProduct()));
  EXPECT_EQ(json["title"], "myapp");
  EXPECT_EQ(json["links"],
            Json::parse(R"({"home":null,"source":null,"privacy":null,"opt_out":null})"));
  EXPECT_EQ(json["counted"], Json::parse(R"({"metric":"myapp_info","name":"installations",
                                              "one":"installation","unit":"installations"})"));
  std::string shown;
  for (const Json& panel : json["page"]) {
    shown += panel["show"].get<std::string>() + " " + panel["title"].dump() + "; ";
  }
  EXPECT_EQ(shown, "figures null; trend null; breakdown \"Old versions\"; other null; ");
}

}  // namespace
}  // namespace rollcall::api
