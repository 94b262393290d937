// What one report may be at most: at each bound, and one over it.
#include <gtest/gtest.h>

#include "parse/report_parser.h"

namespace rollcall {
namespace {

constexpr ReportBounds kSmallBounds{
    .series = 3, .metric_name_bytes = 5, .label_name_bytes = 4, .label_value_bytes = 6};

// "3 series", or what the report is told.
std::string ParsedWithin(const std::string& body) {
  ParsedReport report;
  ReportBound exceeded{};
  const Status status =
      ParseReport(body, TextRules{.id_label = "cluster_id"}, 1, kSmallBounds, report, exceeded);
  if (status.ok()) return std::to_string(report.samples.size()) + " series";
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_TRUE(report.samples.empty());
  return std::string(kReportBounds[static_cast<size_t>(exceeded)].name) + ": " + status.message();
}

TEST(ReportBounds, AReportAtEachBoundIsTaken) {
  EXPECT_EQ(ParsedWithin("a 1\nb 1\nc 1\n"), "3 series");
  EXPECT_EQ(ParsedWithin("abcde 1\n"), "1 series");
  EXPECT_EQ(ParsedWithin("a{abcd=\"1\"} 1\n"), "1 series");
  EXPECT_EQ(ParsedWithin("a{b=\"123456\"} 1\n"), "1 series");
}

TEST(ReportBounds, OneOverItIsRefusedByTheBoundsNameAndItsNumber) {
  EXPECT_EQ(ParsedWithin("a 1\nb 1\nc 1\nd 1\n"),
            "series: line 4: more than 3 series (--max-report-series)");
  EXPECT_EQ(ParsedWithin("a 1\nabcdef 1\n"),
            "metric_name_bytes: line 2: more than 5 bytes in a metric's name "
            "(--max-metric-name-bytes)");
  EXPECT_EQ(ParsedWithin("a{abcde=\"1\"} 1\n"),
            "label_name_bytes: line 1: more than 4 bytes in a label's name "
            "(--max-label-name-bytes)");
  EXPECT_EQ(ParsedWithin("a{b=\"1234567\"} 1\n"),
            "label_value_bytes: line 1: more than 6 bytes in a label's value "
            "(--max-label-value-bytes)");
}

TEST(ReportBounds, ASeriesGivenAgainAndOneThatIsNoNumberCountForNothing) {
  EXPECT_EQ(ParsedWithin("a 1\nb 1\nc 1\na 2\nb 3\nd NaN\n"), "3 series");
}

TEST(ReportBounds, WhatIsNotParsedIsNotKept) {
  std::string body;
  for (int i = 0; i < 100'000; ++i) body += "m{l=\"" + std::to_string(i) + "\"} 1\n";
  ParsedReport report;
  ReportBound exceeded{};
  EXPECT_FALSE(
      ParseReport(body, TextRules{.id_label = "cluster_id"}, 1, kSmallBounds, report, exceeded)
          .ok());
  EXPECT_LE(report.samples.capacity(), kSmallBounds.series * 2);
}

}  // namespace
}  // namespace rollcall
