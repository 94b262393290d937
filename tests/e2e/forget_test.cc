// Erasure as an operator asks for it: of a running server and of a store; what is left when the
// process is killed on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>

#include "base/clock.h"
#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kId = "forget-me-7a1c0f3e-1f2b-4c3d-9e8f";

class ForgetTest : public ::testing::Test {
 protected:
  static std::string Url(const RollcallProcess& rollcall) {
    return "http://127.0.0.1:" + std::to_string(rollcall.private_port());
  }
  // Reports of the id and of others, at different times, some of it on disk in table files.
  void Fill(int others = 5) const {
    for (int half = 0; half < 2; ++half) {
      RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
      HttpClient client = rollcall.Public();
      for (int i = 0; i < others; ++i) {
        ASSERT_EQ(client.Post("c" + std::to_string(i), "cozy_cluster_info 1\ncozy_nodes_count 2\n")
                      .status,
                  200);
      }
      ASSERT_EQ(
          client
              .Post(kId, "cozy_cluster_info 1\ncozy_nodes_count " + std::to_string(half + 7) + "\n")
              .status,
          200);
      half == 0 ? static_cast<void>(rollcall.Stop()) : rollcall.Kill();
    }
  }
  // Whether any file, be it a log or the list of files, has the id. (Tables are packed; the test of
  // ingest looks into them.)
  bool IsOnDisk() const {
    for (const auto& [name, bytes] : Contents(dir_.path())) {
      if (bytes.find(kId) != std::string::npos) return true;
    }
    return false;
  }
  TempDir dir_;
};

TEST_F(ForgetTest, ARunningServerErasesAndSaysSo) {
  Fill();
  RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
  const Finished shown = RunToEnd({"show", kId, "--server", Url(rollcall)});
  ASSERT_EQ(shown.code, 0) << shown.err;
  const json held = json::parse(shown.out);
  EXPECT_EQ(held["reports"], 2);
  EXPECT_EQ(held["months"][0]["peaks"]["cozy_nodes_count"], 8);
  EXPECT_TRUE(IsOnDisk());

  const Finished forgot = RunToEnd({"forget", kId, "nobody", "--server", Url(rollcall)});
  EXPECT_EQ(forgot.code, 1);
  EXPECT_THAT(forgot.err, HasSubstr("nobody: nothing is held of it"));
  const json receipt = json::parse(forgot.out);
  EXPECT_EQ(receipt["fleet"], "cozystack");
  EXPECT_EQ(receipt["source"], kId);
  EXPECT_EQ(receipt["reports"], 2);
  EXPECT_EQ(receipt["months"].size(), 1U);
  EXPECT_EQ(receipt["hash"].get<std::string>().size(), 32U);
  EXPECT_EQ(receipt["files"], "purged");
  EXPECT_FALSE(IsOnDisk());

  EXPECT_EQ(RunToEnd({"show", kId, "--server", Url(rollcall)}).code, 1);
  EXPECT_EQ(rollcall.Private().Get("/api/v1/sources/cozystack/" + std::string(kId)).status, 404);
  EXPECT_EQ(rollcall.Private().Ask("DELETE", "/api/v1/sources/none/c1").status, 404);
  EXPECT_EQ(rollcall.Private().Ask("DELETE", "/api/v1/sources/cozystack/c%201").status, 400);
  EXPECT_EQ(rollcall.Public().Ask("DELETE", "/api/v1/sources/cozystack/c1").status, 404);
  EXPECT_EQ(rollcall.Private().Metric("rollcall_purges_due"), 0);
  // It counts again when it comes again.
  EXPECT_EQ(rollcall.Public().Post(kId, "cozy_cluster_info 1\n").status, 200);
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(Verify(dir_.path()), "");
}

TEST_F(ForgetTest, AStoreThatNobodyHasOpenIsErasedFromAndAMistakenReportTakenBack) {
  Fill();
  // Two minutes apart, the one in the middle mistaken.
  const int64_t now = SystemClock().Now().time_since_epoch().count();
  std::string lines;
  for (const auto& [ago, nodes] :
       {std::pair(240, "2"), std::pair(120, "1e18"), std::pair(0, "3")}) {
    for (const std::string& metric :
         {std::string("cozy_cluster_info"), std::string("cozy_nodes_count")}) {
      lines += metric + "{cluster_id=\"c-mistaken\"} " + nodes + " " +
               std::to_string((now - ago) * 1000) + "\n";
    }
  }
  const std::string file = dir_.path() + ".txt";
  std::ofstream(file) << lines;
  ASSERT_EQ(RunToEnd({"import", file, "--data-dir", dir_.path()}).code, 0);
  std::filesystem::remove(file);
  const Finished shown = RunToEnd({"show", "c-mistaken", "--data-dir", dir_.path()});
  ASSERT_EQ(shown.code, 0) << shown.err;
  EXPECT_EQ(json::parse(shown.out)["reports"], 3);
  const std::string time = std::to_string(now - 120);
  const Finished took =
      RunToEnd({"forget", "--report", time, "c-mistaken", "--data-dir", dir_.path()});
  ASSERT_EQ(took.code, 0) << took.err;
  EXPECT_EQ(json::parse(took.out)["erased"], "report");
  const json left = json::parse(RunToEnd({"show", "c-mistaken", "--data-dir", dir_.path()}).out);
  EXPECT_EQ(left["reports"], 2);
  EXPECT_EQ(left["months"].back()["peaks"]["cozy_nodes_count"], 3);
  EXPECT_EQ(Verify(dir_.path()), "");

  EXPECT_EQ(RunToEnd({"forget", kId, "--data-dir", dir_.path()}).code, 0);
  EXPECT_FALSE(IsOnDisk());
  EXPECT_EQ(Verify(dir_.path()), "");
  EXPECT_EQ(RunToEnd({"forget", "--data-dir", dir_.path()}).code, 2);
}

