// rollcall export: out of a store, out of a running server, and back in.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

const char* const kHistory =
    "cozy_nodes_count{cluster_id=\"a\"} 3 1770000000000\n"
    "cozy_cluster_info{cluster_id=\"b\"} 1 1770000900000\n"
    "cozy_cluster_info{cluster_id=\"b\"} 1 1775000000000\n";

class ExportCommandTest : public ::testing::Test {
 protected:
  ExportCommandTest() {
    std::ofstream(dir_.path() + "/h.txt") << kHistory;
    EXPECT_EQ(RunToEnd({"import", dir_.path() + "/h.txt", "--data-dir", Store()}).code, 0);
  }
  std::string Store() const { return dir_.path() + "/store"; }
  static Finished Export(std::vector<std::string> args) {
    args.insert(args.begin(), "export");
    return RunToEnd(std::move(args));
  }
  std::string Read(const std::string& name) const { return FileBytes(dir_.path() + "/" + name); }

  TempDir dir_;
};

TEST_F(ExportCommandTest, AStoreAndAServerGiveTheSame) {
  RollcallProcess server(RollcallProcess::Serving(Store()));
  const std::string url = "http://127.0.0.1:" + std::to_string(server.private_port());
  const std::vector<std::vector<std::string>> wishes = {
      {},
      {"--format", "jsonl"},
      {"--from", "2026-02-02T03:00:00Z", "--to", "2026-04"},
      {"--match", "{__name__=~\"cozy_c.*\"}", "--fleet", "cozystack"},
      {"--from", "2027"},
      {"--from", "1970-01-01", "--to", "1970-01-01"}};
  std::vector<std::string> of_server;
  for (std::vector<std::string> args : wishes) {
    args.insert(args.end(), {"--server", url + "/"});
    const Finished run = Export(args);
    EXPECT_EQ(run.code, 0) << run.err;
    of_server.push_back(run.out);
  }
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_EQ(of_server[0], kHistory);
  EXPECT_EQ(of_server[2], "cozy_cluster_info{cluster_id=\"b\"} 1 1775000000000\n");
  for (size_t i = 0; i < wishes.size(); ++i) {
    std::vector<std::string> args = wishes[i];
    args.insert(args.end(), {"--data-dir", Store()});
    const Finished run = Export(args);
    EXPECT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.out, of_server[i]) << i;
  }
}

TEST_F(ExportCommandTest, AFileIsThereOnceItIsWhole) {
  const std::string file = dir_.path() + "/out.txt";
  EXPECT_EQ(Export({"-o", file, "--data-dir", Store()}).code, 0);
  EXPECT_EQ(Read("out.txt"), kHistory);
  const Finished failed = Export({"-o", file, "--server", "http://127.0.0.1:1"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_NE(failed.err.find("cannot connect"), std::string::npos) << failed.err;
  EXPECT_EQ(Read("out.txt"), kHistory);
  EXPECT_EQ(Read("out.txt.partial"), "");
  EXPECT_EQ(Export({"-o", dir_.path() + "/none/out.txt", "--data-dir", Store()}).code, 1);
  EXPECT_EQ(Export({"-o", "/dev/full", "--data-dir", Store()}).code, 1);
}

TEST_F(ExportCommandTest, WhatIsNotThereOrWrongIsToldInALine) {
  const Finished none = Export({"--data-dir", dir_.path() + "/none"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("rollcall export: open store "), std::string::npos) << none.err;
  EXPECT_EQ(Export({"--from", "soon"}).code, 2);
  RollcallProcess server(RollcallProcess::Serving(Store()));
  const Finished open = Export({"--data-dir", Store()});
  EXPECT_EQ(open.code, 1);
  const Finished wrong =
      Export({"--server", "http://127.0.0.1:" + std::to_string(server.public_port())});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("this is not the private listener"), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace rollcall::test
