// What is taken in, counted and deleted while the clock is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "counts/misdated.h"
#include "storage/transaction.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

class WrongClock : public ::testing::Test {
 protected:
  WrongClock() { rollcall_.SetTime("2026-11-26"); }

  std::string Report(const std::string& clock, const std::string& id, const std::string& nodes) {
    rollcall_.SetClock(clock);
    const Status status =
        rollcall_.Report(id, "cozy_cluster_info 1\ncozy_nodes_count " + nodes + "\n");
    return status.ok() ? "ok" : status.message();
  }
  std::string Misdated() {
    const auto found = counts::FindMisdated(rollcall_.stores(), rollcall_.stores().time().Now());
    if (!found.ok()) return found.status().message();
    if (!found->first) return "none";
    return std::to_string(found->reports) + " reports, " + std::to_string(found->peaks_rows) +
           " rows, " + found->first->ToString() + " to " + found->last->ToString();
  }
  void EraseMisdated() {
    const Status status =
        counts::EraseMisdated(rollcall_.stores(), rollcall_.stores().time().Now());
    ASSERT_TRUE(status.ok()) << status.message();
    rollcall_.Restart();
  }
  void PutPeaksOf(const std::string& month) {
    storage::Transaction transaction(rollcall_.stores().store());
    PeaksRow row;
    AddReport(std::vector<SeriesValue>{{{2}, {1}, 3}}, 1, row);
    transaction.Put(storage::Table::kPeaks,
                    storage::EncodeKey(storage::PeaksKey{*Month::Parse(month), {1}, {1}}),
                    storage::EncodePeaks(row));
    ASSERT_TRUE(transaction.Commit().ok());
  }

  Harness rollcall_;
};

TEST_F(WrongClock, NoReportIsTakenUnderAClockThatWasNeverSetOrIsMonthsBehind) {
  EXPECT_EQ(Report("2026-11-26 12:00:00", "c1", "3"), "ok");
  EXPECT_EQ(Report("1970-01-01 00:01:00", "c1", "3"), "the clock says 1970-01-01T00:01:00Z");
  EXPECT_EQ(Report("2026-08-01 00:00:00", "c1", "3"), "the clock says 2026-08-01T00:00:00Z");
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_total{outcome=\"failed\"}"), 2u);
  EXPECT_EQ(Report("2026-11-26 12:15:00", "c1", "3"), "ok");
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-11-26 12:00:00 cozy_cluster_info 1, cozy_nodes_count 3\n"
            "2026-11-26 12:15:00 cozy_cluster_info 1, cozy_nodes_count 3\n");
}

TEST_F(WrongClock, ReportsGoOnUnderAClockThatIsAheadAndAreCountedAsSuch) {
  EXPECT_EQ(Report("2026-11-26 12:00:00", "c1", "3"), "ok");
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_ahead_total"), 0u);
  EXPECT_EQ(Report("2029-02-03 12:00:00", "c1", "4"), "ok");
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_ahead_total"), 1u);
  EXPECT_EQ(Report("2026-11-26 12:15:00", "c1", "5"), "ok");
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_ahead_total"), 1u);
  EXPECT_THAT(rollcall_.Overview("2026-11"), HasSubstr("total_nodes=5/5"));
}

TEST_F(WrongClock, AMonthIsFinalOnlyOnceTheStoresTimeSaysSo) {
  EXPECT_EQ(Report("2026-11-26 12:00:00", "c1", "3"), "ok");
  const auto generated_at = [&](const std::string& clock) {
    rollcall_.SetClock(clock);
    return FormatRfc3339((*rollcall_.ReadOverview("2026-11"))->generated_at);
  };
  EXPECT_EQ(generated_at("2029-02-03"), "2029-02-03T00:00:00Z");
  EXPECT_EQ(generated_at("2026-12-02"), "2026-12-02T00:00:00Z");
  rollcall_.SetTime("2026-12-03");
  EXPECT_EQ(generated_at("2026-12-03"), "2026-12-03T00:00:00Z");
  EXPECT_EQ(generated_at("2026-12-04"), "2026-12-03T00:00:00Z");
}

TEST_F(WrongClock, MisdatedReportsAreFoundAndErasedWithWhatWasCountedFromThem) {
  // In the running month, in the next and in years; and the peaks of 1970 that an earlier version
  // took in.
  rollcall_.SetTime("2026-11-20");
  ASSERT_EQ(Report("2026-11-20 12:00:00", "c1", "3"), "ok");
  ASSERT_EQ(Report("2026-11-20 12:00:00", "c2", "5"), "ok");
  rollcall_.Overview("2026-11");
  EXPECT_EQ(Misdated(), "none");
  const std::string before = rollcall_.Overview("2026-11");
  for (const char* clock : {"2026-11-22", "2026-12-20", "2029-02-03"}) {
    ASSERT_EQ(Report(clock, "c1", "9"), "ok");
    ASSERT_EQ(Report(clock, "c3", "7"), "ok");
    rollcall_.OverviewAt(Month::Of(At(clock)));
  }
  PutPeaksOf("1970-01");
  rollcall_.SetClock("2026-11-20 12:15:00");
  rollcall_.Restart();
  EXPECT_EQ(Misdated(), "6 reports, 5 rows, 1970-01-01 to 2029-02-28");
  EXPECT_NE(rollcall_.Overview("2026-11"), before);
  EraseMisdated();
  EXPECT_EQ(Misdated(), "none");
  EXPECT_EQ(rollcall_.Overview("2026-11"), before);
  EXPECT_EQ(rollcall_.Overview("2029-02"), before);
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(Report("2026-11-20 12:30:00", "c3", "1"), "ok");
  EXPECT_THAT(rollcall_.Overview("2026-11"), HasSubstr("clusters=3 total_nodes=9/9"));
}

}  // namespace
}  // namespace rollcall::test
