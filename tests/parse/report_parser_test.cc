#include "parse/report_parser.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "model/label_set.h"
#include "tests/support/text_line.h"

namespace rollcall {
namespace {

constexpr uint64_t kParserSeed = 1;

// The report as text lines in the order of the samples, or the error's message.
std::string Report(std::string_view body) {
  ParsedReport report;
  const Status status = ParseReport(body, "cluster_id", kParserSeed, report);
  if (!status.ok()) return status.message();
  std::string text;
  for (const ParsedReport::Sample& sample : report.samples) {
    test::AppendTextLine(report.LabelSet(sample), sample.value, text);
  }
  return text;
}

bool IsMultiline(std::string_view body) {
  ParsedReport report;
  EXPECT_TRUE(ParseReport(body, "cluster_id", kParserSeed, report).ok()) << body;
  return report.has_multiline_value;
}

TEST(ReportParser, ReadsAnOperatorsReport) {
  EXPECT_EQ(
      Report("cozy_cluster_info{cozystack_version=\"v1.0.0\",kubernetes_version=\"v1.31.4\"} 1\n"
             "cozy_nodes_count{os=\"linux (Talos (v1.8.4))\",kernel=\"6.6.64-talos\"} 3\n"
             "cozy_cluster_capacity{resource=\"nvidia.com/TU104GL_TESLA_T4\"} 3\n"
             "cozy_loadbalancers_count 1\n"),
      "cozy_cluster_info{cozystack_version=\"v1.0.0\",kubernetes_version=\"v1.31.4\"} 1\n"
      "cozy_nodes_count{kernel=\"6.6.64-talos\",os=\"linux (Talos (v1.8.4))\"} 3\n"
      "cozy_cluster_capacity{resource=\"nvidia.com/TU104GL_TESLA_T4\"} 3\n"
      "cozy_loadbalancers_count 1\n");
}

TEST(ReportParser, ReadsAReportFromBeforeVersionOne) {
  EXPECT_EQ(Report("cozy_cluster_info{cozystack_version=\"v0.22.0\",oidc_enabled=\"true\","
                   "bunde_enable=\"\",bunde_disable=\"\"} 1\n"),
            "cozy_cluster_info{cozystack_version=\"v0.22.0\",oidc_enabled=\"true\"} 1\n");
}

TEST(ReportParser, ABodyWithoutSamplesIsAnEmptyReport) {
  for (const std::string_view body :
       {std::string_view(), std::string_view(""), std::string_view("\n \t\n"),
        std::string_view("# only a comment"), std::string_view("# TYPE a gauge\n# HELP a x\n")}) {
    EXPECT_EQ(Report(body), "") << body;
  }
}

TEST(ReportParser, DropsEveryClusterIdLabel) {
  EXPECT_EQ(Report("a{cluster_id=\"x\"} 1\n"), "a 1\n");
  EXPECT_EQ(Report("a{cluster_id=\"x\",b=\"c\",cluster_id=\"y\"} 1\n"), "a{b=\"c\"} 1\n");
  EXPECT_EQ(Report("a{\"cluster_id\"=\"x\"} 1\n"), "a 1\n");
  EXPECT_EQ(Report("{\"a\",cluster_id=\"x\"} 1\n"), "a 1\n");
  EXPECT_EQ(Report("a{cluster_ids=\"x\",Cluster_id=\"y\"} 1\n"),
            "a{Cluster_id=\"y\",cluster_ids=\"x\"} 1\n");
  EXPECT_EQ(Report("cluster_id 1\n"), "cluster_id 1\n");
}

TEST(ReportParser, SeriesThatDifferInTheClusterIdOnlyAreOne) {
  EXPECT_EQ(Report("a{cluster_id=\"x\"} 1\na{cluster_id=\"y\"} 3\na 2\n"), "a 3\n");
}

TEST(ReportParser, AnEmptyLabelValueIsNoLabel) {
  EXPECT_EQ(Report("a{b=\"\"} 1\n"), "a 1\n");
  EXPECT_EQ(Report("a{b=\"\",c=\"d\",e=\"\"} 1\na{c=\"d\"} 2\n"), "a{c=\"d\"} 2\n");
}

TEST(ReportParser, OfALabelGivenTwiceTheLastCounts) {
  EXPECT_EQ(Report("a{b=\"1\",c=\"x\",b=\"2\"} 1\n"), "a{b=\"2\",c=\"x\"} 1\n");
  EXPECT_EQ(Report("a{b=\"1\",\"b\"=\"2\",b=\"3\"} 1\n"), "a{b=\"3\"} 1\n");
  EXPECT_EQ(Report("a{b=\"1\",b=\"\"} 1\n"), "a 1\n");
  EXPECT_EQ(Report("a{b=\"\",b=\"2\"} 1\n"), "a{b=\"2\"} 1\n");
}

TEST(ReportParser, OfManyLabelsGivenManyTimesTheLastCountsToo) {
  std::string body = "a{";
  for (int round = 0; round < 50; ++round) {
    for (char name = 'a'; name <= 'z'; ++name) {
      body += std::string(1, name) + "=\"" + std::to_string(round) + "\",";
    }
  }
  body += "} 1\n";
  std::string want = "a{";
  for (char name = 'a'; name <= 'z'; ++name) want += std::string(1, name) + "=\"49\",";
  want.back() = '}';
  EXPECT_EQ(Report(body), want + " 1\n");
}

TEST(ReportParser, LabelsAreSortedSoThatTheirOrderMakesNoOtherSeries) {
  EXPECT_EQ(Report("a{z=\"1\",b=\"2\",B=\"3\"} 1\na{B=\"3\",z=\"1\",b=\"2\"} 4\n"),
            "a{B=\"3\",b=\"2\",z=\"1\"} 4\n");
}

TEST(ReportParser, OfASeriesGivenTwiceTheLargestValueCounts) {
  EXPECT_EQ(Report("a 1\nb 5\na 3\na 2\n"), "a 3\nb 5\n");
  EXPECT_EQ(Report("a -1\na -3\n"), "a -1\n");
  EXPECT_EQ(Report("a -Inf\na 1\na +Inf\na 2\n"), "a +Inf\n");
  EXPECT_EQ(Report("a NaN\na 1\na NaN\n"), "a 1\n");
  EXPECT_EQ(Report("a 0\na -0\n"), "a 0\n");
  EXPECT_EQ(Report("a -0\na 0\n"), "a 0\n");
}

TEST(ReportParser, NamesAndLabelsAreNotMixedUp) {
  EXPECT_EQ(Report("a{b=\"c\"} 1\n{\"a\\nb\"} 2\na{bc=\"d\"} 3\na{b=\"cd\"} 4\nab 5\n"),
            "a{b=\"c\"} 1\n{\"a\\nb\"} 2\na{bc=\"d\"} 3\na{b=\"cd\"} 4\nab 5\n");
}

TEST(ReportParser, NanSamplesAreDroppedAndInfiniteOnesKept) {
  EXPECT_EQ(Report("a NaN\nb +Inf\nc -Inf\nd nan 5\n"), "b +Inf\nc -Inf\n");
}

TEST(ReportParser, ATypeLineDoesNotRewriteLabels) {
  EXPECT_EQ(Report("# TYPE a histogram\na_bucket{le=\"1\"} 3\n"), "a_bucket{le=\"1\"} 3\n");
  EXPECT_EQ(Report("# TYPE a summary\na{quantile=\"1\"} 3\n"), "a{quantile=\"1\"} 3\n");
}

TEST(ReportParser, TimestampsAreCheckedAndIgnored) {
  EXPECT_EQ(Report("a 1 1767225600000\na 2 5\n"), "a 2\n");
  EXPECT_EQ(Report("a 1 9223372036854775808\n"),
            "line 1: timestamp is out of range: \"9223372036854775808\"");
}

TEST(ReportParser, ABadLineIsNamedAndNothingIsKept) {
  ParsedReport report;
  ASSERT_TRUE(ParseReport("before{x=\"a\nb\"} 1\n", "cluster_id", kParserSeed, report).ok());
  const Status status =
      ParseReport("a 1\nb{c=\"\n\"} 1\nc true\nd 1\n", "cluster_id", kParserSeed, report);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.message(), "line 4: value is not a number: \"true\"");
  EXPECT_TRUE(report.samples.empty());
  EXPECT_TRUE(report.arena.empty());
  EXPECT_FALSE(report.has_multiline_value);
}

TEST(ReportParser, AReportReplacesTheOneBefore) {
  ParsedReport report;
  ASSERT_TRUE(ParseReport("a{x=\"1\n2\"} 1\nb 2\n", "cluster_id", kParserSeed, report).ok());
  ASSERT_TRUE(ParseReport("c 3\n", "cluster_id", kParserSeed, report).ok());
  ASSERT_EQ(report.samples.size(), 1U);
  EXPECT_EQ(report.LabelSet(report.samples[0]), "c");
  EXPECT_FALSE(report.has_multiline_value);
}

TEST(ReportParser, SaysWhetherAnyQuotedTextSpansLines) {
  EXPECT_FALSE(IsMultiline("a{b=\"c\\nd\"} 1\n"));
  EXPECT_TRUE(IsMultiline("x 1\na{b=\"c\nd\"} 1\ny 1\n"));
  EXPECT_TRUE(IsMultiline("a{b=\"\n\"} NaN\n"));
  EXPECT_TRUE(IsMultiline("a{cluster_id=\"\n\"} 1\n"));
  EXPECT_TRUE(IsMultiline("a{\"b\nc\"=\"d\"} 1\n"));
  EXPECT_TRUE(IsMultiline("{\"a\nb\"} 1\n"));
  EXPECT_TRUE(IsMultiline("# HELP \"a\nb 1\n\" text\nc 1\n"));
}

TEST(ReportParser, EscapesOfOneSampleDoNotReachAnother) {
  EXPECT_EQ(Report("a{b=\"\\\\\",c=\"\\\"x\\\"\",d=\"\\n\"} 1\ne{f=\"\\\\\\\\\"} 2\n"),
            "a{b=\"\\\\\",c=\"\\\"x\\\"\",d=\"\\n\"} 1\ne{f=\"\\\\\\\\\"} 2\n");
}

TEST(ReportParser, ABodyAboveTheBoundIsRefusedUnread) {
  const size_t size = kMaxReportBytes + 1;
  void* const pages =
      mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  ParsedReport report;
  const Status status =
      ParseReport({static_cast<const char*>(pages), size}, "cluster_id", kParserSeed, report);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "parse report: the body has 1073741825 bytes, at most 1073741824 are allowed");
  munmap(pages, size);
}

}  // namespace
}  // namespace rollcall
