// rollcall serve as a process: what it prints, what it obeys, how it ends and why it does not
// begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/loopback_server.h"
#include "tests/support/stored_reports.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class ServeTest : public ::testing::Test {
 protected:
  std::string DataDir() const { return dir_.path() + "/data"; }

  // What a start that must fail says on stderr: one line, and nothing on stdout.
  std::string Refusal(const ChildOptions& options) {
    const Finished run = RunToEnd(options);
    EXPECT_EQ(run.code, 1) << run.err;
    EXPECT_EQ(run.out, "");
    EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
    return run.err;
  }
  std::string RefusalOf(const std::string& data_dir, std::vector<std::string> args = {}) {
    return Refusal(RollcallProcess::Serving(data_dir, std::move(args)));
  }

  TempDir dir_;
};

TEST_F(ServeTest, ItSaysWhatToOpenPostAndReadAndThatWorks) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  const std::string port = std::to_string(rollcall.public_port());
  const std::string out = rollcall.process().out();
  EXPECT_THAT(out, AllOf(HasSubstr("  Open     http://localhost:" + port + "/\n"),
                         HasSubstr("curl -H 'X-Cluster-ID: my-cluster' --data-binary "
                                   "'cozy_cluster_info 1' http://localhost:" +
                                   port + "/\n")));
  EXPECT_EQ(rollcall.Public().Post("my-cluster", "cozy_cluster_info 1").status, 200);
  const std::string read = "curl 'http://localhost:" + port;
  const size_t at = out.find(read);
  ASSERT_NE(at, std::string::npos) << out;
  const std::string target =
      out.substr(at + read.size(), out.find('\'', at + read.size()) - at - read.size());
  EXPECT_THAT(rollcall.Public().Get(target).body, HasSubstr("\"clusters\":1,"));
  EXPECT_EQ(rollcall.Public().Get("/").status, 200);
  EXPECT_EQ(rollcall.Public().Get("/readyz").body, "ready\n");
  EXPECT_EQ(rollcall.Private().Metric("rollcall_sources"), 1);
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ServeTest, ItLogsWhatItServesAndNeitherBodiesNorIds) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  rollcall.Public().Post("secret-id", "cozy_cluster_info{secret_label=\"x\"} 1\n");
  rollcall.Public().Post("secret-id", "secret_line\n");
  EXPECT_EQ(rollcall.Stop(), 0);
  const std::string log = rollcall.process().err();
  EXPECT_THAT(log, HasSubstr("rollcall 0.1.0 listens on 127.0.0.1:0 (public, port " +
                             std::to_string(rollcall.public_port()) + ")"));
  EXPECT_THAT(log, AllOf(HasSubstr("data in " + DataDir() + ", "),
                         HasSubstr(" MiB, 0 sources, 0 label sets")));
  EXPECT_THAT(log, AllOf(HasSubstr("SIGTERM: draining"), HasSubstr("stopped")));
  EXPECT_THAT(log, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("POST"))));
}

TEST_F(ServeTest, RequestsAreLoggedAtDebugWithoutBodiesAndIds) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir(), {"--log-level", "debug"}));
  rollcall.Public().Post("secret-id", "cozy_cluster_info{secret_label=\"x\"} 1\n", "",
                         "/some/path");
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_THAT(rollcall.process().err(),
              AllOf(HasSubstr("POST /some/path"), Not(HasSubstr("secret"))));
}

TEST_F(ServeTest, SigintEndsItToo) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  EXPECT_EQ(rollcall.process().End(SIGINT), 0);
}

TEST_F(ServeTest, EveryFlagIsAVariableAndTheFlagWins) {
  ChildOptions options = RollcallOptions({"serve", "--max-body-bytes", "200"});
  options.variables["ROLLCALL_DATA_DIR"] = DataDir();
  options.variables["ROLLCALL_MAX_BODY_BYTES"] = "1";
  options.variables["ROLLCALL_LOG_LEVEL"] = "error";
  RollcallProcess rollcall(options);
  EXPECT_EQ(rollcall.Public().Post("a", std::string(200, '\n')).status, 200);
  EXPECT_EQ(rollcall.Public().Post("a", std::string(201, '\n')).status, 413);
  EXPECT_TRUE(std::filesystem::exists(DataDir() + "/CURRENT"));
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(rollcall.process().err(), "");
}

