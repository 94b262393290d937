// The tree keeps its rules, and the one who checks that sees each of them broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/tree/named_files.h"
#include "tests/tree/tree_rules.h"

namespace rollcall::tree {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

// What is wrong with a file that holds one line beside what it must have.
std::vector<std::string> Breaks(const std::string& path, const std::string& line) {
  const std::string opening = path.ends_with(".h") ? "// What it is.\n#pragma once\n" : "\n\n";
  return Breaches({{path, opening + line + "\n"}});
}

std::string Lines(size_t n) {
  std::string text;
  for (size_t i = 0; i < n; ++i) {
    text += "//\n";
  }
  return text;
}

TEST(TreeTest, OurTreeBreaksNoRule) {
  EXPECT_THAT(Breaches(ReadTree(ROLLCALL_SOURCE_DIR)), IsEmpty());
}

TEST(TreeTest, EveryFileThatACommentOrATextNamesIsThere) {
  EXPECT_THAT(DanglingNames(ReadTree(ROLLCALL_SOURCE_DIR), ListTree(ROLLCALL_SOURCE_DIR)),
              IsEmpty());
}

TEST(TreeTest, TheReadmeIsShort) {
  for (const File& file : ReadTree(ROLLCALL_SOURCE_DIR)) {
    if (file.path == "README.md") {
      EXPECT_LE(std::count(file.text.begin(), file.text.end(), '\n'), 180);
    }
  }
}

TEST(TreeTest, EveryFolderExplainsItself) {
  const std::vector<std::string> paths = ListTree(ROLLCALL_SOURCE_DIR);
  EXPECT_THAT(paths,
              IsSupersetOf({"README.md", "src/README.md", "src/cli/README.md",
                            "src/fleets/README.md", "api/README.md", "storage/README.md",
                            "tests/README.md", "tests/bench/README.md", "packaging/README.md"}));
}

TEST(TreeRulesTest, ANameThatNothingBearsIsSeen) {
  const std::vector<std::string> paths{"src/base", "src/base/log.h", "storage/FORMAT.md"};
  const auto dangling = [&](const std::string& text) {
    return DanglingNames({{"a.md", text}, {"src/b.h", "int x;  // " + text}}, paths);
  };
  for (const char* good : {"see src/base/log.h.", "base/log", "`src/base/`", "log.h", "GET /api/x",
                           "http://h/src/y", "storage/FORMAT.md"}) {
    EXPECT_THAT(dangling(good), IsEmpty()) << good;
  }
  EXPECT_THAT(dangling("see src/base/lag.h"), ElementsAre("a.md:1: there is no src/base/lag.h",
                                                          "src/b.h:1: there is no src/base/lag.h"));
  EXPECT_EQ(dangling("base/lag").size(), 2u);
  EXPECT_EQ(dangling("lag.h").size(), 2u);
  EXPECT_THAT(DanglingNames({{"src/b.h", "int x = y / lag.h;"}}, paths), IsEmpty());
}

TEST(TreeTest, AllPartsOfOurTreeAreLookedAt) {
  std::set<std::string> paths;
  for (const File& file : ReadTree(ROLLCALL_SOURCE_DIR)) {
    EXPECT_FALSE(file.path.starts_with("build/")) << file.path;
    paths.insert(file.path);
  }
  EXPECT_THAT(paths,
              IsSupersetOf({"CMakeLists.txt", "src/http/server/front.h", "dev", "src/base/status.h",
                            "src/cli/main.cc", "tests/tree/tree_test.cc", "web/static/app.js",
                            "web/static/index.html"}));
}

TEST(TreeTest, ThePresetsAreThoseThatDevUses) {
  std::ifstream file(ROLLCALL_SOURCE_DIR "/CMakePresets.json");
  const nlohmann::json presets = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(presets.is_object());
  for (const char* kind : {"configurePresets", "buildPresets", "testPresets"}) {
    std::set<std::string> names;
    for (const nlohmann::json& preset : presets.value(kind, nlohmann::json::array())) {
      names.insert(preset.value("name", ""));
    }
    EXPECT_THAT(names, IsSupersetOf({"release", "debug", "asan", "tsan", "fuzz"})) << kind;
  }
}

TEST(TreeRulesTest, EachBoxMayIncludeWhatStandsLeftOfItAndItself) {
  const std::vector<std::pair<std::string, std::string>> allowed{
      {"src/base/a.cc", "base/b.h"},
      {"src/model/a.cc", "base/b.h"},
      {"src/parse/a.cc", "model/b.h"},
      {"storage/a.cc", "model/b.h"},
      {"storage/a.h", "metrics/b.h"},
      {"src/ingest/a.cc", "parse/b.h"},
      {"src/counts/a.cc", "storage/b.h"},
      {"src/query/a.cc", "parse/b.h"},
      {"src/forward/a.cc", "base/b.h"},
      {"src/fleets/a.cc", "parse/b.h"},
      {"src/jobs/a.h", "counts/b.h"},
      {"api/a.cc", "jobs/b.h"},
      {"api/a.cc", "web/assets.h"},
      {"src/cli/a.cc", "api/b.h"},
      {"src/cli/a.cc", "storage/b.h"},
      {"src/metrics/a.cc", "base/b.h"},
      {"web/a.cc", "base/b.h"},
      {"src/http/server/a.cc", "metrics/b.h"},
      {"src/http/client/a.cc", "base/b.h"},
      {"src/forward/a.cc", "http/client/b.h"},
      {"api/a.cc", "http/server/b.h"},
      {"src/cli/a.cc", "demo/b.h"},
      {"src/demo/a.cc", "ingest/b.h"},
      {"tests/api/a.cc", "cli/b.h"},
      {"tests/api/a.cc", "tests/support/b.h"}};
  for (const auto& [path, target] : allowed) {
    EXPECT_THAT(Breaks(path, "#include \"" + target + "\""), IsEmpty()) << path;
  }
}

TEST(TreeRulesTest, NoBoxMayIncludeWhatStandsRightOfItOrBesideIt) {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"src/base/a.cc", "model/b.h"},
      {"src/base/a.cc", "metrics/b.h"},
      {"src/model/a.h", "parse/b.h"},
      {"src/parse/a.cc", "storage/b.h"},
      {"storage/a.cc", "parse/b.h"},
      {"storage/sub/a.cc", "counts/b.h"},
      {"src/ingest/a.cc", "counts/b.h"},
      {"src/counts/a.cc", "ingest/b.h"},
      {"src/query/a.cc", "forward/b.h"},
      {"src/forward/a.h", "hosts/b.h"},
      {"src/hosts/a.cc", "jobs/b.h"},
      {"src/jobs/a.cc", "api/b.h"},
      {"src/fleets/a.cc", "storage/b.h"},
      {"src/ingest/a.cc", "fleets/b.h"},
      {"api/a.cc", "cli/b.h"},
      {"src/metrics/a.cc", "model/b.h"},
      {"web/a.cc", "model/b.h"},
      {"src/cli/a.cc", "web/assets.h"},
      {"src/jobs/a.cc", "web/assets.h"},
      {"src/http/server/a.cc", "model/b.h"},
      {"src/http/a.cc", "api/b.h"},
      {"src/parse/a.cc", "http/b.h"},
      {"storage/a.cc", "http/b.h"},
      {"src/demo/a.cc", "jobs/b.h"},
      {"api/a.cc", "demo/b.h"}};
  for (const auto& [path, target] : refused) {
    EXPECT_EQ(Breaks(path, "#include \"" + target + "\"").size(), 1u) << path << " " << target;
  }
  EXPECT_THAT(Breaks("src/base/a.cc", "#include \"model/b.h\""),
              ElementsAre("src/base/a.cc:3: base may not include model/b.h"));
}

