#include "storage/store_time.h"

#include <future>

#include "storage/keys.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/instant.h"

namespace rollcall::storage {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const UnixSeconds kNow{std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + hours(12)};

class StoreTimeTest : public rollcall::test::StoreTest {
 protected:
  // The process has been up for so long since the start of the test.
  ClockState Look(UnixSeconds wall, hours up) {
    return stores().time().Follow(wall, StoreTime::Steady() + up);
  }
  void Settle() {
    Look(kNow, hours(0));
    Look(kNow + hours(24), hours(24));
    Keep();
  }
  void Keep() {
    const Status status = stores().time().Persist();
    EXPECT_TRUE(status.ok()) << status.message();
  }
  std::string Time() { return FormatRfc3339(stores().time().Now()); }
  std::string DeletesBy() {
    const auto time = stores().time().TimeToDeleteBy();
    return time ? FormatRfc3339(*time) : "nothing";
  }
  void PutReportOf(const std::string& month_day) {
    const Day day = Day::Of(test::InstantAt("2026-" + month_day + "T00:00:00Z"));
    Commit([&](Transaction& transaction) {
      transaction.Merge(Table::kChunks, EncodeKey(ChunkKey{day, {1}, {7}}), "x");
    });
  }
};

TEST_F(StoreTimeTest, ANewStoreHasTheClocksTimeAndNothingToDeleteByForADay) {
  EXPECT_EQ(Look(kNow, hours(0)), ClockState::kFollowed);
  EXPECT_EQ(Time(), "2026-11-26T12:00:00Z");
  EXPECT_EQ(DeletesBy(), "nothing");
  Look(kNow + hours(23), hours(23));
  EXPECT_EQ(DeletesBy(), "nothing");
  Look(kNow + hours(24), hours(24));
  EXPECT_EQ(DeletesBy(), "2026-11-27T12:00:00Z");
}

TEST_F(StoreTimeTest, KeepingATimeThatIsAsGoodOnDiskWaitsForNoTransaction) {
  Settle();
  std::future<void> kept;
  {
    const Transaction transaction(store());
    kept = std::async(std::launch::async, [&] { Keep(); });
    EXPECT_EQ(kept.wait_for(seconds(10)), std::future_status::ready);
  }
  kept.get();
}

TEST_F(StoreTimeTest, LooksAtShorterIntervalsThanASecondAddUp) {
  const StoreTime::Steady start;
  for (int tenth = 0; tenth <= 24 * 3600 * 10; tenth += 7) {
    stores().time().Follow(kNow + seconds(tenth / 10),
                           start + std::chrono::milliseconds(tenth * 100));
  }
  stores().time().Follow(kNow + hours(24), start + hours(24));
  EXPECT_NE(DeletesBy(), "nothing");
}

TEST_F(StoreTimeTest, ItIsKeptOverARestart) {
  Settle();
  PutReportOf("11-26");
  Reopen();
  EXPECT_EQ(DeletesBy(), "nothing") << "before the first look";
  EXPECT_EQ(Look(kNow + hours(24 * 800), hours(0)), ClockState::kAhead);
  EXPECT_EQ(Time(), "2026-11-27T12:00:00Z");
  EXPECT_EQ(DeletesBy(), "2026-11-27T12:00:00Z") << "what is due by it still goes";
  Keep();
  Reopen();
  EXPECT_EQ(Look(kNow + hours(25), hours(0)), ClockState::kFollowed);
  EXPECT_EQ(Time(), "2026-11-27T13:00:00Z");
}

TEST_F(StoreTimeTest, UptimeOfSeveralStartsAddsUpWhereTheClockGoesOn) {
  Settle();
  PutReportOf("11-26");
  UnixSeconds wall = kNow + hours(24);
  for (int start = 0; start < 3; ++start) {
    Reopen();
    wall += hours(24 * 6);
    EXPECT_EQ(Look(wall, hours(0)), ClockState::kAhead) << start;
    wall += hours(8);
    EXPECT_EQ(Look(wall, hours(8)), start < 2 ? ClockState::kAhead : ClockState::kFollowed);
    Keep();
  }
  EXPECT_EQ(stores().time().Now(), wall);
}

TEST_F(StoreTimeTest, NothingIsDeletedWhileTheClockSaysThatItIsEarlier) {
  Settle();
  Look(kNow - hours(24 * 3), hours(25));
  EXPECT_EQ(DeletesBy(), "nothing");
  EXPECT_EQ(Time(), "2026-11-27T12:00:00Z");
}

TEST_F(StoreTimeTest, AStoreOfAnEarlierVersionHasTheTimeOfItsNewestReport) {
  PutReportOf("11-20");
  PutReportOf("11-24");
  Reopen();
  EXPECT_EQ(Look(kNow + hours(24 * 800), hours(0)), ClockState::kAhead);
  EXPECT_EQ(DeletesBy(), "2026-11-25T00:00:00Z");
  PutReportOf("11-26");
  Reopen();
  EXPECT_EQ(Look(kNow, hours(0)), ClockState::kFollowed);
  EXPECT_EQ(DeletesBy(), "2026-11-26T12:00:00Z");
}

TEST_F(StoreTimeTest, ANewestReportOfTheFutureIsNoTimeToGoBy) {
  PutReportOf("12-24");
  Reopen();
  EXPECT_EQ(Look(kNow, hours(0)), ClockState::kFollowed);
  EXPECT_EQ(Time(), "2026-11-26T12:00:00Z");
  EXPECT_EQ(DeletesBy(), "nothing");
}

TEST_F(StoreTimeTest, AnEmptyStoreHasNothingToLoseAndTakesAnyStep) {
  Look(kNow, hours(0));
  EXPECT_EQ(Look(kNow + hours(24 * 800), hours(1)), ClockState::kFollowed);
  PutReportOf("11-26");
  EXPECT_EQ(Look(kNow + hours(24 * 1600), hours(2)), ClockState::kAhead);
}

TEST_F(StoreTimeTest, AcceptingTheClockMovesItEitherWay) {
  Settle();
  PutReportOf("11-26");
  for (const int days : {800, -100}) {
    ASSERT_NE(Look(kNow + hours(24 * days), hours(25)), ClockState::kFollowed);
    ASSERT_TRUE(stores().time().Accept(kNow + hours(24 * days)).ok());
    EXPECT_EQ(Look(kNow + hours(24 * days), hours(25)), ClockState::kFollowed);
    EXPECT_EQ(DeletesBy(), FormatRfc3339(kNow + hours(24 * days)));
  }
  const Status status = stores().time().Accept(UnixSeconds(seconds(60)));
  EXPECT_EQ(status.message(), "accept the clock: it says 1970-01-01T00:01:00Z and was never set");
}

TEST_F(StoreTimeTest, WhatIsHeldBackIsSaidInOneSentence) {
  const auto explain = [this](UnixSeconds wall) {
    Look(wall, hours(25));
    const StoreTime::View view = stores().time().view();
    return std::to_string(view.held_back().count()) + ": " + view.Explain();
  };
  EXPECT_EQ(
      explain(UnixSeconds(seconds(60))),
      "-1704067140: the clock says 1970-01-01T00:01:00Z and was never set: no report is taken "
      "until it is");
  Settle();
  PutReportOf("11-26");
  EXPECT_EQ(explain(kNow + hours(24 * 800)),
            "69030000: the clock says 2029-02-03T12:00:00Z, 798 days after the store's time, "
            "2026-11-27T13:00:00Z: retention waits. Set the clock right, or where "
            "it is right say so: rollcall clock accept");
  EXPECT_EQ(explain(kNow - hours(24 * 90)),
            "-7866000: the clock says 2026-08-28T12:00:00Z, 91 days before the store's time, "
            "2026-11-27T13:00:00Z: no report is taken, and retention waits. Set the "
            "clock right, or where it is right say so: rollcall clock accept");
}

}  // namespace
}  // namespace rollcall::storage
