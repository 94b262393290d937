#include "query/old_snapshots.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/query/rendered_overview.h"
#include "tests/support/cozystack.h"
#include "tests/support/instant.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_dir.h"

namespace rollcall::query {
namespace {

// Has the months it is given, each with as many clusters; falls back as every source does.
class NewerMonths final : public OverviewSource {
 public:
  Result<std::optional<Overview>> Read(const Fleet&, Month month, std::stop_token) override {
    if (broken) return Status::DataLoss("broken");
    auto after = months.upper_bound(month);
    if (after == months.begin()) return std::optional<Overview>();
    --after;
    Overview overview = Overview::Begin(after->first, test::InstantAt("2026-06-15T00:00:00Z"));
    PeriodCounts counts;
    counts.sources = after->second;
    counts.figures.resize(2);
    overview.periods.fill(counts);
    overview.breakdowns.resize(1);
    return std::optional(overview);
  }
  std::map<Month, int64_t> months;
  bool broken = false;
};

class OldSnapshotsTest : public ::testing::Test {
 protected:
  void Snapshot(const std::string& month, int64_t clusters, int64_t nodes, int64_t tenants,
                BreakdownTotals apps = {}) {
    MonthSnapshot snapshot;
    snapshot.month = *Month::Parse(month);
    snapshot.collected_at = snapshot.month.Plus(1).Start() + std::chrono::hours(7);
    snapshot.counts.sources = clusters;
    snapshot.counts.figures = {{.total = nodes, .average = 0, .report_total = {}},
                               {.total = tenants, .average = 0, .report_total = {}}};
    snapshot.breakdowns = {std::move(apps)};
    ASSERT_TRUE(SnapshotFiles(dir_.path()).Write(CozystackFleet(), snapshot).ok());
  }
  std::string Read(const std::string& month) {
    return Rendered(overviews_.Read(CozystackFleet(), *Month::Parse(month)));
  }

  test::TempDir dir_;
  test::ManualClock clock_{test::InstantAt("2026-06-15T00:00:00Z")};
  NewerMonths newer_;
  OldSnapshots overviews_{newer_, dir_.path(), clock_};
};

TEST_F(OldSnapshotsTest, MonthsThatTheNewerSourceHasAreItsOwn) {
  newer_.months = {{*Month::Parse("2026-04"), 7}};
  Snapshot("2026-04", 99, 99, 99);
  Snapshot("2026-05", 99, 99, 99);
  EXPECT_EQ(Read("2026-04"),
            "2026-04 0: 7 0 (0.0) 0 (0.0) | 7 0 (0.0) 0 (0.0) | 7 0 (0.0) 0 (0.0) |");
  EXPECT_EQ(Read("2026-05"), Read("2026-04")) << "what it falls back to is newer than any snapshot";
}

TEST_F(OldSnapshotsTest, EarlierMonthsAreTheSnapshotsAndLongerPeriodsTheLargestOfTheirMonths) {
  newer_.months = {{*Month::Parse("2026-04"), 7}};
  Snapshot("2026-03", 4, 10, 6, {{"kafka", 2}});
  Snapshot("2026-01", 5, 9, 7, {{"redis", 9}});
  Snapshot("2025-12", 6, 1, 1);
  Snapshot("2025-04", 1, 30, 1);
  Snapshot("2025-03", 50, 50, 50);
  const std::string collected =
      std::to_string((*Month::Parse("2026-04")).Start().time_since_epoch().count() + 7 * 3600);
  EXPECT_EQ(Read("2026-03"), "2026-03 " + collected +
                                 ": 4 10 (2.5) 6 (1.5) | 5 10 (2.0) 7 (1.4) | 6 30 (5.0) 7 (1.2) | "
                                 "kafka=2");
}

TEST_F(OldSnapshotsTest, AMonthWithoutASnapshotFallsBackToTheLatestEarlierOne) {
  Snapshot("2025-11", 3, 3, 3);
  EXPECT_EQ(Read("2026-03").substr(0, 7), "2025-11");
  EXPECT_EQ(Read("2100-12").substr(0, 7), "2025-11");
  EXPECT_EQ(Read("2025-10"), "none");
}

TEST_F(OldSnapshotsTest, TheLastDayOfASnapshotsMonthIsItsLastDay) {
  Snapshot("2026-02", 3, 3, 3);
  const auto overview = overviews_.Read(CozystackFleet(), *Month::Parse("2026-02"));
  ASSERT_TRUE(overview.ok() && overview->has_value());
  EXPECT_EQ((*overview)->last_day.ToString(), "2026-02-28");
  EXPECT_TRUE((*overview)->is_final);
}

TEST_F(OldSnapshotsTest, AFailureOfTheNewerSourceIsNotCoveredUp) {
  Snapshot("2026-02", 3, 3, 3);
  newer_.broken = true;
  EXPECT_EQ(Read("2026-02"), "failed: broken");
}

}  // namespace
}  // namespace rollcall::query
