// A declaration's file: what it makes, and how a bad one is refused. The JSON Schema that is
// published says the same, by another validator.
#include "fleets/declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "fleets/built_in.h"
#include "tests/fleets/random_json.h"
#include "tests/support/child_process.h"
#include "tests/support/cozystack.h"
#include "tests/support/file_tree.h"
#include "tests/support/rounds.h"
#include "tests/support/temp_dir.h"

namespace rollcall::fleets {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

// What all refused ones differ from in one place.
constexpr const char* kTextBase = R"({
 "name": "myapp", "about": "An example.",
 "reports": {"format": "prometheus", "path": "/myapp", "id_header": "X-Install-ID"},
 "counted": {"metric": "myapp_info", "name": "installations"},
 "metrics": {"myapp_info": {"description": "That it is there.", "labels": {"version": "Its version."}},
             "myapp_users": {"description": "Accounts.", "labels": {"user": "Who."}}},
 "figures": [{"name": "users", "metric": "myapp_users"}],
 "breakdowns": [{"name": "versions", "metric": "myapp_info", "by": "version"}]})";
constexpr const char* kJsonBase = R"({
 "name": "myapp", "about": "An example.",
 "reports": {"format": "json", "path": "/myapp", "id": "/id"},
 "counted": {"metric": "up", "name": "installations"},
 "metrics": {"up": {"description": "It.", "from": {}},
             "apps": {"description": "Apps.", "labels": {"kind": "Kind."},
                      "from": {"each": "/apps", "labels": {"kind": "@key"}, "value": "/n"}}}})";

struct Refused {
  std::string text;
  std::string message;
  bool schema_allows = false;
};

std::vector<Refused> RefusedOnes() {
  std::vector<Refused> all;
  std::istringstream lines(test::FileBytes(ROLLCALL_TESTDATA "/fleets/refused.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string base;
    std::string pointer;
    words >> base >> pointer;
    const size_t begin = base.size() + pointer.size() + 2;
    const size_t arrow = line.find(" => ");
    const std::string value = line.substr(begin, arrow - begin);
    Json json = Json::parse(base.starts_with("text") ? kTextBase : kJsonBase);
    const Json::json_pointer at(pointer);
    if (value == "-") {
      json.at(at.parent_pointer()).erase(at.back());
    } else {
      json[at] = Json::parse(value);
    }
    all.push_back({json.dump(1), line.substr(arrow + 4), base.ends_with('!')});
  }
  return all;
}

std::vector<std::string> GoodOnes() {
  std::vector<std::string> all{kTextBase, kJsonBase};
  for (const EmbeddedFile& file : BuiltInFiles()) all.emplace_back(file.text);
  for (const char* folder :
       {ROLLCALL_TESTDATA "/fleets/good", ROLLCALL_SOURCE_DIR "/packaging/fleets"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().filename() != "fleet.schema.json")
        all.push_back(test::FileBytes(entry.path()));
    }
  }
  return all;
}

std::string MessageOf(std::string_view text) {
  const auto declaration = ParseDeclaration("a.json", text);
  return declaration.ok() ? "" : declaration.status().message();
}

TEST(DeclarationTest, GoodOnesAreRead) {
  ASSERT_GE(GoodOnes().size(), 5u);
  for (const std::string& text : GoodOnes()) EXPECT_EQ(MessageOf(text), "") << text.substr(0, 200);
}

TEST(DeclarationTest, ABadOneIsRefusedWithItsPlaceWhatStandsThereAndWhatIsAllowed) {
  ASSERT_GE(RefusedOnes().size(), 60u);
  for (const Refused& one : RefusedOnes()) {
    EXPECT_EQ(MessageOf(one.text), "a.json: " + one.message) << one.text;
  }
}

TEST(DeclarationTest, TheSchemaAllowsWhatIsReadAndRefusesWhatIsNot) {
  test::TempDir directory;
  std::vector<std::string> command{"/usr/bin/env", "python3",
                                   ROLLCALL_SOURCE_DIR "/tests/fleets/check_schema.py",
                                   ROLLCALL_SOURCE_DIR "/packaging/fleets/fleet.schema.json"};
  std::string expected;
  std::vector<std::string> texts;
  const auto add = [&](const std::string& text, bool allowed) {
    const std::string path = directory.path() + "/" + std::to_string(texts.size()) + ".json";
    // Comments are ours, not the validator's.
    std::ofstream(path) << Json::parse(text, nullptr, true, true).dump();
    command.push_back(path);
    texts.push_back(text);
    expected += allowed ? "yes\n" : "no\n";
  };
  for (const std::string& text : GoodOnes()) add(text, true);
  for (const Refused& one : RefusedOnes()) add(one.text, one.schema_allows);
  test::ChildProcess python(
      {.args = command, .variables = {}, .working_directory = {}, .prepare = {}});
  ASSERT_EQ(python.Wait(), 0) << "python3-jsonschema is wanted: " << python.err();
  EXPECT_EQ(python.out(), expected);
}