TEST(TreeRulesTest, OtherWaysToWriteAnIncludeAreSeen) {
  for (const char* line :
       {"#include <model/b.h>", "  #  include   \"model/b.h\"", "#include\"model/b.h\" // why",
        "#include \"../model/b.h\"", "#include \"b.h\""}) {
    EXPECT_EQ(Breaks("src/base/a.cc", line).size(), 1u) << line;
  }
  EXPECT_THAT(Breaks("src/base/a.cc", "// #include \"model/b.h\""), IsEmpty());
}

TEST(TreeRulesTest, AFolderThatIsNotABoxIsNoticed) {
  EXPECT_THAT(Breaks("src/util/a.cc", "#include <string>"),
              ElementsAre("src/util/a.cc:3: util is not a box of the design"));
}

TEST(TreeRulesTest, LibrariesStayWhereTheyBelong) {
  EXPECT_THAT(Breaks("storage/a.h", "#include <rocksdb/db.h>"), IsEmpty());
  EXPECT_THAT(Breaks("src/counts/a.cc", "#include <rocksdb/db.h>"),
              ElementsAre("src/counts/a.cc:3: <rocksdb/db.h> is not for this file"));
  EXPECT_THAT(Breaks("src/http/server/front.cc", "#include <httplib.h>"), IsEmpty());
  EXPECT_THAT(Breaks("src/http/client/client.cc", "#include <httplib.h>"), IsEmpty());
  EXPECT_EQ(Breaks("api/routes.cc", "#include <httplib.h>").size(), 1u);
  EXPECT_EQ(Breaks("src/forward/sender.cc", "#include <httplib.h>").size(), 1u);
  EXPECT_THAT(Breaks("api/json.cc", "#include <nlohmann/json.hpp>"), IsEmpty());
  EXPECT_THAT(Breaks("src/parse/instant_vector_json.cc", "#include <nlohmann/json.hpp>"),
              IsEmpty());
  EXPECT_EQ(Breaks("src/parse/a.cc", "#include <nlohmann/json.hpp>").size(), 1u);
  EXPECT_EQ(Breaks("src/jobs/a.cc", "#include <nlohmann/json.hpp>").size(), 1u);
  EXPECT_THAT(Breaks("src/cli/options.cc", "#include <CLI/CLI.hpp>"), IsEmpty());
  EXPECT_EQ(Breaks("api/a.cc", "#include <CLI/CLI.hpp>").size(), 1u);
  EXPECT_THAT(Breaks("tests/e2e/a_test.cc", "#include <httplib.h>"), IsEmpty());
}

