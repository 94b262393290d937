// The disk runs full under a running server, and has room again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/rounds.h"
#include "tests/support/small_disk.h"
#include "tests/support/stored_reports.h"

namespace rollcall::test {
namespace {

constexpr uint64_t kMiB = 1024 * 1024;

// By the type of the filesystem.
class DiskFullTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    // Room for the log that RocksDB reserves, for what it then writes out, and for what was there.
    disk_ = SmallDisk::Make(160, GetParam());
    if (!disk_) GTEST_SKIP() << "this system lets the test mount no filesystem of its own";
  }

  void TearDown() override {
    if (HasFailure() && rollcall_) std::cerr << rollcall_->process().err();
  }

  void Start() {
    ChildOptions options = RollcallProcess::Serving(
        disk_->inside() + "/data", {"--min-free-bytes", min_free_bytes_, "--no-own-samples"});
    options.prepare = disk_->Enter();
    rollcall_ = std::make_unique<RollcallProcess>(options);
    // What its jobs write at the start comes before a test looks how much is free.
    for (const char* job : {"current-windows", "retention"}) {
      const std::string done =
          "rollcall_job_runs_total{job=\"" + std::string(job) + "\",result=\"ok\"}";
      const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
      while (rollcall_->Private().Metric(done) < 1) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
  }
  // RocksDB reserves room for its log with the first write to it: after a restart and before that,
  // there is as little as a test wants.
  void RestartWithRoomFor(uint64_t bytes) {
    EXPECT_EQ(rollcall_->Stop(), 0);
    ASSERT_NO_FATAL_FAILURE(Start());
    ASSERT_TRUE(disk_->FillAllBut(bytes));
  }
  std::string DataDir() const { return disk_->outside() + "/data"; }

  // Posts the next report, one that takes some 100 KiB on disk, or more; returns the status.
  int Post(int series = 300) {
    const std::string serial = std::to_string(++serial_);
    std::string body = "cozy_cluster_info 1\ncozy_nodes_count{serial=\"" + serial + "\"} 1\n";
    for (int i = 0; i < series; ++i) {
      body += "cozy_workloads_count{uid=\"" + serial + "-" + std::to_string(i) +
              "\",kind=\"postgres\"} 1\n";
    }
    last_ = rollcall_->Public().Post("source-" + std::to_string(serial_ % 97), body);
    if (last_.status == 200) answered_.insert(serial);
    return last_.status;
  }
  // Posts until something else than this status is answered, and returns that.
  int PostWhile(int status, int at_most) {
    for (int i = 0; i < at_most; ++i) {
      if (Post() != status) break;
    }
    return last_.status;
  }

  // Posts until one is stored; false where patience ends. The server tries again once a second.
  bool PostUntilStored() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (Post() != 200) {
      if (last_.status != 503 || std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }
  bool AwaitReady() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (rollcall_->Public().Get("/readyz").status != 200) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  // "" where each report that was answered 200 is stored exactly once, and no other more than once.
  std::string Compare() {
    std::map<std::string, int> found;
    ForEachStoredReport(DataDir(), [&](const StoredReport& report) {
      for (const auto& [series, value] : report.series) {
        const std::string head = "cozy_nodes_count{serial=\"";
        if (series.starts_with(head))
          ++found[series.substr(head.size(), series.find('"', head.size()) - head.size())];
      }
    });
    std::string wrong;
    for (const std::string& serial : answered_) {
      if (found[serial] == 0) wrong += serial + " lost\n";
    }
    for (const auto& [serial, times] : found) {
      if (times > 1) wrong += serial + " stored " + std::to_string(times) + " times\n";
    }
    return wrong;
  }

  std::string min_free_bytes_ = "0";  // to be full is harder
  std::unique_ptr<SmallDisk> disk_;
  std::unique_ptr<RollcallProcess> rollcall_;
  int serial_ = 0;
  HttpClient::Reply last_;
  std::set<std::string> answered_;  // 200
};

TEST_P(DiskFullTest, SendersGet503UntilThereIsRoomAndNothingIsLost) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_EQ(PostWhile(200, 5), 200);
  for (int round = 0; round < 3; ++round) {
    ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(2 * kMiB));
    ASSERT_EQ(PostWhile(200, 1000), 503);
    EXPECT_FALSE(last_.Header("retry-after").empty());
    EXPECT_NE(last_.body.find("The report cannot be stored now: "), std::string::npos);
    EXPECT_NE(last_.body.find("No space left on device"), std::string::npos) << last_.body;
    EXPECT_EQ(rollcall_->Public().Get("/readyz").status, 503);
    EXPECT_EQ(PostWhile(503, 5), 503) << "it takes reports that the disk has no room for";
    disk_->MakeRoom();
    EXPECT_TRUE(PostUntilStored());
    EXPECT_EQ(rollcall_->Public().Get("/readyz").status, 200);
    EXPECT_EQ(PostWhile(200, 5), 200);
  }
  EXPECT_EQ(rollcall_->Stop(), 0);
  EXPECT_EQ(Compare(), "");
  EXPECT_EQ(Verify(DataDir()), "");
}

