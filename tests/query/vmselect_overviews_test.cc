// What VictoriaMetrics is asked, and what is made of its answers. The expected texts are worked out
// by hand from the contract.
#include "query/vmselect_overviews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/query/vmselect_fixture.h"

namespace rollcall::query {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VmselectOverviewsTest : public VmselectTest {};

TEST_F(VmselectOverviewsTest, AsksTheContractsQueriesForAClosedMonth) {
  months_["2026-03"] = {"42", "210", "84", {{"Kafka", "2"}}};
  EXPECT_EQ(Read("2026-03"),
            "2026-03 1775822400: 42 210 (5.0) 84 (2.0) | 42 210 (5.0) 84 (2.0) | "
            "42 210 (5.0) 84 (2.0) | Kafka=2");
  const std::string at = " @ 2026-03-31T23:59:59Z";
  std::vector<std::string> want;
  for (const std::string w : {"2678399", "7775999", "31535999"}) {
    want.push_back("count(count by (cluster_id) (max_over_time(cozy_cluster_info[" + w + "s])))" +
                   at);
    want.push_back("sum(max_over_time(cozy_nodes_count[" + w + "s]))" + at);
    want.push_back("sum(max_over_time(cozy_application_count{kind=\"Tenant\"}[" + w + "s]))" + at);
    if (w == "2678399") {
      want.push_back("sum by (kind) (max_over_time(cozy_application_count[" + w + "s]))" + at);
    }
  }
  EXPECT_EQ(Asked(), want);
}

TEST_F(VmselectOverviewsTest, TheRunningMonthIsAskedAboutAsOfNow) {
  SetTime("2026-04-10T12:00:00Z");
  months_["2026-04"] = {"1", "3", "", {}};
  EXPECT_EQ(Read("2026-04"),
            "2026-04 1775822400: 1 3 (3.0) 0 (0.0) | 1 3 (3.0) 0 (0.0) | 1 3 (3.0) 0 (0.0) |");
  const auto asked = Asked();
  ASSERT_THAT(asked, SizeIs(10));
  // 9.5 days, and 59 and 335 more.
  EXPECT_THAT(asked[1], HasSubstr("[820800s])) @ 2026-04-10T12:00:00Z"));
  EXPECT_THAT(asked[5], HasSubstr("[5918400s])) @ 2026-04-10T12:00:00Z"));
  EXPECT_THAT(asked[8], HasSubstr("[29764800s])) @ 2026-04-10T12:00:00Z"));
}

TEST_F(VmselectOverviewsTest, NumbersAreCutToIntegersAndToTheEndsOfTheirRange) {
  months_["2026-03"] = {"2", "3.99", "-2.5", {{"a", "1e300"}, {"b", "-Inf"}, {"c", "0.9"}}};
  EXPECT_THAT(Read("2026-03"), HasSubstr(": 2 3 (1.5) -2 (-1.0) |"));
  EXPECT_THAT(Read("2026-03"), HasSubstr("| a=9223372036854775807 b=-9223372036854775808 c=0"));
  months_["2026-02"] = {"1", "+Inf", "-1e300", {}};
  EXPECT_THAT(Read("2026-02"), HasSubstr(": 1 9223372036854775807 "));
}

TEST_F(VmselectOverviewsTest, AppsAreThoseWithAKindAndAllThatAreKnown) {
  known_names_ = {"kafka", "redis"};
  months_["2026-03"] = {"1", "", "", {{"", "9"}, {"Kafka", "1"}, {"redis", "4"}, {"zero", "0"}}};
  EXPECT_THAT(Read("2026-03"), HasSubstr("| Kafka=1 kafka=0 redis=4 zero=0"));
}

TEST_F(VmselectOverviewsTest, AMonthWithoutDataFallsBackToTheLatestThatHasSome) {
  months_["2026-01"] = {"", "", "3", {}};
  months_["2026-02"] = {"0", "0.5", "0", {{"Kafka", "2"}}};
  EXPECT_EQ(Read("2026-03").substr(0, 7), "2026-01");
  EXPECT_EQ(Read("2100-12").substr(0, 7), "2026-01")
      << "a month to come is asked of as the running one";
  EXPECT_EQ(Read("2025-12"), "none");
  EXPECT_THAT(Asked().back(), HasSubstr("@ 2024-01-31T23:59:59Z")) << "earlier ones do not exist";
}

TEST_F(VmselectOverviewsTest, AClosedMonthIsAskedAboutOnce) {
  months_["2026-03"] = {"42", "210", "84", {}};
  const std::string first = Read("2026-03");
  EXPECT_THAT(Asked(), SizeIs(10));
  months_["2026-03"] = {"7", "7", "7", {}};
  SetTime("2027-04-10T12:00:00Z");
  EXPECT_EQ(Read("2026-03"), first);
  EXPECT_THAT(Asked(), IsEmpty());
  EXPECT_EQ(Metric("rollcall_vmselect_windows_total{from=\"memory\"}"), "3");
  EXPECT_EQ(Metric("rollcall_vmselect_windows_total{from=\"queries\"}"), "3");
  EXPECT_EQ(Metric("rollcall_vmselect_queries_total"), "10");
  EXPECT_EQ(Metric("rollcall_vmselect_query_failures_total"), "0");
  EXPECT_EQ(Metric("rollcall_vmselect_query_duration_seconds_count"), "10");
}

TEST_F(VmselectOverviewsTest,
       TheRunningMonthIsAskedAboutEachTimeAndItsLongerPeriodsEveryFiveMinutes) {
  SetTime("2026-04-10T12:00:00Z");
  months_["2026-04"] = {"1", "1", "1", {}};
  Read("2026-04");
  EXPECT_THAT(Asked(), SizeIs(10));
  months_["2026-04"] = {"2", "2", "2", {}};
  SetTime("2026-04-10T12:04:59Z");
  EXPECT_THAT(Read("2026-04"), HasSubstr(": 2 2 (1.0) 2 (1.0) | 1 1 (1.0) 1 (1.0) | 1 1 "));
  EXPECT_THAT(Asked(), SizeIs(4));
  SetTime("2026-04-10T12:05:00Z");
  EXPECT_THAT(Read("2026-04"), HasSubstr(": 2 2 (1.0) 2 (1.0) | 2 2 (1.0) 2 (1.0) | 2 2 "));
  EXPECT_THAT(Asked(), SizeIs(10));
  SetTime("2026-04-10T11:59:00Z");  // the machine's clock was set back
  Read("2026-04");
  EXPECT_THAT(Asked(), SizeIs(10)) << "what was computed later is not known yet";
}

TEST_F(VmselectOverviewsTest, WhatWasKeptOfTheRunningMonthIsNotServedOnceItIsClosed) {
  SetTime("2026-03-31T23:59:00Z");
  months_["2026-03"] = {"1", "1", "1", {}};
  Read("2026-03");
  Asked();
  months_["2026-03"] = {"2", "2", "2", {}};
  SetTime("2026-04-01T00:00:00Z");
  EXPECT_THAT(Read("2026-03"), HasSubstr(": 2 2 (1.0) 2 (1.0) | 2 2 (1.0) 2 (1.0) | 2 2 "));
}

TEST_F(VmselectOverviewsTest, AMonthIsFinalOnceWhatWasOnItsWayHasArrived) {
  SetTime("2026-04-01T00:04:59Z");
  months_["2026-03"] = {"1", "1", "1", {}};
  Read("2026-03");
  Read("2026-03");
  EXPECT_THAT(Asked(), SizeIs(10)) << "for some minutes it is kept like a running one";
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/2026-03.json"));
  months_["2026-03"] = {"2", "2", "2", {}};
  SetTime("2026-04-01T00:09:59Z");
  EXPECT_THAT(Read("2026-03"), HasSubstr(": 2 2 (1.0) 2 (1.0) | 2 2 (1.0) 2 (1.0) | 2 2 "));
  EXPECT_TRUE(std::filesystem::exists(dir_.path() + "/2026-03.json"));
  Asked();
  SetTime("2026-05-01T00:00:00Z");
  Read("2026-03");
  EXPECT_THAT(Asked(), IsEmpty());
}

TEST_F(VmselectOverviewsTest, AnEmptyMonthIsAskedAboutAgainAfterFiveMinutes) {
  months_["2026-02"] = {"1", "1", "1", {}};
  Read("2026-03");
  Asked();
  SetTime("2026-04-10T12:04:59Z");
  Read("2026-03");
  EXPECT_THAT(Asked(), IsEmpty());
  SetTime("2026-04-10T12:05:00Z");
  months_["2026-03"] = {"5", "5", "5", {}};
  EXPECT_EQ(Read("2026-03").substr(0, 7), "2026-03");
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/2026-01.json"));
}

TEST_F(VmselectOverviewsTest, WhicheverQueryFailsThereAreNoNumbersAndTheNextCallAsksAgain) {
  const std::vector<std::pair<Result<FetchedPage>, std::string>> failures{
      {Status::Unavailable("cannot connect"), "cannot connect"},
      {FetchedPage{503, "<html>"}, "status 503, want 200: parse instant vector: not JSON"},
      {FetchedPage{422, R"({"status":"error","error":"no"})"},
       R"(status 422, want 200: parse instant vector: status "error": "no")"},
      {FetchedPage{500, Numbers("count(", {"1", "", "", {}})}, "status 500, want 200"},
      {FetchedPage{200, ""}, "parse instant vector: not JSON"},
      {FetchedPage{
           200,
           R"({"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}})"},
       "parse instant vector: the answer is partial"}};
  months_["2026-03"] = {"42", "210", "84", {{"a", "1"}}};
  const std::string whole =
      "42 210 (5.0) 84 (2.0) | 42 210 (5.0) 84 (2.0) | 42 210 (5.0) 84 (2.0) | a=1";
  for (int failing = 1; failing <= 10; ++failing) {
    for (const auto& [failure, why] : failures) {
      Restart("");
      queries_ = 0;
      instead_ = {{failing, failure}};
      const std::string said = Read("2026-03");
      EXPECT_THAT(said, HasSubstr("failed: ask VictoriaMetrics: ")) << failing;
      EXPECT_THAT(said, ::testing::EndsWith(why)) << failing;
      EXPECT_EQ(queries_, failing) << "the rest was asked for nothing";
      EXPECT_EQ(Metric("rollcall_vmselect_query_failures_total"), "1");
      EXPECT_THAT(Read("2026-03"), HasSubstr(whole)) << failing << ": " << why;
    }
  }
}

TEST_F(VmselectOverviewsTest, AFailureWritesNoSnapshot) {
  months_["2026-03"] = {"42", "210", "84", {}};
  instead_ = {{4, Status::Unavailable("gone")}};
  EXPECT_THAT(Read("2026-03"), HasSubstr("failed"));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(VmselectOverviewsTest, MoreThanOneSampleForOneNumberIsAFailure) {
  instead_ = {{1, FetchedPage{200, Numbers("sum by", {"", "", "", {{"a", "1"}, {"b", "2"}}})}}};
  EXPECT_THAT(Read("2026-03"), HasSubstr("2 samples, want one"));
}

TEST_F(VmselectOverviewsTest, AQueryForWhichNoTimeIsLeftIsNotAsked) {
  timeout_ = std::chrono::milliseconds(0);
  Restart();
  EXPECT_THAT(Read("2026-03"), HasSubstr("no time is left"));
  EXPECT_THAT(Asked(), IsEmpty());
}

}  // namespace
}  // namespace rollcall::query
