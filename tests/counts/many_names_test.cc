// Names without end from one sender: nothing that reads them takes longer than in proportion, or
// answers more than its bounds.
#include <gtest/gtest.h>

#include <ctime>
#include <functional>

#include "counts/comparison.h"
#include "model/breakdown_sums.h"
#include "tests/counts/tallied.h"
#include "tests/support/cozystack.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

constexpr int kNames = Rounds(100'000);

std::string BodyOfKinds(int kinds) {
  std::string body = "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 7\n";
  for (int i = 0; i < kinds; ++i) {
    body += "cozy_application_count{kind=\"k" + std::to_string(i) + "\"} 1\n";
  }
  return body;
}

// Of the processor, whatever else the machine does.
double SecondsOf(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(ManyNames, OfABreakdownTheKnownOnesAndAThousandStandAndTheRestIsOne) {
  Harness rollcall;
  rollcall.SetBounds({SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX});
  rollcall.SetAppNames({"postgres", "k5"});
  rollcall.SetTime("2026-03-10");
  ASSERT_TRUE(rollcall.Report("a", BodyOfKinds(kNames)).ok());
  const std::string last = "k" + std::to_string(kNames - 1);
  // What two sources have goes before what one has.
  ASSERT_TRUE(rollcall.Report("b", "cozy_application_count{kind=\"" + last + "\"} 3\n").ok());
  const auto overview = rollcall.ReadOverview("2026-03");
  ASSERT_TRUE(overview.ok() && overview->has_value());
  const BreakdownTotals& apps = (*overview)->breakdowns[0];
  EXPECT_EQ(apps.size(), BreakdownSums::kMostNames);
  EXPECT_EQ(apps.at("postgres"), 0);
  EXPECT_EQ(apps.at("k5"), 1);
  EXPECT_EQ(apps.at(last), 4);
  EXPECT_EQ(apps.at("Tenant"), 7);
  const BreakdownRest rest = (*overview)->RestOf(0);
  // kNames + 1 kinds were reported, 999 of which are named; postgres is nobody's.
  EXPECT_EQ(rest.values, kNames + 1 - 999);
  int64_t named = 0;
  for (const auto& [name, total] : apps) named += total;
  EXPECT_EQ(named + rest.total, kNames + 7 + 3);
  EXPECT_EQ((*overview)->periods[0].figures[1].total, 7) << "a figure's value is always counted";
}

TEST(ManyNames, TenTimesTheNamesTakeNoMoreThanAboutTenTimesTheTime) {
  const auto seconds_with = [](int names) {
    Tallied tallied;
    tallied.LiftBounds();
    tallied.Report("2026-03-10", "a", BodyOfKinds(names));
    Harness& rollcall = tallied.rollcall();
    counts::ComparisonReader comparisons(rollcall.stores(), rollcall.overviews(),
                                         tallied.tallies());
    (void)rollcall.ReadOverview("2026-03");
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
      rollcall.SetTime(At("2026-03-10 00:00:10") + std::chrono::seconds(i));
      least = std::min(least, SecondsOf([&] {
                         const Month march = *Month::Parse("2026-03");
                         ASSERT_TRUE(comparisons.Read(CozystackFleet(), march).ok());
                         ASSERT_TRUE(comparisons.ReadLast30Days(CozystackFleet()).ok());
                       }));
    }
    return least;
  };
  const double few = seconds_with(kNames / 10);
  const double many = seconds_with(kNames);
  std::printf("%d names: %.3f s, %d names: %.3f s\n", kNames / 10, few, kNames, many);
  // Quadratic, it would be a hundred times.
  EXPECT_LT(many, 30 * few + 0.1);
}

TEST(ManyNames, AValueOfEightMegabytesIsOfTheRestAndIsNotKeptInMemory) {
  Tallied tallied;
  tallied.LiftBounds();
  std::string body = "cozy_cluster_info 1\ncozy_application_count{kind=\"Tenant\"} 7\n";
  for (const char c : {'x', 'y'}) {
    body += "cozy_application_count{kind=\"" + std::string(4 << 20, c) + "\"} 5\n";
  }
  // Old stores have what is refused today.
  tallied.Report("2026-03-10", "a", body);
  tallied.Report("2026-03-10", "b",
                 "cozy_application_count{kind=\"" + std::string(8 << 20, 'z') + "\"} 2\n");
  const auto overview = tallied.rollcall().ReadOverview("2026-03");
  ASSERT_TRUE(overview.ok() && overview->has_value());
  EXPECT_EQ((*overview)->breakdowns[0].size(), 1U);
  EXPECT_EQ((*overview)->RestOf(0).values, 3);
  EXPECT_EQ((*overview)->RestOf(0).total, 12);
  const Period march = Period::Of(Window{*Month::Parse("2026-03"), Span::kMonth});
  const auto rows = tallied.tallies().Get(CozystackFleet(), march);
  ASSERT_TRUE(rows.ok() && rows->has_value());
  size_t bytes = 0;
  for (const auto& [key, row] : (*rows)->rows()) bytes += row.size();
  EXPECT_LT(bytes, 1'000U);
  EXPECT_EQ(tallied.Tally(march, "cozy_application_count", "kind"),
            "2 sources, sum 19, peak 19: Tenant=1/1/7");
}

TEST(ManyNames, KnownNamesStandInTheBreakdownThatHasThemAndInNoOther) {
  Fleet fleet = CozystackFleet();
  fleet.breakdowns.push_back({.metric = "cozy_nodes_count", .label = "os", .name = "os"});
  Harness rollcall;
  rollcall.SetAppNames({"postgres"});
  rollcall.SetTime("2026-03-10");
  ASSERT_TRUE(rollcall.Report("a", "cozy_cluster_info 1\ncozy_nodes_count{os=\"x\"} 3\n").ok());
  const auto overview = rollcall.overviews().Read(fleet, *Month::Parse("2026-03"));
  ASSERT_TRUE(overview.ok() && overview->has_value());
  EXPECT_EQ((*overview)->breakdowns[0], (BreakdownTotals{{"postgres", 0}}));
  EXPECT_EQ((*overview)->breakdowns[1], (BreakdownTotals{{"x", 3}}));
}

TEST(ManyNames, AStopEndsAnOverview) {
  Harness rollcall;
  rollcall.SetTime("2026-03-10");
  ASSERT_TRUE(rollcall.Report("a", BodyOfKinds(10)).ok());
  std::stop_source stop;
  stop.request_stop();
  const auto overview =
      rollcall.overviews().Read(CozystackFleet(), *Month::Parse("2026-03"), stop.get_token());
  EXPECT_EQ(overview.status().code(), Code::kUnavailable);
}

TEST(ManyNames, ABreakdownsSumsGoByNameAndWhatHasNoneCountsNowhere) {
  BreakdownSums sums;
  sums.Add("a", 1, ExactSum::Of(2));
  sums.Add("a", 1, ExactSum::Of(0.5));
  sums.Add("", 9, ExactSum::Of(100));
  sums.Add(std::string(257, 'x'), 9, ExactSum::Of(3));
  sums.Add(std::string(256, 'y'), 1, ExactSum::Of(4));
  sums.AddRest(2, ExactSum::Of(10));
  BreakdownTotals totals;
  BreakdownRest rest;
  sums.Finish({"a", "b"}, totals, rest);
  EXPECT_EQ(totals, (BreakdownTotals{{"a", 2}, {"b", 0}, {std::string(256, 'y'), 4}}));
  EXPECT_EQ(rest.values, 3);
  EXPECT_EQ(rest.total, 13);
}

}  // namespace
}  // namespace rollcall::test