TEST_F(ForgetTest, TheRecordsOfAMachineGoAndThoseOfOthersStay) {
  const std::string machine = "66c196ce4222dd761470da5e7e35f6f1";
  const std::string other = "77c196ce4222dd761470da5e7e35f6f1";
  RollcallProcess rollcall(RollcallProcess::Serving(dir_.path(), {"--records"}));
  for (const std::string& id : {machine, other, machine}) {
    const std::string payload = "hello\n";
    const std::string headers =
        "X-Telemetry-TID: 6907c830-eed9-4ce9-81ae-76daf8d88f0f\r\n"
        "record_format_version: 2\r\nclassification: org.clearlinux/hello/world\r\n"
        "severity: 2\r\nmachine_id: " +
        id +
        "\r\ncreation_timestamp: 1505235249\r\n"
        "arch: x86_64\r\nhost_type: blank|blank|blank\r\nbuild: 16700\r\n"
        "kernel_version: 4.12.5-374\r\npayload_format_version: 1\r\nsystem_name: clear\r\n"
        "board_name: b\r\ncpu_model: c\r\nbios_version: d\r\n";
    ASSERT_EQ(rollcall.Public().PostBare(payload, headers).status, 201);
  }
  const auto count = [&](const std::string& id) {
    return json::parse(rollcall.Private().Get("/api/records?machine_id=" + id).body)
        .at("records")
        .size();
  };
  EXPECT_EQ(count(machine), 2U);
  const Finished forgot = RunToEnd({"forget", "--machine", machine, "--server", Url(rollcall)});
  ASSERT_EQ(forgot.code, 0) << forgot.err;
  EXPECT_EQ(json::parse(forgot.out)["records"], 2);
  EXPECT_EQ(json::parse(forgot.out)["files"], "purged");
  EXPECT_EQ(count(machine), 0U);
  EXPECT_EQ(count(other), 1U);
  EXPECT_EQ(RunToEnd({"forget", "--machine", machine, "--server", Url(rollcall)}).code, 1);
  EXPECT_EQ(rollcall.Stop(), 0);
  EXPECT_EQ(Verify(dir_.path()), "");
  EXPECT_EQ(RunToEnd({"forget", "--machine", other, "--data-dir", dir_.path()}).code, 0);
  EXPECT_EQ(Verify(dir_.path()), "");
}

TEST_F(ForgetTest, KilledAtAnyMomentItIsAllThereOrWhollyGoneAfterTheNextStart) {
  std::mt19937 random(7);
  int gone = 0;
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(round);
    Fill();
    {
      RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
      std::thread asks([port = rollcall.private_port()] {
        HttpClient(port).Ask("DELETE", "/api/v1/sources/cozystack/" + std::string(kId));
      });
      // Now before it is committed, now while the files are purged.
      std::this_thread::sleep_for(
          std::chrono::microseconds(random() % (round % 2 == 0 ? 2'000 : 100'000)));
      rollcall.Kill();
      asks.join();
    }
    RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
    const int status =
        rollcall.Private().Get("/api/v1/sources/cozystack/" + std::string(kId)).status;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (rollcall.Private().Metric("rollcall_purges_due") != 0) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (status == 404) {
      ++gone;
      EXPECT_FALSE(IsOnDisk());
    } else {
      const json held =
          json::parse(rollcall.Private().Get("/api/v1/sources/cozystack/" + std::string(kId)).body);
      EXPECT_EQ(held["months"][0]["peaks"]["cozy_nodes_count"], 8);
    }
    EXPECT_EQ(rollcall.Stop(), 0);
    EXPECT_EQ(Verify(dir_.path()), "");
  }
  std::printf("4 kills, %d times it was gone\n", gone);
}

}  // namespace
}  // namespace rollcall::test