TEST_F(ServeTest, AVariableThatNoOptionReadsIsNamed) {
  ChildOptions options = RollcallProcess::Serving(DataDir());
  options.variables["ROLLCALL_DATADIR"] = "/nowhere";
  RollcallProcess rollcall(options);
  EXPECT_TRUE(rollcall.process().AwaitErr("ROLLCALL_DATADIR"));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(ServeTest, ByDefaultDataIsInTheFolderDataOfWhereItIsStarted) {
  ChildOptions options = RollcallOptions({"serve"});
  options.working_directory = dir_.path();
  RollcallProcess rollcall(options);
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_TRUE(std::filesystem::exists(dir_.path() + "/data/CURRENT"));
}

TEST_F(ServeTest, WithoutAPrivateListenerThereIsNone) {
  ChildOptions options = RollcallProcess::Serving(DataDir(), {"--private-listen-addr", ""});
  ChildProcess process(options);
  ASSERT_TRUE(process.AwaitOut("  Read "));
  EXPECT_TRUE(process.AwaitErr("nothing (private, port 0)"));
  EXPECT_EQ(process.End(SIGTERM), 0);
  EXPECT_THAT(process.out(), Not(HasSubstr("Metrics")));
}

TEST_F(ServeTest, SigtermUnderLoadDrainsAndEveryReportThatWasAnswered200IsStored) {
  constexpr int kSenders = 8;
  std::vector<std::vector<int>> answered(kSenders);
  std::atomic<int> answers{0};
  std::atomic<int> broken{0};
  {
    RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
    std::vector<std::thread> senders;
    for (int sender = 0; sender < kSenders; ++sender) {
      senders.emplace_back([&, sender] {
        HttpClient client = rollcall.Public();
        for (int serial = 1;; ++serial) {
          const int status =
              client
                  .Post("sender-" + std::to_string(sender),
                        "cozy_cluster_info 1\ncozy_nodes_count " + std::to_string(serial) + "\n")
                  .status;
          if (status != 200) {
            // Cut off between two requests, or told that there is no room: never a lie.
            if (status != 0 && status != 503) ++broken;
            return;
          }
          answered[static_cast<size_t>(sender)].push_back(serial);
          ++answers;
          answers.notify_all();
        }
      });
    }
    for (int seen = answers; seen < 400; seen = answers) answers.wait(seen);
    EXPECT_EQ(rollcall.Stop(), 0);
    for (std::thread& sender : senders) sender.join();
  }
  EXPECT_EQ(broken, 0);
  EXPECT_EQ(Verify(DataDir()), "");

  std::map<std::string, std::multiset<int>> stored;
  ForEachStoredReport(DataDir(), [&](const StoredReport& report) {
    stored[report.source].insert(static_cast<int>(report.series.at("cozy_nodes_count")));
  });
  int nodes = 0;
  for (int sender = 0; sender < kSenders; ++sender) {
    const auto& of_sender = stored["sender-" + std::to_string(sender)];
    for (const int serial : answered[static_cast<size_t>(sender)]) {
      EXPECT_EQ(of_sender.count(serial), 1U) << sender << " " << serial;
    }
    ASSERT_FALSE(of_sender.empty());
    nodes += *of_sender.rbegin();
  }
  RollcallProcess again(RollcallProcess::Serving(DataDir()));
  const std::string out = again.process().out();
  const size_t at = out.find("/api/overview");
  EXPECT_THAT(again.Public().Get(out.substr(at, out.find('\'', at) - at)).body,
              HasSubstr("\"clusters\":8,\"total_nodes\":" + std::to_string(nodes) + ","));
  EXPECT_EQ(again.Private().Metric("rollcall_sources"), kSenders);
}

TEST_F(ServeTest, SigtermWaitsForABodyThatIsOnItsWay) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  test::RawClient client(rollcall.public_port());
  const std::string body = "cozy_cluster_info 1\n";
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nHost: t\r\nX-Cluster-ID: late\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\nExpect: 100-continue\r\n\r\n"));
  ASSERT_EQ(client.ReadStatus(), 100) << "its head is complete";
  rollcall.process().Signal(SIGTERM);
  ASSERT_TRUE(rollcall.process().AwaitErr("SIGTERM: draining"));
  ASSERT_TRUE(client.Send(body));
  EXPECT_EQ(client.ReadStatus(), 200);
  EXPECT_EQ(rollcall.process().Wait(), 0);
  int found = 0;
  ForEachStoredReport(DataDir(),
                      [&](const StoredReport& report) { found += report.source == "late"; });
  EXPECT_EQ(found, 1);
}

TEST_F(ServeTest, AnIdleConnectionDoesNotDelayTheEnd) {
  RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
  test::RawClient idle(rollcall.public_port());
  HttpClient kept = rollcall.Public();
  EXPECT_EQ(kept.Post("a", "cozy_cluster_info 1\n").status, 200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15))
      << "of a grace of 20";
}

TEST_F(ServeTest, ASecondProcessOnTheSameDataIsRefused) {
  RollcallProcess first(RollcallProcess::Serving(DataDir()));
  EXPECT_THAT(RefusalOf(DataDir()),
              AllOf(StartsWith("rollcall serve: "), HasSubstr(DataDir()), HasSubstr("in use")));
  const Finished verify = RunToEnd({"verify", "--data-dir", DataDir()});
  EXPECT_EQ(verify.code, 1);
  EXPECT_THAT(verify.err, AllOf(StartsWith("rollcall verify: "), HasSubstr("in use")));
  EXPECT_EQ(first.Public().Post("a", "cozy_cluster_info 1\n").status, 200) << "the first goes on";
  EXPECT_EQ(first.Stop(), 0);
}

