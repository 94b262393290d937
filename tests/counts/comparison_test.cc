// Periods beside those before: of random histories compared with the oracle, and what a period that
// runs, or of which not all is known, may say.
#include "counts/comparison.h"

#include <gtest/gtest.h>

#include "tests/counts/oracle.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

class Compared {
 public:
  void Report(UnixSeconds time, const std::string& id, const std::vector<Oracle::Series>& series) {
    tallied_.Report(time, id, series);
    oracle_.Add({time, id, series});
  }

  counts::Last30Days Last30Days() {
    auto last = Reader().ReadLast30Days(CozystackFleet());
    EXPECT_TRUE(last.ok() && last->has_value());
    return **last;
  }
  counts::Comparison Month(const std::string& month) {
    auto comparison = Reader().Read(CozystackFleet(), *rollcall::Month::Parse(month));
    EXPECT_TRUE(comparison.ok() && comparison->has_value());
    return **comparison;
  }

  void Compare(const counts::ComparedPeriod& period) {
    SCOPED_TRACE(period.period.ToString() + " against " + period.before_period.ToString());
    ASSERT_EQ(Harness::Render(period.counts),
              oracle_.Figures(period.period.first_day(), period.last_day));
    const std::string before =
        oracle_.Figures(period.before_period.first_day(), period.before_period.last_day());
    ASSERT_EQ(Harness::Render(period.before.value_or(kNothing)), before);
  }
  void CompareAll(UnixSeconds now) {
    Compare(Last30Days().period);
    for (const char* back : {"", "1", "2"}) {
      const auto month = rollcall::Month::Of(now).Plus(-static_cast<int>(std::string(back).size()));
      const auto comparison = Reader().Read(CozystackFleet(), month);
      ASSERT_TRUE(comparison.ok());
      if (!comparison->has_value()) continue;
      for (const counts::ComparedPeriod& period : (*comparison)->periods) Compare(period);
    }
  }

  Tallied& tallied() { return tallied_; }

 private:
  static const PeriodCounts kNothing;

  counts::ComparisonReader Reader() {
    return counts::ComparisonReader(tallied_.rollcall().stores(), tallied_.rollcall().overviews(),
                                    tallied_.tallies());
  }

  Tallied tallied_;
  Oracle oracle_;
};

const PeriodCounts Compared::kNothing{0,
                                      {{.total = 0, .average = 0, .report_total = 0},
                                       {.total = 0, .average = 0, .report_total = {}}}};

Oracle::Series Info() { return {"cozy_cluster_info", {{"v", "1"}}, 1}; }
Oracle::Series Nodes(double nodes) { return {"cozy_nodes_count", {{"os", "x"}}, nodes}; }

TEST(Comparison, EveryNumberOfARandomHistoryEqualsTheOracles) {
  const auto histories = static_cast<unsigned>(Rounds(10));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Compared rollcall;
    RandomFleet fleet(seed);
    const char* const starts[] = {"2025-10-20", "2024-01-30", "2026-02-25"};
    UnixSeconds now = At(starts[seed % 3]);
    for (int step = 0; step < 100; ++step) {
      now += std::chrono::seconds(1 + fleet.Below((seed % 4 + 1) * 100'000));
      const auto [id, series] = fleet.Next();
      rollcall.Report(now, id, series);
      if (fleet.Below(6) == 0) rollcall.CompareAll(now);
      if (HasFatalFailure()) return;
    }
    rollcall.CompareAll(now);
  }
}

TEST(Comparison, ARunningPeriodStandsBesideTheSameDaysOfTheOneBefore) {
  Compared rollcall;
  rollcall.Report(At("2026-01-05"), "a", {Info(), Nodes(1)});
  rollcall.Report(At("2026-02-03"), "a", {Info(), Nodes(3)});
  rollcall.Report(At("2026-02-20"), "b", {Info(), Nodes(50)});
  rollcall.Report(At("2026-03-05"), "a", {Info(), Nodes(4)});
  const counts::Comparison march = rollcall.Month("2026-03");
  const counts::ComparedPeriod& month = march.periods[0];
  EXPECT_TRUE(month.runs);
  EXPECT_EQ(month.before_period.ToString(), "2026-02-01 to 2026-02-05");
  ASSERT_TRUE(month.before.has_value());
  EXPECT_EQ(month.before->sources, 1);
  EXPECT_EQ(month.before->figures[0].report_total, 3);
  EXPECT_TRUE(month.is_comparable());
  EXPECT_EQ(month.moves.gone, 1) << "the caller leaves it out while the month runs";
  // Closed, it stands beside the whole month.
  rollcall.tallied().rollcall().SetTime("2026-04-01");
  const counts::ComparedPeriod closed = rollcall.Month("2026-03").periods[0];
  EXPECT_FALSE(closed.runs);
  EXPECT_EQ(closed.before->sources, 2);
}

TEST(Comparison, OfAPartlyKnownWindowIsSaidHowMuchIsKnown) {
  Compared rollcall;
  rollcall.Report(At("2026-02-20"), "b", {Info(), Nodes(5)});
  rollcall.Report(At("2026-03-05"), "a", {Info(), Nodes(4)});
  rollcall.tallied().rollcall().SetTime("2026-04-01");
  const counts::Comparison march = rollcall.Month("2026-03");
  EXPECT_TRUE(march.periods[0].is_comparable());
  const counts::ComparedPeriod& year = march.periods[2];
  EXPECT_EQ(year.known.known, 2);
  EXPECT_EQ(year.known.all, 12);
  EXPECT_EQ(year.before_known.known, 0);
  EXPECT_FALSE(year.is_comparable());
  rollcall.tallied().rollcall().SetTime("2026-03-21");
  const counts::Last30Days last = rollcall.Last30Days();
  EXPECT_EQ(last.period.known.known, 30);
  EXPECT_EQ(last.period.before_known.known, 0);
  EXPECT_FALSE(last.period.is_comparable());
}

TEST(Comparison, OnTheFirstOfAMonthTheLastThirtyDaysAreAsFullAsEver) {
  Compared rollcall;
  for (int day = 2; day <= 28; ++day) {
    const std::string date = "2026-02-" + std::string(day < 10 ? "0" : "") + std::to_string(day);
    rollcall.Report(At(date), "c" + std::to_string(day % 5), {Info(), Nodes(day)});
  }
  rollcall.tallied().rollcall().SetTime("2026-03-01 00:03:00");
  const counts::Last30Days last = rollcall.Last30Days();
  EXPECT_EQ(last.period.counts.sources, 5);
  EXPECT_EQ(last.period.counts.figures[0].report_total, 24 + 25 + 26 + 27 + 28);
  EXPECT_EQ(last.period.moves.new_sources, 5);
  EXPECT_EQ(last.period.moves.gone, 0);
}

}  // namespace
}  // namespace rollcall::test
