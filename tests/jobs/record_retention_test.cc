#include "jobs/record_retention.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/records/records_fixture.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::jobs {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using test::At;

class RecordRetentionTest : public test::RecordsTest {
 protected:
  RecordRetentionTest() { SetZone("UTC"); }
  ~RecordRetentionTest() override { SetZone("UTC"); }
  static void SetZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  void SetTime(const std::string& text) {
    clock_.Set(At(text));
    EXPECT_TRUE(stores_->time().Accept(At(text)).ok());
    stores_->time().Follow(clock_.NowMilliseconds());
  }
  void Add(const std::string& reception) {
    Record record = test::Heartbeat();
    record.reception = At(reception);
    test::Store(*stores_, std::move(record));
  }
  // Runs the job as often as a server would.
  void Run() {
    for (int i = 0; i < 3; ++i) {
      const Status status = job_->Run();
      ASSERT_TRUE(status.ok()) << status.message();
    }
  }
  void StartJob() { job_.emplace(*stores_, RecordRetention()); }

  std::optional<RecordRetentionJob> job_;
};

TEST_F(RecordRetentionTest, TheNextRunIsAtHalfPastFourLocalTime) {
  EXPECT_EQ(NextRecordRetention(At("2026-03-07 04:29:59")), At("2026-03-07 04:30:00"));
  EXPECT_EQ(NextRecordRetention(At("2026-03-07 04:30:00")), At("2026-03-08 04:30:00"));
  EXPECT_EQ(NextRecordRetention(At("2026-12-31 12:00:00")), At("2027-01-01 04:30:00"));
  SetZone("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(NextRecordRetention(At("2026-03-07 03:29:59")), At("2026-03-07 03:30:00"));
  EXPECT_EQ(NextRecordRetention(At("2026-03-28 12:00:00")), At("2026-03-29 02:30:00"))
      << "the clocks go forward that night";
  EXPECT_EQ(NextRecordRetention(At("2026-10-24 12:00:00")), At("2026-10-25 03:30:00"));
}

TEST_F(RecordRetentionTest, DeletesOnceADayAndNotBefore) {
  Add("2026-01-01");
  Add("2026-01-31 04:30:01");
  SetTime("2026-03-07 04:00:00");
  StartJob();
  Run();
  EXPECT_EQ(records().count(), 2U);
  SetTime("2026-03-07 04:30:00");
  Run();
  EXPECT_EQ(records().count(), 1U);
  SetTime("2026-03-08 04:29:59");
  Run();
  EXPECT_EQ(records().count(), 1U) << "it is due tomorrow";
  SetTime("2026-03-08 04:30:00");
  Run();
  EXPECT_EQ(records().count(), 0U);
}

TEST_F(RecordRetentionTest, ADayThatTheServerWasDownIsMadeUpFor) {
  SetTime("2026-03-07 04:00:00");
  StartJob();
  Run();
  SetTime("2026-03-07 05:00:00");
  Run();
  Add("2026-01-01");
  StartJob();
  SetTime("2026-03-08 04:00:00");
  Run();
  EXPECT_EQ(records().count(), 1U);
  StartJob();
  SetTime("2026-03-08 07:00:00");
  Run();
  EXPECT_EQ(records().count(), 0U);
}

TEST_F(RecordRetentionTest, NothingIsDeletedByAClockThatIsInDoubt) {
  Add("2026-03-01");
  SetTime("2026-03-07 04:00:00");
  StartJob();
  Run();
  clock_.Set(At("2029-03-08 05:00:00"));
  stores_->time().Follow(clock_.NowMilliseconds());
  Run();
  EXPECT_EQ(records().count(), 1U);
  SetTime("2029-03-08 05:00:00");
  Run();
  EXPECT_EQ(records().count(), 0U);
}

}  // namespace
}  // namespace rollcall::jobs
