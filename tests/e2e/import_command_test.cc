// rollcall import: into a store, and through a running server.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/gzip.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

const char* const kImported =
    "cozy_cluster_info{cluster_id=\"a\"} 1 1770000000000\n"
    "cozy_nodes_count{cluster_id=\"a\"} 3 1770000000000\n"
    "cozy_cluster_info{cluster_id=\"b\"} 1 1770000900123\n";

class ImportCommandTest : public ::testing::Test {
 protected:
  std::string File(const std::string& name, const std::string& text) const {
    const std::string path = dir_.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string Store() const { return dir_.path() + "/store"; }
  static Finished Import(std::vector<std::string> args) {
    args.insert(args.begin(), "import");
    return RunToEnd(std::move(args));
  }

  TempDir dir_;
};

TEST_F(ImportCommandTest, AFileGoesIntoAStoreAndTheSameFileChangesNothingMore) {
  const Finished first = Import({File("h.txt", kImported), "--data-dir", Store()});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out,
            "3 lines: 3 samples of 3 series from 2 sources\n"
            "new: 2 reports, 3 samples\n"
            "left out: 0 lines refused, 0 NaNs\n");
  EXPECT_NE(first.err.find("import: 100% "), std::string::npos) << first.err;
  const Finished again = Import({"--data-dir", Store(), File("h.gz", test::Gzip(kImported))});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.out.find("new: 0 reports, 0 samples\n"), std::string::npos) << again.out;
  EXPECT_EQ(Verify(Store()), "");
}

TEST_F(ImportCommandTest, RefusedLinesAreToldAndTheExitCodeSaysSo) {
  const std::string file = File("h.txt", std::string(kImported) + "bad\n");
  const Finished run = Import({file, "--data-dir", Store()});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.out.find("left out: 1 line refused"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\n  line 4: want a value"), std::string::npos) << run.out;
  const Finished strict = Import({"--strict", file, "--data-dir", Store() + "2"});
  EXPECT_EQ(strict.code, 1);
  EXPECT_NE(strict.err.find("rollcall import: line 4: "), std::string::npos) << strict.err;
}

TEST_F(ImportCommandTest, ThroughAServerItIsCountedThere) {
  RollcallProcess server(RollcallProcess::Serving(Store()));
  const std::string url = "http://127.0.0.1:" + std::to_string(server.private_port());
  const Finished plain = Import({File("h.txt", kImported), "--server", url});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_NE(plain.out.find("new: 2 reports, 3 samples\n"), std::string::npos) << plain.out;
  const Finished packed = Import({File("h.gz", test::Gzip(kImported)), "--server", url + "/"});
  EXPECT_EQ(packed.code, 0) << packed.err;
  EXPECT_NE(packed.out.find("new: 0 reports, 0 samples\n"), std::string::npos) << packed.out;
  const Finished bad = Import({File("b.txt", "bad\n"), "--server", url, "--strict"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_NE(bad.err.find("rollcall import: line 1: want a value"), std::string::npos) << bad.err;
  const std::string overview = server.Public().Get("/api/overview?year=2026&month=2").body;
  EXPECT_NE(overview.find("\"clusters\":2,\"total_nodes\":3,"), std::string::npos) << overview;
  // The public listener takes no history.
  const Finished wrong = Import({File("h.txt", kImported), "--server",
                                 "http://127.0.0.1:" + std::to_string(server.public_port())});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("this is not the private listener"), std::string::npos) << wrong.err;
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_EQ(Verify(Store()), "");
}

TEST_F(ImportCommandTest, AStoreThatAServerHasOpenIsLeftAlone) {
  RollcallProcess server(RollcallProcess::Serving(Store()));
  const Finished run = Import({File("h.txt", kImported), "--data-dir", Store()});
  EXPECT_EQ(run.code, 1);
  EXPECT_TRUE(run.err.starts_with("rollcall import: ")) << run.err;
}

TEST_F(ImportCommandTest, WithoutAServerOrAFileItFailsWithALine) {
  const Finished no_server = Import({File("h.txt", kImported), "--server", "http://127.0.0.1:1"});
  EXPECT_EQ(no_server.code, 1);
  EXPECT_NE(no_server.err.find("cannot connect"), std::string::npos) << no_server.err;
  const Finished no_file = Import({dir_.path() + "/none", "--data-dir", Store()});
  EXPECT_EQ(no_file.code, 1);
  EXPECT_NE(no_file.err.find("/none: No such file"), std::string::npos) << no_file.err;
}

TEST_F(ImportCommandTest, WhatIsToldWrongIsToldBack) {
  EXPECT_EQ(Import({}).code, 2);
  EXPECT_NE(Import({}).err.find("a file is missing"), std::string::npos);
  EXPECT_EQ(Import({"a", "b"}).code, 2);
  EXPECT_EQ(Import({"a", "--server", "ftp://x"}).code, 2);
  EXPECT_EQ(Import({"a", "--server", "http://x", "--data-dir", "d"}).code, 2);
  EXPECT_EQ(Import({"a", "--source-label", "a-b"}).code, 2);
  EXPECT_EQ(Import({"a", "--strict=perhaps"}).code, 2);
  EXPECT_EQ(Import({"a", "--retention", "1"}).code, 2);
}

TEST_F(ImportCommandTest, TheEnvironmentNamesTheStoreUnlessAServerIsNamed) {
  ChildOptions options = RollcallOptions({"import", File("h.txt", kImported)});
  options.variables["ROLLCALL_DATA_DIR"] = Store();
  EXPECT_EQ(RunToEnd(options).code, 0);
  options.variables["ROLLCALL_SERVER"] = "http://127.0.0.1:1";
  EXPECT_EQ(RunToEnd(options).code, 1);
}

TEST_F(ImportCommandTest, StandardInputIsRead) {
  const std::string file = File("h.txt", kImported);
  ChildOptions options;
  options.args = {
      "/bin/sh", "-c",
      "exec " ROLLCALL_BINARY " import - --data-dir '" + Store() + "' < '" + file + "'"};
  const Finished run = RunToEnd(options);
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(run.out.starts_with("3 lines: 3 samples")) << run.out;
}

}  // namespace
}  // namespace rollcall::test
