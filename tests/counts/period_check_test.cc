// What verify says of stored periods: nothing of those that are right, and each row that is not.
#include "counts/period_check.h"

#include <gmock/gmock.h>

#include "counts/verify.h"
#include "storage/retention.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"

namespace rollcall::test {
namespace {

using storage::Table;
using storage::TallyKey;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class PeriodCheckTest : public ::testing::Test {
 protected:
  // Two closed months, all counted.
  PeriodCheckTest() {
    for (const char* const day : {"2026-01-10", "2026-02-10", "2026-03-01"}) {
      rollcall_.Report(day, "a", "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count 3\n");
      rollcall_.Report(day, "b", "cozy_cluster_info{v=\"2\"} 1\ncozy_nodes_count 5\n");
    }
    EXPECT_TRUE(rollcall_.Refresh().ok());
  }

  counts::VerifyReport Verify() {
    return counts::Verify(rollcall_.rollcall().stores(), {CozystackFleet()},
                          [](uint64_t, uint64_t) {});
  }
  std::string Found() { return rollcall_.rollcall().Verify(); }

  storage::Store& store() { return rollcall_.rollcall().stores().store(); }
  static std::string KeyOf(Period period, const std::string& suffix) {
    return EncodeKey(storage::PeriodKey{period, kFirstFleet}) + suffix;
  }
  std::string MetricKey(const std::string& metric, const std::string& label = "") {
    const auto ref = rollcall_.rollcall().stores().labels().FindMetric(metric);
    return EncodeKey(TallyKey{ref.value(), label});
  }
  void Put(const std::string& key, const std::string& value) {
    storage::Transaction transaction(store());
    transaction.Put(Table::kPeriods, key, value);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Delete(const std::string& key) {
    storage::Transaction transaction(store());
    transaction.Delete(Table::kPeriods, key);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  std::string Get(const std::string& key) {
    return (*store().Get(Table::kPeriods, key)).value_or("");
  }
  template <typename Tally, typename Change>
  void Tamper(const std::string& key, Change change) {
    Tally tally;
    ASSERT_TRUE(storage::DecodeTally(Get(key), tally).ok());
    change(tally);
    Put(key, storage::EncodeTally(tally));
  }

  Tallied rollcall_;
  const Period february_ = Period::Of(Window{*Month::Parse("2026-02"), Span::kMonth});
  const Period day_ = Period::Of(Day::Of(At("2026-02-10")));
  const Period days_ = Period::Last30(Day::Of(At("2026-02-28")));
  const std::string nodes_ = storage::EncodeDistributionKey(CozystackFleet().figures[0]);
};

TEST_F(PeriodCheckTest, WhatIsStoredIsComparedAndRight) {
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.faults + report.differences, 0U) << Found();
  // Two months with their quarters and years, the days from the first report on, twice 30 days, and
  // the same days of the month before; before other windows there was nothing.
  EXPECT_EQ(report.periods, 2U * 3 + 50 + 2 + 1);
  EXPECT_GT(report.period_rows, 2 * report.periods);
  EXPECT_EQ(report.periods_skipped, 0U);
}

TEST_F(PeriodCheckTest, ADistributionThatWasTamperedWithIsNamed) {
  Tamper<FigureDistribution>(KeyOf(february_, nodes_), [](FigureDistribution& figure) {
    ++figure.peak.bins.front().sources;
    ++figure.peak.sources;
  });
  EXPECT_EQ(
      Found(),
      "tallies of 2026-02, distribution of cozy_nodes_count: kept 2 sources; by peak 3 sources "
      "sum 8, by latest 2 sources sum 8; reports say 2 sources; by peak 2 sources sum 8, by "
      "latest 2 sources sum 8\n");
}

TEST_F(PeriodCheckTest, APercentileThatIsAnotherIsADifference) {
  for (const Period period : {february_, days_}) {
    const std::string key = KeyOf(period, nodes_);
    const std::string right = Get(key);
    Tamper<FigureDistribution>(
        key, [](FigureDistribution& figure) { figure.latest->percentiles[1] = 5; });
    EXPECT_EQ(Verify().differences, 1U) << period.ToString();
    Put(key, right);
  }
  EXPECT_EQ(Found(), "");
}

TEST_F(PeriodCheckTest, ATallyThatWasTamperedWithIsNamed) {
  Tamper<Totals>(KeyOf(day_, MetricKey("cozy_nodes_count")),
                 [](Totals& tally) { ++tally.sources; });
  EXPECT_EQ(
      Found(),
      "tallies of 2026-02-10, cozy_nodes_count: kept 3 sources sum 8 per report 8; reports say "
      "2 sources sum 8 per report 8\n");
  Tamper<Totals>(KeyOf(day_, MetricKey("cozy_nodes_count")),
                 [](Totals& tally) { --tally.sources; });
  Tamper<LabelTally>(KeyOf(february_, MetricKey("cozy_cluster_info", "v")),
                     [](LabelTally& tally) { tally.values.pop_back(); });
  EXPECT_THAT(Found(),
              StartsWith("tallies of 2026-02, cozy_cluster_info by v: kept 1 values of 1"));
}

TEST_F(PeriodCheckTest, ARowThatIsMissingAndOneThatIsTooMuchAreNamed) {
  Delete(KeyOf(february_, EncodeKey(TallyKey{storage::kSourceSizes, "v"})));
  EXPECT_THAT(Found(), HasSubstr("tallies of 2026-02, sizes by v: kept nothing; reports say 2 "));
  Put(KeyOf(february_, MetricKey("cozy_nodes_count", "os")), storage::EncodeTally(LabelTally()));
  EXPECT_EQ(Verify().differences, 2U);
}

TEST_F(PeriodCheckTest, SourcesThatAreNotThoseOfTheReportsAreADifference) {
  storage::PeriodHead head;
  ASSERT_TRUE(storage::DecodePeriodHead(Get(KeyOf(february_, "")), head).ok());
  head.sources.Add({9});
  Put(KeyOf(february_, ""), storage::EncodePeriodHead(head));
  EXPECT_EQ(Found(), "tallies of 2026-02: kept 3 sources; reports say 2\n");
}

TEST_F(PeriodCheckTest, PeriodsOfWhichRetentionTookReportsAreLeftOut) {
  ASSERT_TRUE(storage::DropChunksBefore(store(), Day::Of(At("2026-02-11"))).ok());
  Tamper<Totals>(KeyOf(day_, MetricKey("cozy_nodes_count")),
                 [](Totals& tally) { ++tally.sources; });
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.differences, 0U) << Found();
  EXPECT_GT(report.periods_skipped, 31U);
  // What peaks say of months is still compared.
  Tamper<FigureDistribution>(KeyOf(february_, nodes_),
                             [](FigureDistribution& figure) { figure.peak.most = 7; });
  EXPECT_EQ(Verify().differences, 1U);
}

}  // namespace
}  // namespace rollcall::test
