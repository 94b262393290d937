#include "query/instant_query.h"

#include <gtest/gtest.h>

#include "base/civil_time.h"
#include "tests/support/cozystack.h"
#include "tests/support/instant.h"

namespace rollcall::query {
namespace {

const Month kMarch = *Month::Parse("2026-03");

// "2026-03-31T23:59:59Z -2678399 s"
std::string Evaluated(Span span, const std::string& now) {
  const Evaluation evaluation = EvaluationOf({kMarch, span}, test::InstantAt(now));
  return FormatRfc3339(evaluation.at) + " -" + std::to_string(evaluation.range_seconds) + " s";
}

TEST(Evaluation, OfAClosedWindowIsAtItsLastSecond) {
  for (const char* now : {"2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z", "2030-01-01T00:00:00Z"}) {
    // 31 days, 90 days, 365 days, less a second.
    EXPECT_EQ(Evaluated(Span::kMonth, now), "2026-03-31T23:59:59Z -2678399 s");
    EXPECT_EQ(Evaluated(Span::kQuarter, now), "2026-03-31T23:59:59Z -7775999 s");
    EXPECT_EQ(Evaluated(Span::kYear, now), "2026-03-31T23:59:59Z -31535999 s");
  }
}

TEST(Evaluation, OfTheRunningMonthIsNow) {
  EXPECT_EQ(Evaluated(Span::kMonth, "2026-03-02T00:00:10Z"), "2026-03-02T00:00:10Z -86410 s");
  EXPECT_EQ(Evaluated(Span::kQuarter, "2026-03-02T00:00:10Z"), "2026-03-02T00:00:10Z -5184010 s");
}

TEST(Evaluation, LooksBack300SecondsAtLeast) {
  EXPECT_EQ(Evaluated(Span::kMonth, "2026-03-01T00:00:00Z"), "2026-03-01T00:00:00Z -300 s");
  EXPECT_EQ(Evaluated(Span::kMonth, "2026-03-01T00:04:59Z"), "2026-03-01T00:04:59Z -300 s");
  EXPECT_EQ(Evaluated(Span::kMonth, "2026-03-01T00:05:01Z"), "2026-03-01T00:05:01Z -301 s");
}

TEST(InstantQuery, TextsAreThoseOfTheContract) {
  const Fleet& fleet = CozystackFleet();
  EXPECT_EQ(SourcesQuery(fleet, 300),
            "count(count by (cluster_id) (max_over_time(cozy_cluster_info[300s])))");
  EXPECT_EQ(FigureQuery(fleet.figures[0], 7), "sum(max_over_time(cozy_nodes_count[7s]))");
  EXPECT_EQ(FigureQuery(fleet.figures[1], 7),
            "sum(max_over_time(cozy_application_count{kind=\"Tenant\"}[7s]))");
  EXPECT_EQ(BreakdownQuery(fleet.breakdowns[0], 7),
            "sum by (kind) (max_over_time(cozy_application_count[7s]))");
}

TEST(InstantQuery, ALabelsValueCannotEndItsQuotes) {
  const Figure figure{.metric = "m",
                      .label = "l",
                      .label_value = "a\"} or \\ \n",
                      .total_name = "",
                      .average_name = ""};
  EXPECT_EQ(FigureQuery(figure, 1), "sum(max_over_time(m{l=\"a\\\"} or \\\\ \\n\"}[1s]))");
}

TEST(InstantQuery, UrlsAreOfAClusterOrOfAPathThatEndsInPrometheus) {
  const auto url = [](const std::string& base) {
    return InstantQueryUrl(base, "a[1s] ~\xc3\xa4", test::InstantAt("2026-03-31T23:59:59Z"));
  };
  const std::string query = "/api/v1/query?query=a%5B1s%5D%20~%C3%A4&time=1775001599";
  EXPECT_EQ(url("http://h:8481"), "http://h:8481/select/0/prometheus" + query);
  EXPECT_EQ(url("http://h:8481//"), "http://h:8481/select/0/prometheus" + query);
  EXPECT_EQ(url("https://h/vm"), "https://h/vm/select/0/prometheus" + query);
  EXPECT_EQ(url("http://h:8428/prometheus"), "http://h:8428/prometheus" + query);
  EXPECT_EQ(url("http://h:8481/select/7/prometheus/"), "http://h:8481/select/7/prometheus" + query);
  EXPECT_EQ(url("http://prometheus"), "http://prometheus/select/0/prometheus" + query)
      << "a host is no path";
  EXPECT_EQ(url("http://h/notprometheus"), "http://h/notprometheus/select/0/prometheus" + query);
}

}  // namespace
}  // namespace rollcall::query