TEST_P(DiskFullTest, AServerThatNobodyPostsToIsReadyAgainWhenThereIsRoom) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(kMiB / 2));
  ASSERT_EQ(PostWhile(200, 1000), 503);
  EXPECT_EQ(rollcall_->Public().Get("/readyz").status, 503);
  disk_->MakeRoom();
  EXPECT_TRUE(AwaitReady());
  EXPECT_EQ(Post(), 200);
}

TEST_P(DiskFullTest, ADiskThatIsFullAgainAtOnceIsGoneOnFromToo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_EQ(PostWhile(200, 5), 200);
  ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(0));
  for (int round = 0; round < 3; ++round) {
    ASSERT_EQ(PostWhile(200, 1000), 503);
    disk_->MakeRoom();
    ASSERT_TRUE(disk_->FillAllBut(3 * kMiB));
    EXPECT_TRUE(PostUntilStored());
  }
  disk_->MakeRoom();
  EXPECT_EQ(rollcall_->Stop(), 0);
  EXPECT_EQ(Compare(), "");
  EXPECT_EQ(Verify(DataDir()), "");
}

TEST_P(DiskFullTest, AKillAtAnyFillingOfTheDiskLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (uint64_t room = 0; room <= kMiB / 2; room += kMiB / 8) {
    ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(kMiB / 2));
    ASSERT_EQ(PostWhile(200, 1000), 503);
    // Room for a part of what is to be written out.
    disk_->MakeRoom();
    ASSERT_TRUE(disk_->FillAllBut(room));
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1200);
    while (std::chrono::steady_clock::now() < end) Post();
    rollcall_->Kill();
    disk_->MakeRoom();
    EXPECT_EQ(Verify(DataDir()), "") << room;
    EXPECT_EQ(Compare(), "") << room;
    ASSERT_NO_FATAL_FAILURE(Start());
  }
  EXPECT_EQ(Post(), 200);
  EXPECT_EQ(rollcall_->Stop(), 0);
  EXPECT_EQ(Compare(), "");
}

TEST_P(DiskFullTest, AStopWhileTheDiskIsFullLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(kMiB));
  ASSERT_EQ(PostWhile(200, 1000), 503);
  EXPECT_EQ(rollcall_->Stop(), 0);
  disk_->MakeRoom();
  EXPECT_EQ(Verify(DataDir()), "");
  EXPECT_EQ(Compare(), "");
}

TEST_P(DiskFullTest, BelowTheFloorAllIsRefusedAndSaysSoOnceAndAboveItAllIsTakenAgain) {
  min_free_bytes_ = "48MiB";
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_EQ(PostWhile(200, 5), 200);
  ASSERT_TRUE(disk_->FillAllBut(24 * kMiB));
  ASSERT_EQ(PostWhile(200, 1000), 503);
  EXPECT_NE(last_.body.find("--min-free-bytes wants 48 MiB"), std::string::npos) << last_.body;
  EXPECT_FALSE(last_.Header("retry-after").empty());
  EXPECT_EQ(PostWhile(503, 50), 503);
  const auto ready = rollcall_->Public().Get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_NE(ready.body.find("MiB left"), std::string::npos) << ready.body;
  EXPECT_EQ(rollcall_->Public().Get("/healthz").status, 200);
  EXPECT_EQ(rollcall_->Public().Get("/api/v1/fleets").status, 200);
  disk_->MakeRoom();
  EXPECT_TRUE(PostUntilStored());
  EXPECT_EQ(rollcall_->Stop(), 0);
  EXPECT_EQ(Compare(), "");
  EXPECT_EQ(Verify(DataDir()), "");
  const std::string log = rollcall_->process().err();
  EXPECT_EQ(log.find("not writable: "), log.rfind("not writable: ")) << log;
  EXPECT_NE(log.find("writable again"), std::string::npos) << log;
}

// What a start does: 0: it serves; else its exit code; nullopt: neither.
std::optional<int> StartOn(const SmallDisk& disk, const std::string& min_free_bytes) {
  ChildOptions options =
      RollcallProcess::Serving(disk.inside() + "/data", {"--min-free-bytes", min_free_bytes});
  options.prepare = disk.Enter();
  ChildProcess process(options);
  if (process.AwaitOut("/metrics\n")) {
    // What it does on a full disk when it is asked to end is told too.
    const ExitCode code = process.End(SIGTERM);
    return code == 0 ? std::optional(0) : code;
  }
  const auto code = process.Wait();
  return code == 0 ? std::nullopt : std::optional(code);
}

