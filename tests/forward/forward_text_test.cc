#include "forward/forward_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "model/label_set.h"
#include "parse/report_parser.h"

namespace rollcall::forward {
namespace {

constexpr uint64_t kHashSeed = 1;

using std::chrono::milliseconds;

const ForwardedSource kSource{"cluster_id", "c-1", UnixMilliseconds(milliseconds(1772884805250))};

// The lines that a body is forwarded as.
std::string Lines(const std::string& body) {
  ParsedReport report;
  EXPECT_TRUE(ParseReport(body, "cluster_id", kHashSeed, report).ok());
  std::string out;
  EXPECT_EQ(AppendForwardLines(report, 0, kSource, SIZE_MAX, out), report.samples.size());
  return out;
}

TEST(ForwardText, LabelsAreSortedWithTheSourcesAmongThem) {
  EXPECT_EQ(Lines("m{z=\"1\",a=\"2\"} 3\n"),
            "m{a=\"2\",cluster_id=\"c-1\",z=\"1\"} 3 1772884805250\n");
  EXPECT_EQ(Lines("m 3\n"), "m{cluster_id=\"c-1\"} 3 1772884805250\n");
}

TEST(ForwardText, ValuesAreEscapedAndOneLineStaysOneLine) {
  EXPECT_EQ(Lines("m{a=\"x\\\"y\\\\z\\nw\nv\"} 1\n"),
            "m{a=\"x\\\"y\\\\z\\nw\\nv\",cluster_id=\"c-1\"} 1 1772884805250\n");
}

TEST(ForwardText, NumbersAreWrittenSoThatTheyComeBackTheSame) {
  EXPECT_EQ(Lines("a 811020009472\nb 0.1\nc -0\nd +Inf\ne -Inf\nf NaN\n"),
            "a{cluster_id=\"c-1\"} 811020009472 1772884805250\n"
            "b{cluster_id=\"c-1\"} 0.1 1772884805250\n"
            "c{cluster_id=\"c-1\"} -0 1772884805250\n"
            "d{cluster_id=\"c-1\"} +Inf 1772884805250\n"
            "e{cluster_id=\"c-1\"} -Inf 1772884805250\n");
}

TEST(ForwardText, QuotedNamesAreBare) {
  EXPECT_EQ(Lines("{\"a.b\",\"c.d\"=\"e\"} 1\n"),
            "a.b{c.d=\"e\",cluster_id=\"c-1\"} 1 1772884805250\n");
}

TEST(ForwardText, ASenderCannotSpeakForAnotherSourceOrSmuggleALine) {
  EXPECT_EQ(Lines("m{cluster_id=\"x\",\"cluster id\"=\"y\",\"cluster=id\"=\"z\"} 1\n"),
            "m{cluster_id=\"c-1\"} 1 1772884805250\n");
  EXPECT_EQ(Lines("{\"m\",\"__name _\"=\"other\"} 1\n"), "m{cluster_id=\"c-1\"} 1 1772884805250\n");
  EXPECT_EQ(Lines("{\"m 1\\nother\",\"a b\"=\"1\",\"a,b\"=\"2\"} 1\n"),
            "m_1_other{a_b=\"1\",cluster_id=\"c-1\"} 1 1772884805250\n");
}

TEST(ForwardText, ALongReportComesInPieces) {
  ParsedReport report;
  ASSERT_TRUE(ParseReport("a 1\nb 2\nc 3\n", "cluster_id", kHashSeed, report).ok());
  std::string all;
  size_t at = 0;
  int pieces = 0;
  while (at < report.samples.size()) {
    std::string piece;
    at = AppendForwardLines(report, at, kSource, 1, piece);
    all += piece;
    ++pieces;
  }
  EXPECT_EQ(pieces, 3);
  EXPECT_EQ(all, Lines("a 1\nb 2\nc 3\n"));
}

}  // namespace
}  // namespace rollcall::forward
