// A declared view's file: what it makes, how a bad one is refused, and what a folder of them gives.
// The JSON Schema that is published says the same, by another validator.
#include "records/view_declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::records {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kPackaged = ROLLCALL_SOURCE_DIR "/packaging/views";

std::string Small(const std::string& more) {
  return R"({"name": "a", "title": "A", "by": "build", "per": "day")" + more + "}";
}

struct Refused {
  std::string text;
  std::string message;
  bool schema_allows = false;
};

std::vector<Refused> RefusedOnes() {
  return {
      {"[]", "a list stands there; allowed: an object"},
      {R"({"name": "a", "title": "A", "by": "build"})", "per is missing"},
      {R"({"name": "A", "title": "A", "by": "build", "per": "day"})",
       "/name: \"A\" stands there; allowed: text of at most 50 characters that matches "
       "^[a-z][a-z0-9-]*$"},
      {Small(R"(, "by": 3)"), "the name \"by\" stands twice in one object", true},
      {R"({"name": "a", "title": "A", "by": "bild", "per": "day"})",
       "/by: \"bild\" stands there; allowed: classification, severity, build, machine_id, "
       "external, arch, host_type, kernel_version, system_name, board_name, cpu_model, "
       "bios_version"},
      {R"({"name": "a", "title": "A", "by": {"payload": "no group"}, "per": "day"})",
       "/by/payload: \"no group\" stands there; allowed: an RE2 pattern with a group", true},
      {R"({"name": "a", "title": "A", "by": {"payload": "(open"}, "per": "day"})",
       "/by/payload: the pattern \"(open\": missing ): (open", true},
      {Small(R"(, "per": "month")"), "the name \"per\" stands twice in one object", true},
      {R"({"name": "a", "title": "A", "by": "build", "per": "month"})",
       "/per: \"month\" stands there; allowed: day, week, build"},
      {Small(R"(, "filters": {})"),
       "the name \"filters\" stands there; did you mean filter?; allowed: $schema, name, title, "
       "about, filter, by, per, count, days, top, show"},
      {Small(R"(, "filter": {"severity": 5})"),
       "/filter/severity: 5 stands there; allowed: a whole number from 1 to 4"},
      {Small(R"(, "filter": {"external": "yes"})"),
       "/filter/external: \"yes\" stands there; allowed: true or false"},
      {Small(R"(, "filter": {"payload": "a{1000}{1000}"})"),
       "/filter/payload: the pattern \"a{1000}{1000}\": bad repetition operator: "
       "{1000}{1000}",
       true},
      {Small(R"(, "filter": {"not_payload": "*"})"),
       "/filter/not_payload: the pattern \"*\": no argument for repetition operator: *", true},
      {Small(R"(, "filter": {"classification": "a*b"})"),
       "/filter/classification: \"a*b\" stands there; allowed: text of at most 140 characters that "
       "matches ^[^*]+[*]?$"},
      {Small(R"(, "days": 0)"), "/days: 0 stands there; allowed: a whole number from 1 to 400"},
      {Small(R"(, "top": 1.5)"), "/top: 1.5 stands there; allowed: a whole number from 1 to 200"},
      {Small(R"(, "show": "pie")"), "/show: \"pie\" stands there; allowed: table, chart"},
  };
}

std::vector<std::string> GoodOnes() {
  return {Small(""), Small(R"(, "filter": {}, "days": 400, "top": 200, "count": "machines")"),
          test::FileBytes(std::string(kPackaged) + "/failed-units.json"),
          test::FileBytes(std::string(kPackaged) + "/kernels.json")};
}

std::string MessageOf(std::string_view text) {
  const auto view = ParseViewDeclaration("a.json", text);
  return view.ok() ? "" : view.status().message();
}

// Returns a text without its lines of comments, which are ours and not the validator's.
std::string WithoutComments(const std::string& text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (text.compare(at, 2, "//") != 0) kept += text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return kept;
}

TEST(ViewDeclarationTest, GoodOnesAreReadAndThoseThatComeWithRollcallSayWhatTheySay) {
  for (const std::string& text : GoodOnes()) EXPECT_EQ(MessageOf(text), "") << text;
  const auto units = ParseViewDeclaration("a", GoodOnes()[2]);
  ASSERT_TRUE(units.ok());
  EXPECT_EQ(units->name, "failed-units");
  EXPECT_EQ(units->filter.classification, "org.clearlinux/journal/*");
  EXPECT_EQ(units->capture->Capture("x\nFailed to start Bluetooth service.\n"),
            "Bluetooth service");
  EXPECT_EQ(units->per, ViewDeclaration::Per::kWeek);
  EXPECT_TRUE(units->counts_machines);
  EXPECT_TRUE(units->is_chart);
  EXPECT_EQ(units->days, 70u);
  EXPECT_EQ(units->top, 20u);
  const auto kernels = ParseViewDeclaration("a", GoodOnes()[3]);
  ASSERT_TRUE(kernels.ok());
  EXPECT_EQ(kernels->by, Field::kKernelVersion);
  EXPECT_FALSE(kernels->capture);
  EXPECT_EQ(kernels->per, ViewDeclaration::Per::kBuild);
  EXPECT_FALSE(kernels->is_chart);
}

TEST(ViewDeclarationTest, ABadOneIsRefusedWithItsPlaceWhatStandsThereAndWhatIsAllowed) {
  for (const Refused& one : RefusedOnes()) {
    EXPECT_EQ(MessageOf(one.text), "a.json: " + one.message) << one.text;
  }
  EXPECT_THAT(MessageOf("{"), StartsWith("a.json: parse error at line 1, column 2"));
  EXPECT_THAT(MessageOf(std::string(kMaxViewBytes + 1, ' ')),
              StartsWith("a.json: 65537 bytes, at most 65536"));
  EXPECT_THAT(MessageOf(std::string(1'000, '[')), HasSubstr("nested deeper than 64 levels"));
}

TEST(ViewDeclarationTest, TheSchemaAllowsWhatIsReadAndRefusesWhatIsNot) {
  const test::TempDir directory;
  std::vector<std::string> command{"/usr/bin/env", "python3",
                                   ROLLCALL_SOURCE_DIR "/tests/fleets/check_schema.py",
                                   std::string(kPackaged) + "/view.schema.json"};
  std::string expected;
  size_t files = 0;
  const auto add = [&](const std::string& text, bool allowed) {
    const std::string path = directory.path() + "/" + std::to_string(files++) + ".json";
    std::ofstream(path) << WithoutComments(text);
    command.push_back(path);
    expected += allowed ? "yes\n" : "no\n";
  };
  for (const std::string& text : GoodOnes()) add(text, true);
  for (const Refused& one : RefusedOnes()) {
    // Of a name that stands twice the validator's reader takes the last.
    if (one.message.find("twice") == std::string::npos) add(one.text, one.schema_allows);
  }
  test::ChildProcess python(
      {.args = command, .variables = {}, .working_directory = {}, .prepare = {}});
  ASSERT_EQ(python.Wait(), 0) << "python3-jsonschema is wanted: " << python.err();
  EXPECT_EQ(python.out(), expected);
}

TEST(ViewDeclarationTest, ABadFileIsToldAndLeavesTheOthers) {
  const test::TempDir directory;
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(directory.path() + "/" + name) << text;
  };
  write("b.json", R"({"name": "b", "title": "Zebras", "by": "build", "per": "day"})");
  write("c.json", R"({"name": "c", "title": "Apes", "by": "build", "per": "day"})");
  write("bad.json", R"({"name": "x", "title": "X", "by": "build", "per": "hour"})");
  write("same.json", R"({"name": "c", "title": "C", "by": "build", "per": "day"})");
  write("view.schema.json", "{}");
  write("notes.txt", "not a view");
  fs::create_directory(directory.path() + "/folder.json");
  const DeclaredViews declared = ReadViewDirectory(directory.path());
  std::vector<std::string> titles;
  for (const ViewDeclaration& view : declared.views) titles.push_back(view.title);
  EXPECT_THAT(titles, ElementsAre("Apes", "Zebras"));
  EXPECT_THAT(
      declared.faults,
      ElementsAre("bad.json: /per: \"hour\" stands there; allowed: day, week, build",
                  directory.path() + "/folder.json: cannot be read",
                  "same.json: /name: \"c\" stands there; allowed: a name that no other has"));
}

TEST(ViewDeclarationTest, AFolderThatIsNotThereIsToldAndNoneIsNothing) {
  EXPECT_THAT(ReadViewDirectory("").faults, IsEmpty());
  EXPECT_THAT(ReadViewDirectory("/nowhere/at/all").faults,
              ElementsAre("views directory /nowhere/at/all: No such file or directory"));
}

TEST(ViewDeclarationTest, ThePackagedFolderHasTwoViewsAndNoFault) {
  const DeclaredViews declared = ReadViewDirectory(kPackaged);
  EXPECT_THAT(declared.faults, IsEmpty());
  EXPECT_EQ(declared.views.size(), 2u);
}

TEST(PayloadPatternTest, FindsAndCapturesWithinABound) {
  const auto pattern = PayloadPattern::Make("fail(ed|ure): (\\w+)");
  ASSERT_TRUE(pattern.ok());
  EXPECT_EQ(pattern->groups(), 2);
  EXPECT_TRUE(pattern->Finds("x failed: y"));
  EXPECT_FALSE(pattern->Finds("x fail: y"));
  EXPECT_EQ(pattern->Capture("a failure: b"), "ure");
  const auto optional = PayloadPattern::Make("a(b)?");
  ASSERT_TRUE(optional.ok());
  EXPECT_EQ(optional->Capture("a"), std::nullopt);
  EXPECT_EQ(optional->Capture("ab"), "b");
  EXPECT_FALSE(PayloadPattern::Make("(").ok());
  EXPECT_FALSE(PayloadPattern::Make(std::string(kMaxPatternBytes + 1, 'a')).ok());
  const auto slow = PayloadPattern::Make("(a.{300}|b.{301}|a.{302}){3}c");
  EXPECT_EQ(slow.status().code(), Code::kInvalidArgument);
  EXPECT_NE(slow.status().message().find("steps, at most 2000"), std::string::npos);
  // What explodes elsewhere.
  const auto nested = PayloadPattern::Make("(a*)*b|((x+x+)+y)|(.*)(.*)(.*)(.*)[0-9a-f]{200}$");
  ASSERT_TRUE(nested.ok());
  EXPECT_FALSE(nested->Finds(std::string(200'000, 'a') + "!"));
}

TEST(RecordFilterTest, AClassificationIsTheWholeOrABeginningWithAStar) {
  EXPECT_TRUE(MatchesClassification("", "a/b/c"));
  EXPECT_TRUE(MatchesClassification("a/b/c", "a/b/c"));
  EXPECT_FALSE(MatchesClassification("a/b", "a/b/c"));
  EXPECT_TRUE(MatchesClassification("a/b/*", "a/b/c"));
  EXPECT_TRUE(MatchesClassification("a/*", "a/b/c"));
  EXPECT_FALSE(MatchesClassification("a/x*", "a/b/c"));
}

}  // namespace
}  // namespace rollcall::records