TEST(DeclarationTest, ATextThatIsNoJsonIsRefusedWithItsPlace) {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "a.json: parse error at line 1, column 1"},
           {"{\n  \"name\": nul", "a.json: parse error at line 2, column 14"},
           {"{\"name\": \"a\"", "a.json: parse error at line 1, column 13"},
           {"{\"a\nb\": 1}", "a.json: parse error at line 2, column 0"},
           {"{\"name\": \"\xff\"}", "a.json: parse error at line 1, column 11"},
           {"[]", "a.json: a list stands there; allowed: an object"},
           {R"({"name": "a", "name": "a"})",
            "a.json: the name \"name\" stands twice in one object"},
           {std::string(100'000, '['), "a.json: nested deeper than 64 levels"},
           {R"({"links": {"x": 1e999}})", "a.json: number overflow"},
           {std::string(kMaxDeclarationBytes + 1, ' '), "a.json: 262145 bytes, at most 262144"}}) {
    EXPECT_THAT(MessageOf(text), testing::StartsWith(message)) << text.substr(0, 40);
  }
}

TEST(DeclarationTest, AMessageIsOneLineOfPrintableAsciiWhateverTheFileHas) {
  const std::string message = MessageOf(R"({"page": [{"show": "other", "a\nb\u00e4": 1}]})");
  EXPECT_THAT(message, HasSubstr("/page/0: the name \"a\\nb\\xc3\\xa4\" stands there"));
  EXPECT_THAT(MessageOf(R"({"page": [{"show": "other", "names": {"\n\u00e4": 1}}]})"),
              HasSubstr("/page/0/names/???: 1 stands there"));
}

// All places of a tree, by their pointers.
void CollectPlaces(const Json& json, const Json::json_pointer& at,
                   std::vector<Json::json_pointer>& places) {
  places.push_back(at);
  if (json.is_array()) {
    for (size_t i = 0; i < json.size(); ++i) CollectPlaces(json[i], at / i, places);
  } else if (json.is_object()) {
    for (const auto& [name, member] : json.items()) CollectPlaces(member, at / name, places);
  }
}

