// When a server makes a backup by itself, and one at a time.
#include "jobs/backups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "storage/stores.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using jobs::Backups;
using ::testing::HasSubstr;

class BackupsTest : public ::testing::Test {
 protected:
  BackupsTest() {
    storage::StoreOptions options;
    options.directory = dir_.path() + "/data";
    stores_ = storage::Stores::Open(options).value();
    schedule_.backup.directory = dir_.path() + "/backups";
    schedule_.interval = std::chrono::hours(24);
    backups_ = std::make_unique<Backups>(stores_->store(), clock_, schedule_, registry_);
  }

  // Lets the job run, and awaits the backup that it may have begun; returns how many there were.
  uint64_t RunJob() {
    EXPECT_TRUE(backups_->StartIfDue().ok());
    while (backups_->view().is_running) std::this_thread::yield();
    EXPECT_EQ(backups_->view().failure, "");
    return backups_->view().run;
  }

  TempDir dir_;
  // Backups are dated by the machine's clock.
  const UnixSeconds now_ = SystemClock().Now();
  ManualClock clock_{now_};
  metrics::Registry registry_;
  std::unique_ptr<storage::Stores> stores_;
  jobs::BackupSchedule schedule_;
  std::unique_ptr<Backups> backups_;
};

TEST_F(BackupsTest, OneIsMadeWhenTheLastHasBecomeOldOrIsOfTheFuture) {
  clock_.Set(now_ + std::chrono::seconds(60));
  EXPECT_EQ(RunJob(), 1U) << "there is none";
  EXPECT_EQ(RunJob(), 1U);
  clock_.Set(now_ + std::chrono::hours(23));
  EXPECT_EQ(RunJob(), 1U);
  clock_.Set(now_ + std::chrono::hours(25));
  EXPECT_EQ(RunJob(), 2U);
  clock_.Set(now_ - std::chrono::hours(24 * 365));
  EXPECT_EQ(RunJob(), 3U) << "a clock that was wrong may have dated the last one";
}

TEST_F(BackupsTest, AfterARestartTheLastOneStillCounts) {
  clock_.Set(now_ + std::chrono::seconds(60));
  EXPECT_EQ(RunJob(), 1U);
  metrics::Registry registry;
  backups_ = std::make_unique<Backups>(stores_->store(), clock_, schedule_, registry);
  EXPECT_EQ(RunJob(), 0U);
  EXPECT_THAT(registry.WriteText(), HasSubstr("\nrollcall_backup_last_timestamp_seconds 1"));
}

TEST_F(BackupsTest, OneAtATimeAndNoneOnceItIsStopped) {
  storage::BackupOptions other = schedule_.backup;
  other.directory = dir_.path() + "/other";
  ASSERT_TRUE(backups_->Start(other).ok());
  // Where it has not ended yet, another one is refused.
  if (const auto second = backups_->Start(other); !second.ok()) {
    EXPECT_EQ(second.status().code(), Code::kFailedPrecondition);
    EXPECT_THAT(second.status().message(), HasSubstr("is under way"));
  }
  backups_->Stop();
  EXPECT_FALSE(backups_->view().is_running);
  EXPECT_EQ(backups_->Start(other).status().code(), Code::kFailedPrecondition);
  EXPECT_TRUE(backups_->StartIfDue().ok());
  EXPECT_FALSE(backups_->view().is_running);
}

}  // namespace
}  // namespace rollcall::test