TEST(TreeRulesTest, TheProductLocksWithWhatTheAnalysisKnows) {
  EXPECT_THAT(Breaks("storage/a.h", "  std::mutex mutex_;"),
              ElementsAre("storage/a.h:3: std::mutex instead of base/mutex.h"));
  for (const char* line : {"std::shared_mutex m;", "std::condition_variable c;",
                           "std::condition_variable_any c;", "const std::lock_guard lock(mutex_);",
                           "std::unique_lock<Mutex> lock(mutex_);", "std::scoped_lock lock(a, b);",
                           "std::shared_lock lock(m);", "std::vector<std::mutex> m;"}) {
    EXPECT_EQ(Breaks("src/counts/a.cc", line).size(), 1u) << line;
    EXPECT_THAT(Breaks("src/base/mutex.h", line), IsEmpty()) << line;
    EXPECT_THAT(Breaks("tests/counts/a_test.cc", line), IsEmpty()) << line;
  }
  EXPECT_THAT(Breaks("src/counts/a.cc", "const MutexLock lock(mutex_);"), IsEmpty());
}

TEST(TreeRulesTest, AnAliasOfANamespaceIsUsed) {
  EXPECT_THAT(Breaks("src/base/a.cc", "namespace fs = std::filesystem;\nfs::path p;"), IsEmpty());
  EXPECT_THAT(Breaks("src/base/a.cc", "namespace fs = std::filesystem;\nofs::path fs_;"),
              ElementsAre("src/base/a.cc:3: uses the namespace fs nowhere"));
}

TEST(TreeRulesTest, AConstantIsUsed) {
  for (const char* line :
       {"constexpr int kMost = 3;", "const std::chrono::seconds kMost{3};",
        "constexpr std::array<std::string_view, 2> kMost{", "  static constexpr int kMost = 3;",
        "constexpr const char* kMost[] = {", "constexpr size_t kMost = 4 * kOther;"}) {
    EXPECT_THAT(Breaks("tests/base/a_test.cc", line),
                ElementsAre("tests/base/a_test.cc:3: uses kMost nowhere"))
        << line;
    EXPECT_THAT(Breaks("src/base/a.cc", line + std::string("\nint kMostOf, akMost;")),
                ElementsAre("src/base/a.cc:3: uses kMost nowhere"))
        << line;
    EXPECT_THAT(Breaks("src/base/a.cc", line + std::string("\nint a = kMost;")), IsEmpty()) << line;
    EXPECT_THAT(Breaks("src/base/a.h", line), IsEmpty()) << line;
  }
  EXPECT_THAT(Breaches({{"src/base/a.cc", "const char* const kMost = \"3\";"},
                        {"src/base/a.h", "// It.\n#pragma once\nextern const char* const kMost;"}}),
              IsEmpty());
}