TEST_F(ServeTest, APortThatIsInUseIsNamed) {
  test::LoopbackServer taken([](test::Connection&, const std::string&) {});
  const std::string address = "127.0.0.1:" + std::to_string(taken.port());
  EXPECT_THAT(RefusalOf(DataDir(), {"--listen-addr", address}),
              AllOf(StartsWith("rollcall serve: "), HasSubstr(address), HasSubstr("in use")));
  EXPECT_THAT(RefusalOf(DataDir(), {"--private-listen-addr", address}),
              AllOf(HasSubstr(address), HasSubstr("in use")));
}

TEST_F(ServeTest, ADataDirThatIsAFileIsRefused) {
  std::ofstream(DataDir()) << "not a directory\n";
  EXPECT_THAT(RefusalOf(DataDir()), AllOf(StartsWith("rollcall serve: "), HasSubstr(DataDir())));
  EXPECT_THAT(RefusalOf(DataDir() + "/below"), HasSubstr(DataDir() + "/below"));
}

TEST_F(ServeTest, ADataDirWithoutRightsIsRefused) {
  // Nobody makes anything there, not even root.
  EXPECT_THAT(RefusalOf("/proc/rollcall"),
              AllOf(StartsWith("rollcall serve: "), HasSubstr("/proc/rollcall")));
  if (geteuid() != 0) {
    std::filesystem::create_directory(DataDir());
    std::filesystem::permissions(DataDir(), std::filesystem::perms::owner_read);
    EXPECT_THAT(RefusalOf(DataDir()), HasSubstr(DataDir()));
    std::filesystem::permissions(DataDir(), std::filesystem::perms::owner_all);
  }
}

TEST_F(ServeTest, ADataDirThatHoldsSomethingElseIsRefusedAndLeftAlone) {
  std::filesystem::create_directory(DataDir());
  std::ofstream(DataDir() + "/CURRENT") << "somebody else's\n";
  EXPECT_THAT(RefusalOf(DataDir()), AllOf(StartsWith("rollcall serve: "), HasSubstr(DataDir())));
  std::ifstream file(DataDir() + "/CURRENT");
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "somebody else's");
}

TEST_F(ServeTest, ADamagedStoreIsRefused) {
  {
    RollcallProcess rollcall(RollcallProcess::Serving(DataDir()));
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(rollcall.Public().Post("c" + std::to_string(i), "cozy_cluster_info 1\n").status,
                200);
    }
    ASSERT_EQ(rollcall.Stop(), 0);
  }
  // The table that a start must read: what names the format, or what it leads to.
  std::string manifest;
  for (const auto& entry : std::filesystem::directory_iterator(DataDir())) {
    if (entry.path().filename().string().starts_with("MANIFEST")) manifest = entry.path();
  }
  ASSERT_NE(manifest, "");
  const auto bytes = std::filesystem::file_size(manifest);
  std::fstream file(manifest, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(bytes / 2));
  file << std::string(16, '\xff');
  file.close();
  EXPECT_THAT(RefusalOf(DataDir()),
              AllOf(StartsWith("rollcall serve: open store " + DataDir()), HasSubstr("damaged")));
  const Finished verify = RunToEnd({"verify", "--data-dir", DataDir()});
  EXPECT_EQ(verify.code, 1);
  EXPECT_THAT(verify.err, HasSubstr("damaged"));
}

TEST_F(ServeTest, TheAppListOfAServerStandsInTheOverviewAt0) {
  test::LoopbackServer github([](test::Connection& connection, const std::string&) {
    connection.Send(
        test::Answer("200 OK", R"([{"name":"zebra","type":"dir"},{"name":"postgres","type":"dir"},)"
                               R"({"name":"README.md","type":"file"}])"));
  });
  RollcallProcess rollcall(RollcallProcess::Serving(
      DataDir(),
      {"--app-list-url", github.Url("/repos/cozystack/cozystack/contents/packages/apps")}));
  ASSERT_EQ(rollcall.Public()
                .Post("a", "cozy_cluster_info 1\ncozy_application_count{kind=\"postgres\"} 3\n")
                .status,
            200);
  const std::string out = rollcall.process().out();
  const size_t at = out.find("/api/overview");
  const std::string target = out.substr(at, out.find('\'', at) - at);
  std::string body;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    body = rollcall.Public().Get(target).body;
  } while (body.find("zebra") == std::string::npos && std::chrono::steady_clock::now() < deadline);
  EXPECT_THAT(body, HasSubstr("\"apps\":{\"postgres\":3,\"zebra\":0}"));
}

}  // namespace
}  // namespace rollcall::test
