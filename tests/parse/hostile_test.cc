// Bodies that are huge, cut, damaged or random: there is always an answer, in time linear in the
// body.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "parse/report_parser.h"
#include "parse/text_parser.h"
#include "tests/support/rounds.h"

namespace rollcall {
namespace {

constexpr uint64_t kHashSeed = 1;

constexpr size_t kMiB = size_t{1} << 20;

const std::string& ValidBody() {
  static const std::string body =
      "# HELP cozy_nodes_count Nodes of the cluster.\n"
      "# TYPE cozy_nodes_count gauge\n"
      "cozy_nodes_count{os=\"linux (Talos (v1.8.4))\",kernel=\"6.6.64-talos\"} 3 1767225600000\n"
      "\n"
      "{\"a.b\", \"c d\" = \"e\\\\f\\\"g\\nh\" i=\"Größe\",} -1.5e-3\n"
      "x{y=\"two\nlines\"}+Inf\n"
      "z.5\n"
      "# the end\n"
      "last NaN";
  return body;
}

std::string ReportMessage(const std::string& body) {
  ParsedReport report;
  return ParseReport(body, "cluster_id", kHashSeed, report).message();
}

size_t SampleCount(const std::string& body) {
  ParsedReport report;
  const Status status = ParseReport(body, "cluster_id", kHashSeed, report);
  EXPECT_TRUE(status.ok()) << status.message();
  return report.samples.size();
}

// Reads past every error. Counts are of the whole body.
struct Tally {
  size_t samples = 0;
  size_t errors = 0;
};
Tally ReadAll(const std::string& body) {
  TextParser parser(body);
  Tally tally;
  size_t line = 0;
  for (;;) {
    const TextParser::Event event = parser.Next();
    if (event == TextParser::Event::kEnd) return tally;
    EXPECT_GT(parser.line(), line) << "no way forward";
    line = parser.line();
    if (event == TextParser::Event::kSample) {
      ++tally.samples;
      continue;
    }
    ++tally.errors;
    const std::string reason = parser.reason();
    EXPECT_LE(reason.size(), 200U);
    for (const char c : reason) EXPECT_TRUE(c >= ' ' && c <= '~') << reason;
  }
}

TEST(Hostile, BlankLinesByTheMegabyte) {
  EXPECT_EQ(SampleCount(std::string(3 * kMiB, '\n')), 0U);
  EXPECT_EQ(SampleCount(std::string(3 * kMiB, '\n') + "a 1"), 1U);
  EXPECT_EQ(ReportMessage(std::string(3 * kMiB, '\n') + "?"),
            "line 3145729: want a metric name, '{' or '#', found \"?\"");
  EXPECT_EQ(SampleCount(std::string(10 * kMiB, ' ')), 0U);
}

TEST(Hostile, OneLineOfTenMegabytes) {
  const std::string filler(10 * kMiB, 'a');
  EXPECT_EQ(SampleCount("# " + filler), 0U);
  EXPECT_EQ(SampleCount(filler + " 1"), 1U);
  EXPECT_EQ(SampleCount("a{b=\"" + filler + "\"} 1"), 1U);
  EXPECT_EQ(SampleCount("a{" + filler + "=\"b\"} 1"), 1U);
  EXPECT_EQ(SampleCount("a 1" + std::string(10 * kMiB, ' ')), 1U);
  EXPECT_EQ(SampleCount("a " + std::string(10 * kMiB, '0') + "1"), 1U);
  EXPECT_EQ(SampleCount("a 0." + std::string(10 * kMiB, '7')), 1U);
  EXPECT_EQ(SampleCount("a 1 " + std::string(10 * kMiB, '0') + "5"), 1U);
  EXPECT_EQ(ReportMessage("a " + std::string(10 * kMiB, '9')),
            "line 1: value is out of range: \"" + std::string(58, '9') + "\"...");
  EXPECT_EQ(ReportMessage("a 1e" + std::string(10 * kMiB, '9')),
            "line 1: value is out of range: \"1e" + std::string(56, '9') + "\"...");
  EXPECT_EQ(ReportMessage(filler),
            "line 1: want a value after the series, found the end of the line");
  EXPECT_EQ(ReportMessage("a{b=\"" + filler),
            "line 1: no closing quote: \"\\\"" + std::string(56, 'a') + "\"...");
}

TEST(Hostile, AMillionSeries) {
  std::string body;
  for (int i = 0; i < 1000000; ++i) body += "s" + std::to_string(i) + " 1\n";
  EXPECT_EQ(SampleCount(body), 1000000U);
}

TEST(Hostile, OneSeriesAMillionTimes) {
  std::string body;
  for (int i = 0; i < 1000000; ++i) body += "a 1\n";
  EXPECT_EQ(SampleCount(body), 1U);
}

TEST(Hostile, AMillionLabels) {
  std::string same = "a{";
  std::string distinct = "a{";
  for (int i = 0; i < test::Rounds(1'000'000); ++i) {
    same += "b=\"c\",";
    distinct += "l" + std::to_string(i) + "=\"\"";
  }
  EXPECT_EQ(SampleCount(same + "} 1"), 1U);
  EXPECT_EQ(SampleCount(distinct + "} 1"), 1U);
}

TEST(Hostile, EscapesByTheMegabyte) {
  std::string escapes;
  for (size_t i = 0; i < kMiB; ++i) escapes += "\\\\\\\"\\n\\x";
  ParsedReport report;
  ASSERT_TRUE(
      ParseReport("a{b=\"" + escapes + "\",c=\"\\\\\"} 1", "cluster_id", kHashSeed, report).ok());
  std::string want;
  for (size_t i = 0; i < kMiB; ++i) want += "\\\"\n\\x";
  const std::string_view label_set = report.LabelSet(report.samples.at(0));
  // Compared without a diff: it would be megabytes.
  EXPECT_TRUE(LabelValue(label_set, "b") == want);
  EXPECT_TRUE(LabelValue(label_set, "c") == "\\");
  EXPECT_EQ(ReportMessage("a{b=\"" + escapes + "\\\"} 1").substr(0, 26),
            "line 1: no closing quote: ");
}

TEST(Hostile, AMillionBadLinesAreReadPastInLinearTime) {
  constexpr auto kLines = static_cast<size_t>(test::Rounds(1'000'000));
  std::string garbage;
  std::string open_quotes;
  std::string one_open_quote = "a{b=\"\n";
  for (size_t i = 0; i < kLines; ++i) {
    garbage += "?\n";
    open_quotes += "a{b=\"\n";
    one_open_quote += "a{b\n";
  }
  EXPECT_EQ(ReadAll(garbage).errors, kLines);
  EXPECT_EQ(ReadAll(open_quotes).errors, kLines);
  EXPECT_EQ(ReadAll(one_open_quote).errors, kLines + 1);
}

TEST(Hostile, EveryCutOfAValidBodyHasAnAnswer) {
  const std::string& body = ValidBody();
  ASSERT_EQ(ReadAll(body).errors, 0U);
  for (size_t size = 0; size <= body.size(); ++size) {
    // A copy of exactly this size, so that a sanitizer sees a read past its end.
    const std::string cut(body.data(), size);
    ReadAll(cut);
    ParsedReport report;
    const Status status = ParseReport(cut, "cluster_id", kHashSeed, report);
    EXPECT_TRUE(status.ok() || (report.samples.empty() && report.arena.empty())) << size;
  }
}

TEST(Hostile, EveryByteOfAValidBodyMayBeAnyByte) {
  for (size_t i = 0; i < ValidBody().size(); ++i) {
    std::string body = ValidBody();
    for (int byte = 0; byte < 256; ++byte) {
      body[i] = static_cast<char>(byte);
      ReadAll(body);
    }
  }
}

TEST(Hostile, MutatedBodiesHaveAnAnswer) {
  std::mt19937_64 random(3);
  const std::string alphabet("{}\"\\,= \t\n\r#_a0+-.eE\0\x80\xc3\xff", 23);
  for (int round = 0; round < 30000; ++round) {
    std::string body = ValidBody();
    for (size_t left = 1 + random() % 8; left > 0; --left) {
      const size_t at = random() % body.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          body[at] = c;
          break;
        case 1:
          body.insert(at, 1, c);
          break;
        default:
          body.erase(at, 1 + random() % 5);
          break;
      }
    }
    ReadAll(body);
  }
}

TEST(Hostile, RandomBytesHaveAnAnswer) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 5000; ++round) {
    std::string body(random() % 400, '\0');
    for (char& c : body) c = static_cast<char>(random() % 256);
    ReadAll(body);
  }
}

TEST(Hostile, ANulByteAnywhereOutsideACommentIsRefused) {
  const std::string body = "# TYPE a gauge\n# HELP a x\na{b=\"c\",\"d\"=\"e\"} 1 5\n";
  for (size_t i = 0; i <= body.size(); ++i) {
    std::string with_nul = body;
    with_nul.insert(i, 1, '\0');
    const size_t hash = with_nul.rfind('#', i);
    const bool in_keyword = hash != std::string::npos && i > hash && i <= hash + 6;
    if (in_keyword) continue;  // no longer HELP or TYPE: a comment
    EXPECT_GT(ReadAll(with_nul).errors, 0U) << "at " << i;
  }
}

}  // namespace
}  // namespace rollcall