TEST(TreeRulesTest, AHeaderOpensWithACommentAndIsIncludedOnce) {
  EXPECT_THAT(Breaches({{"src/base/a.h", "// What it is.\n#pragma once\n"}}), IsEmpty());
  EXPECT_THAT(Breaches({{"src/base/a.h", "#pragma once\n// What it is.\n"}}),
              ElementsAre("src/base/a.h:1: opens without a comment that says what it is"));
  EXPECT_THAT(Breaches({{"tests/support/a.h", "// What it is.\n"}}),
              ElementsAre("tests/support/a.h:1: has no #pragma once"));
  EXPECT_EQ(Breaches({{"src/base/a.h", ""}}).size(), 2u);
}

TEST(TreeRulesTest, AFileHas450LinesAtMost) {
  for (const char* path : {"api/a.cc", "web/static/a.js", "tests/a_test.cc"}) {
    EXPECT_THAT(Breaches({{path, Lines(450)}}), IsEmpty());
    EXPECT_THAT(Breaches({{path, Lines(451)}}),
                ElementsAre(std::string(path) + ":451: 451 lines, more than 450"));
  }
  EXPECT_THAT(Breaches({{"README.md", Lines(451)}}), IsEmpty());
}

TEST(TreeRulesTest, ThePageKnowsNoProduct) {
  for (const char* line : {"f('cozy_nodes_count');", "// 2 Clusters", "'CLUSTER'", "Cozystack"}) {
    EXPECT_EQ(Breaks("web/static/a.js", line).size(), 1u) << line;
    EXPECT_EQ(Breaks("web/static/a.css", line).size(), 1u) << line;
    EXPECT_THAT(Breaks("tests/browser/a.js", line), IsEmpty()) << line;
  }
  EXPECT_THAT(Breaks("web/static/index.html", "<p>2 Clusters</p>"),
              ElementsAre("web/static/index.html:3: knows a product: Cluster"));
  EXPECT_THAT(Breaks("web/static/a.js", "f('nodes', 'clues');"), IsEmpty());
}

TEST(TreeRulesTest, CodeKnowsNoProduct) {
  for (const char* line : {"f(\"cozy_nodes_count\");", "f(\"cluster_id\");", "// Clusters"}) {
    for (const char* path : {"src/base/a.cc", "api/a.h", "storage/a.cc", "src/demo/a.cc"}) {
      EXPECT_FALSE(Breaks(path, line).empty()) << path << line;
    }
    EXPECT_THAT(Breaks("tests/bench/a.cc", line), IsEmpty()) << line;
    EXPECT_THAT(Breaks("src/fleets/cozystack.json", line), IsEmpty()) << line;
  }
  EXPECT_THAT(Breaks("src/query/a.cc", "// a cluster's vmselect"), IsEmpty());
}

TEST(TreeRulesTest, NothingIsLeftOver) {
  const std::string marker = std::string("TO") + "DO";
  EXPECT_THAT(Breaks("web/static/a.js", "f(); // " + marker + ": later"),
              ElementsAre("web/static/a.js:3: left over: " + marker));
  EXPECT_EQ(Breaks("src/base/a.cc", std::string("// FIX") + "ME").size(), 1u);
  EXPECT_THAT(Breaks("src/base/a.cc", "mkdtemp(\"/tmp/a.XXXXXX\"); // " + marker + "S"), IsEmpty());
}

// A folder that goes away with the test.
class ReadTreeTest : public testing::Test {
 protected:
  ReadTreeTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tree.XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~ReadTreeTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << "text of " << path;
  }

  std::filesystem::path root_;
};

TEST_F(ReadTreeTest, OnlyOurOwnTextsAreRead) {
  for (const char* path :
       {"src/base/b.cc", "src/base/a.h", "build/x/gen.cc", "data/x.md", ".git/x.h",
        "tests/testdata/x.md", "tests/a_test.cc", "web/static/logo.png", "dev"}) {
    Write(path);
  }
  std::vector<std::string> read;
  for (const File& file : ReadTree(root_)) {
    read.push_back(file.path);
    EXPECT_EQ(file.text, "text of " + file.path);
  }
  EXPECT_THAT(read, ElementsAre("dev", "src/base/a.h", "src/base/b.cc", "tests/a_test.cc"));
}

}  // namespace
}  // namespace rollcall::tree