// ROLLCALL_FULL_DISK_ROUNDS rounds, each: a disk with some room, reports small and large until it
// is full and after, an end by SIGTERM or SIGKILL, often a start while it is full, then room, a
// start, and a look at what is there.
TEST_P(DiskFullTest, RoundsOfFillingAndEndingInAnyWayLoseNothingAndEveryStartSucceeds) {
  const char* const wanted = std::getenv("ROLLCALL_FULL_DISK_ROUNDS");
  const int rounds = wanted == nullptr ? Rounds(3) : std::atoi(wanted);
  const char* const seed = std::getenv("ROLLCALL_FULL_DISK_SEED");
  std::mt19937 random(seed == nullptr ? 1 : static_cast<unsigned>(std::atoi(seed)));
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  size_t answered = 0;
  int refused = 0;
  int killed = 0;
  int starts_while_full = 0;
  int refused_starts_while_full = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    if (round % 5 == 0) {  // the disk is small
      answered += answered_.size();
      answered_.clear();
      std::filesystem::remove_all(DataDir());
    }
    ASSERT_NO_FATAL_FAILURE(Start());
    ASSERT_TRUE(disk_->FillAllBut(below(4) * kMiB));
    const unsigned posts_after_full = below(30);
    for (unsigned after = 0, posts = 0; after < posts_after_full && posts < 200; ++posts) {
      if (Post(below(5) == 0 ? 1'990 : 1 + static_cast<int>(below(600))) == 200) continue;
      ASSERT_EQ(last_.status, 503) << last_.body;
      ++refused;
      // Room comes and goes.
      if (++after % 10 == 9) {
        disk_->MakeRoom();
        static_cast<void>(disk_->FillAllBut(below(1024) * 1024));
      }
    }
    if (below(2) == 0) {
      ++killed;
      rollcall_->Kill();
    } else {
      EXPECT_EQ(rollcall_->Stop(), 0) << rollcall_->process().err();
    }
    if (below(2) == 0) {
      const std::optional<int> start = StartOn(*disk_, min_free_bytes_);
      ASSERT_TRUE(start) << "ended, and says all is well";
      EXPECT_GE(*start, 0) << "aborted";
      ++starts_while_full;
      refused_starts_while_full += *start != 0 ? 1 : 0;
    }
    disk_->MakeRoom();
    const std::optional<int> start = StartOn(*disk_, min_free_bytes_);
    ASSERT_EQ(start.value_or(-1), 0) << "does not start where there is room";
    ASSERT_EQ(Compare(), "");
  }
  answered += answered_.size();
  EXPECT_EQ(Verify(DataDir()), "");
  std::cout << GetParam() << ": " << rounds << " rounds, " << killed << " kills, " << answered
            << " reports answered 200 and all there, " << refused << " answered 503; "
            << starts_while_full << " starts while full, " << refused_starts_while_full
            << " of them refused; every start with room served\n";
}

TEST_P(DiskFullTest, AnImportThatFillsTheDiskNamesTheDisk) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(RestartWithRoomFor(kMiB));
  const int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  std::string history;
  for (int i = 0; i < 60'000; ++i) {
    const std::string n = std::to_string(i);
    history += "cozy_nodes_count{cluster_id=\"c" + std::to_string(i % 500) + "\",uid=\"" + n + "-" +
               n + "-" + n + "\"} 1 " + std::to_string(now - 86'400'000) + "\n";
  }
  const auto reply = rollcall_->Private().PostBare(history, "", "/api/v1/import/prometheus");
  EXPECT_EQ(reply.status, 503) << reply.body;
  EXPECT_NE(reply.body.find("the import cannot be stored now; send it again: "), std::string::npos)
      << reply.body;
  EXPECT_NE(reply.body.find("No space left on device"), std::string::npos) << reply.body;
  EXPECT_FALSE(reply.Header("retry-after").empty());
  // So is who imports by the command, through the server and without it.
  const TempDir elsewhere;
  std::ofstream(elsewhere.path() + "/history.txt") << history;
  const Finished through =
      RunToEnd({"import", elsewhere.path() + "/history.txt", "--server",
                "http://127.0.0.1:" + std::to_string(rollcall_->private_port())});
  EXPECT_EQ(through.code, 1);
  EXPECT_NE(through.err.find("No space left on device"), std::string::npos) << through.err;
  EXPECT_EQ(rollcall_->Stop(), 0);
  ChildOptions direct = RollcallOptions(
      {"import", elsewhere.path() + "/history.txt", "--data-dir", disk_->inside() + "/data"});
  direct.prepare = disk_->Enter();
  const Finished alone = RunToEnd(direct);
  EXPECT_EQ(alone.code, 1);
  // With a byte left it opens, and refuses by its floor.
  EXPECT_TRUE(alone.err.find("No space left on device") != std::string::npos ||
              alone.err.find("--min-free-bytes wants") != std::string::npos)
      << alone.err;
  disk_->MakeRoom();
  EXPECT_EQ(Verify(DataDir()), "");
}

INSTANTIATE_TEST_SUITE_P(On, DiskFullTest, ::testing::Values("tmpfs", "ext4"),
                         [](const auto& type) { return std::string(type.param); });

}  // namespace
}  // namespace rollcall::test