void ExpectTakenOrRefusedInOneLine(const std::string& text) {
  const std::string message = MessageOf(text);
  EXPECT_LE(message.size(), 1'500u) << message;
  EXPECT_TRUE(std::all_of(message.begin(), message.end(), [](char c) {
    return c >= ' ' && c <= '~';
  })) << message;
}

TEST(DeclarationTest, RandomChangesAreTakenOrRefusedInOneLine) {
  RandomJson random(5);
  const std::vector<std::string> good = GoodOnes();
  for (int i = 0; i < test::Rounds(3'000); ++i) {
    const std::string& from = good[random.Below(good.size())];
    if (i % 3 == 0) {
      std::string text = from;
      for (size_t n = 1 + random.Below(3); n > 0; --n) {
        text[random.Below(text.size())] = static_cast<char>(random.Below(256));
      }
      ExpectTakenOrRefusedInOneLine(text);
      continue;
    }
    Json json = Json::parse(from, nullptr, true, true);
    std::vector<Json::json_pointer> places;
    CollectPlaces(json, Json::json_pointer(), places);
    // Another value, or what stands at another place.
    const Json::json_pointer& at = places[random.Below(places.size())];
    json[at] = random.Below(2) == 0 ? Json::parse(random.Value(3).dump())
                                    : Json(json[places[random.Below(places.size())]]);
    ExpectTakenOrRefusedInOneLine(json.dump());
  }
}

TEST(DeclarationTest, WhatTheReadmeShowsIsRead) {
  const std::string readme = test::FileBytes(ROLLCALL_SOURCE_DIR "/src/fleets/README.md");
  const size_t begin = readme.find("    {\n");
  const size_t end = readme.find("\n    }\n", begin);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(MessageOf(readme.substr(begin, end + 6 - begin)), "");
}

// api/README.md, "Contract".
TEST(DeclarationTest, CozystackReportsAsItsContractSays) {
  const auto declared = ParseDeclaration("cozystack.json", BuiltInDeclaration("cozystack"));
  ASSERT_TRUE(declared.ok()) << declared.status().message();
  EXPECT_EQ(declared->fleet.id_label, "cluster_id");
  EXPECT_EQ(declared->fleet.identifying_labels, std::vector<std::string>{"uid"});
  EXPECT_EQ(declared->format, ReportFormat::kPrometheus);
  EXPECT_EQ(declared->path, "/");
  EXPECT_EQ(declared->id_header, "X-Cluster-ID");
  EXPECT_TRUE(declared->keeps_undeclared);
  EXPECT_EQ(declared->counted_one, "cluster");
}

TEST(DeclarationTest, WhatIsNotSaidFollowsFromWhatIs) {
  const auto declared = ParseDeclaration("a.json", kTextBase);
  ASSERT_TRUE(declared.ok()) << declared.status().message();
  EXPECT_EQ(declared->title, "myapp");
  EXPECT_EQ(declared->fleet.id_label, "source_id");
  EXPECT_EQ(declared->fleet.counted_unit, "installations");
  EXPECT_EQ(declared->counted_one, "installation");
  EXPECT_FALSE(declared->keeps_undeclared);
  EXPECT_EQ(declared->fleet.figures[0].total_name, "total_users");
  EXPECT_EQ(declared->fleet.figures[0].average_name, "avg_users_per_installation");
  EXPECT_EQ(declared->fleet.figures[0].peak_name, "peak_users");
  EXPECT_EQ(declared->fleet.figures[0].unit, "users");
  std::string page;
  for (const Panel& panel : declared->page) {
    page += std::to_string(static_cast<int>(panel.show)) + " " + panel.metric + " " + panel.by +
            " " + panel.title + "\n";
  }
  EXPECT_EQ(page, "0   \n1   \n3 myapp_info version Versions\n4   \n");
  EXPECT_EQ(declared->reports_months, std::nullopt);
}

TEST(DeclarationTest, ALabelIsDescribedByATextOrByOneWithExamples) {
  std::string text = kTextBase;
  const std::string plain = "\"Who.\"";
  text.replace(text.find(plain), plain.size(),
               R"({"description": "Who.", "examples": ["anna", "bert"]})");
  const auto declared = ParseDeclaration("a.json", text);
  ASSERT_TRUE(declared.ok()) << declared.status().message();
  const LabelDescription& user = *declared->FindMetric("myapp_users")->FindLabel("user");
  EXPECT_EQ(user.description, "Who.");
  EXPECT_THAT(user.examples, ElementsAre("anna", "bert"));
  const LabelDescription& version = *declared->FindMetric("myapp_info")->FindLabel("version");
  EXPECT_EQ(version.description, "Its version.");
  EXPECT_TRUE(version.examples.empty());
  EXPECT_EQ(declared->FindMetric("myapp_info")->FindLabel("user"), nullptr);
}

TEST(DeclarationTest, TheMappingIsWhatTheFileSays) {
  const auto declared =
      ParseDeclaration("a.json", test::FileBytes(ROLLCALL_TESTDATA "/fleets/good/json.json"));
  ASSERT_TRUE(declared.ok()) << declared.status().message();
  const JsonMapping& mapping = declared->mapping;
  EXPECT_THAT(mapping.id, ElementsAre("instance", "uu/id"));
  using Kind = JsonReference::Kind;
  const auto pointer = [](size_t level, std::vector<std::string> steps) {
    return JsonReference{Kind::kPointer, level, std::move(steps)};
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const JsonReference key{Kind::kKey, 1, {}};
  EXPECT_THAT(
      mapping.rules,
      ElementsAre(
          JsonRule{.metric = "ew_up"},
          JsonRule{.metric = "ew_nodes", .value = pointer(0, {"infra", "nodes"})},
          JsonRule{.metric = "ew_version",
                   .labels = {{.name = "version",
                               .at = pointer(0, {"instance", "version"}),
                               .match = "(v\\d+\\.\\d+).*",
                               .replace = "\\1"}}},
          JsonRule{.metric = "ew_size",
                   .labels = {{.name = "size",
                               .at = pointer(0, {"infra", "nodes"}),
                               .ranges = {{"0", 0, 0},
                                          {"1", 1, 1},
                                          {"2-3", 2, 3},
                                          {"4-10.5", 4, 10.5},
                                          {"11-", 11, kInfinity}}}}},
          JsonRule{.metric = "ew_apps",
                   .each = {{{"apps"}}},
                   .labels = {{.name = "kind", .at = key},
                              {.name = "version", .at = pointer(0, {"instance", "version"})}},
                   .value = pointer(1, {"n"})},
          JsonRule{.metric = "ew_apps",
                   .each = {{{"flags"}, {"a", "b"}}},
                   .labels = {{.name = "kind", .at = key}},
                   .value = JsonReference{Kind::kValue, 1, {}}},
          JsonRule{
              .metric = "ew_apps",
              .each = {{{"a"}}, {{}}, {{"b"}}},
              .labels = {{.name = "kind", .at = key}, {.name = "version", .at = pointer(2, {"x"})}},
              .value = JsonReference{Kind::kValue, 3, {}}},
          JsonRule{.metric = "ew_clouds",
                   .each = {{{"clouds"}}},
                   .labels = {{.name = "cloud", .at = {Kind::kValue, 1, {}}}}}));
  EXPECT_EQ(declared->reports_months, 24u);
  EXPECT_EQ(declared->peaks_months, 0u);
}

}  // namespace
}  // namespace rollcall::fleets
