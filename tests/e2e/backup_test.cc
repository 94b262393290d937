// Backups and restores as an operator makes them, of a server that goes on meanwhile; and what is
// left when the process is killed on the way, or the disk of the backups is full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class BackupTest : public ::testing::Test {
 protected:
  std::string data() const { return dir_.path() + "/data"; }
  std::string backups() const { return dir_.path() + "/backups"; }
  std::string restored() const { return dir_.path() + "/restored"; }

  static std::string Url(const RollcallProcess& rollcall) {
    return "http://127.0.0.1:" + std::to_string(rollcall.private_port());
  }
  void Post(const RollcallProcess& rollcall, int from, int to) const {
    HttpClient client = rollcall.Public();
    for (int i = from; i < to; ++i) {
      const std::string n = std::to_string(i);
      ASSERT_EQ(client.Post("c" + n, "cozy_cluster_info 1\ncozy_nodes_count " + n + "\n").status,
                200);
    }
  }
  // Some tens of MiB, so that copying them takes a while.
  void PostMuch(const RollcallProcess& rollcall) const {
    HttpClient client = rollcall.Public();
    for (int i = 0; i < 40; ++i) {
      std::string body = "cozy_cluster_info 1\n";
      for (int k = 0; k < 900; ++k) {
        body += "cozy_workloads_count{uid=\"" + std::to_string(i) + "-" +
                std::to_string(std::hash<int>()(i * 7919 + k * 104729)) + "\"} 1\n";
      }
      ASSERT_EQ(client.Post("large" + std::to_string(i), body).status, 200);
    }
  }
  // How many reports of a store have nodes.
  static int Stored(const std::string& directory) {
    const Finished exported =
        RunToEnd({"export", "--match", "cozy_nodes_count", "--data-dir", directory});
    EXPECT_EQ(exported.code, 0) << exported.err;
    return static_cast<int>(std::count(exported.out.begin(), exported.out.end(), '\n'));
  }
  template <typename Condition>
  static void Await(Condition is_so) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  TempDir dir_;
};

TEST_F(BackupTest, OfARunningServerIsRestoredAndAgrees) {
  RollcallProcess rollcall(RollcallProcess::Serving(data()));
  Post(rollcall, 1, 101);
  const Finished made = RunToEnd({"backup", backups(), "--server", Url(rollcall)});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, ContainsRegex("^backup 1 in .*/backups: [0-9]+ bytes in [0-9]+ files\n"));
  EXPECT_THAT(made.err, HasSubstr("backup: 100% "));
  Post(rollcall, 101, 151);
  EXPECT_EQ(RunToEnd({"backup", backups(), "--server", Url(rollcall)}).code, 0);
  EXPECT_EQ(rollcall.Private().Metric("rollcall_backup_runs_total{result=\"ok\"}"), 2);
  EXPECT_EQ(rollcall.Stop(), 0);

  const Finished restore = RunToEnd({"restore", backups(), "--data-dir", restored()});
  EXPECT_EQ(restore.code, 0) << restore.out << restore.err;
  EXPECT_THAT(restore.out, AllOf(HasSubstr("backup 2 of 20"), HasSubstr("; 0 differences")));
  EXPECT_EQ(Stored(restored()), 150);
  const Finished again = RunToEnd({"restore", backups(), "--data-dir", restored()});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("restored: it is not empty"));
  const Finished first =
      RunToEnd({"restore", backups(), "--backup", "1", "--data-dir", dir_.path() + "/first"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(Stored(dir_.path() + "/first"), 100);
  RollcallProcess from_it(RollcallProcess::Serving(restored()));
  EXPECT_EQ(from_it.Public().Post("new", "cozy_cluster_info 1\n").status, 200);
  EXPECT_EQ(from_it.Stop(), 0);
}

TEST_F(BackupTest, OfAStoreThatNobodyHasOpenAndAllThatIsDoneWithADirectory) {
  {
    RollcallProcess rollcall(RollcallProcess::Serving(data()));
    Post(rollcall, 1, 11);
    const Finished in_use = RunToEnd({"backup", backups(), "--data-dir", data()});
    EXPECT_EQ(in_use.code, 1);
    EXPECT_THAT(in_use.err, HasSubstr("in use by another process"));
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(RunToEnd({"backup", backups(), "--data-dir", data(), "--backup-keep", "2"}).code, 0);
  }
  const Finished list = RunToEnd({"backup", "list", backups()});
  EXPECT_EQ(list.code, 0);
  EXPECT_THAT(list.out, ContainsRegex("^2  20.*Z  [0-9]+ bytes  format 5, rollcall .*\n3  20.*\n"));
  EXPECT_EQ(RunToEnd({"backup", "verify", backups()}).code, 0);
  EXPECT_EQ(RunToEnd({"backup", "prune", backups(), "--backup-keep", "1"}).code, 0);
  EXPECT_THAT(RunToEnd({"backup", "list", backups()}).out, ContainsRegex("^3  "));
  fs::path file;
  for (const auto& entry : fs::directory_iterator(backups() + "/shared_checksum")) {
    file = entry.path();
  }
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(10);
    damaged << "damage";
  }
  const Finished verify = RunToEnd({"backup", "verify", backups()});
  EXPECT_EQ(verify.code, 1);
  EXPECT_THAT(verify.out, AllOf(HasSubstr("damaged"), HasSubstr(file.filename().string())));
  EXPECT_EQ(RunToEnd({"backup"}).code, 2);
  EXPECT_EQ(RunToEnd({"restore", backups()}).code, 2);
}

TEST_F(BackupTest, AreMadeByAServerThatIsToldTo) {
  RollcallProcess rollcall(
      RollcallProcess::Serving(data(), {"--backup-dir", backups(), "--backup-interval", "1h"}));
  Post(rollcall, 1, 3);
  Await([&] {
    return rollcall.Private().Metric("rollcall_backup_runs_total{result=\"ok\"}") == 1 &&
           rollcall.Private().Metric("rollcall_backup_last_timestamp_seconds") > 1e9 &&
           rollcall.Private().Metric("rollcall_backup_size_bytes") > 0;
  });
  EXPECT_EQ(rollcall.Stop(), 0);
  // One that is not old yet is enough for the next start.
  RollcallProcess again(
      RollcallProcess::Serving(data(), {"--backup-dir", backups(), "--backup-interval", "1h"}));
  Await([&] {
    return again.Private().Metric("rollcall_job_runs_total{job=\"backup\",result=\"ok\"}") >= 1;
  });
  EXPECT_GT(again.Private().Metric("rollcall_backup_last_timestamp_seconds"), 1e9);
  EXPECT_EQ(again.Private().Metric("rollcall_backup_runs_total{result=\"ok\"}"), 0);
}

TEST_F(BackupTest, AServerThatIsKilledInTheMiddleLeavesTheEarlierOnesAndTheNextIsWhole) {
  RollcallProcess rollcall(RollcallProcess::Serving(data()));
  Post(rollcall, 1, 11);
  ASSERT_EQ(RunToEnd({"backup", backups(), "--server", Url(rollcall)}).code, 0);
  PostMuch(rollcall);
  // So slowly that it is certainly under way.
  ChildProcess backup(
      RollcallOptions({"backup", backups(), "--server", Url(rollcall), "--backup-rate", "100K"}));
  Await([&] {
    return rollcall.Private().Get("/api/v1/backups").body.find("\"running\":true") !=
           std::string::npos;
  });
  const Finished second = RunToEnd({"backup", backups(), "--server", Url(rollcall)});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("is under way"));
  Await([&] { return fs::exists(backups() + "/private/2"); });
  rollcall.Kill();
  EXPECT_EQ(backup.Wait(), 1);
  EXPECT_THAT(RunToEnd({"backup", "list", backups()}).out,
              AllOf(ContainsRegex("^1  "), Not(HasSubstr("\n2"))));
  EXPECT_EQ(RunToEnd({"backup", "verify", backups()}).code, 0);
  EXPECT_EQ(RunToEnd({"backup", backups(), "--data-dir", data()}).code, 0);
  EXPECT_EQ(RunToEnd({"backup", "verify", backups()}).code, 0);
  EXPECT_EQ(RunToEnd({"restore", backups(), "--data-dir", restored()}).code, 0);
  EXPECT_EQ(Stored(restored()), 10);
}

TEST_F(BackupTest, ARestoreThatIsKilledLeavesNoStoreAndIsRunAgain) {
  {
    RollcallProcess rollcall(RollcallProcess::Serving(data()));
    Post(rollcall, 1, 11);
    PostMuch(rollcall);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  ASSERT_EQ(RunToEnd({"backup", backups(), "--data-dir", data(), "--backup-rate", "0"}).code, 0);
  ChildProcess restore(
      RollcallOptions({"restore", backups(), "--data-dir", restored(), "--backup-rate", "100K"}));
  Await([&] { return fs::exists(restored() + "/RESTORING") && Contents(restored()).size() > 2; });
  restore.End(SIGKILL);
  for (const char* const command : {"serve", "verify"}) {
    const Finished run = RunToEnd({command, "--data-dir", restored()});
    EXPECT_EQ(run.code, 1);
    EXPECT_THAT(run.err, HasSubstr("a restore into it was not ended; run it again"));
  }
  EXPECT_EQ(RunToEnd({"restore", backups(), "--data-dir", restored()}).code, 0);
  EXPECT_EQ(Verify(restored()), "");
  EXPECT_EQ(Stored(restored()), 10);
}

TEST_F(BackupTest, AFullDiskOfTheBackupsIsOneLineInTheLogAndNothingElseNotices) {
  const auto disk = SmallDisk::Make(1);
  if (!disk) GTEST_SKIP() << "this system lets the test mount no filesystem of its own";
  ChildOptions options = RollcallProcess::Serving(
      data(), {"--backup-dir", disk->inside() + "/backups", "--backup-interval", "1m"});
  options.prepare = disk->Enter();
  // So large that it has no room there.
  {
    RollcallProcess rollcall(RollcallProcess::Serving(data()));
    PostMuch(rollcall);
    EXPECT_EQ(rollcall.Stop(), 0);
  }
  RollcallProcess rollcall(options);
  Await([&] {
    return rollcall.Private().Metric("rollcall_backup_runs_total{result=\"error\"}") >= 1;
  });
  Post(rollcall, 1, 11);
  EXPECT_EQ(rollcall.Public().Get("/readyz").status, 200);
  EXPECT_EQ(rollcall.Stop(), 0);
  const std::string log = rollcall.process().err();
  EXPECT_THAT(log,
              ContainsRegex("warning backup .*No space left on device.*tried again every 60 s"));
  const size_t at = log.find(" warning backup ");
  EXPECT_EQ(log.find(" warning backup ", at + 1), std::string::npos) << log;
  EXPECT_EQ(log.find(" error "), std::string::npos) << log;
  EXPECT_EQ(Verify(data()), "");
}

}  // namespace
}  // namespace rollcall::test
