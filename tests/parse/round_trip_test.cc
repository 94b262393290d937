// What is written is read back the same: names, values bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "model/label_set.h"
#include "parse/report_parser.h"
#include "tests/support/text_line.h"

namespace rollcall {
namespace {

constexpr uint64_t kRoundTripSeed = 1;

// Label set -> the value's bits.
using Series = std::map<std::string, uint64_t>;

class RandomReports {
 public:
  explicit RandomReports(uint64_t seed) : random_(seed) {}

  Series Report() {
    Series series;
    for (size_t left = Below(40); left > 0; --left) {
      series[LabelSet()] = std::bit_cast<uint64_t>(Value());
    }
    return series;
  }

  void Shuffle(std::vector<std::string>& lines) {
    std::shuffle(lines.begin(), lines.end(), random_);
  }

 private:
  size_t Below(size_t bound) { return random_() % bound; }

  std::string Text(size_t max_characters) {
    static const std::vector<std::string> kPieces = {
        "a",    "Z",  "_",  "0",  "9",   ":",    ".", "-",    "/", " ", "\t",
        "\n",   "\r", "\"", "\\", "{",   "}",    "=", ",",    "#", "n", "\x01",
        "\x7f", "ß",  "日", "🚀",  "\\n", "\\\"", "'", "TYPE", "+1"};
    std::string text;
    for (size_t left = 1 + Below(max_characters); left > 0; --left) {
      text += kPieces[Below(kPieces.size())];
    }
    return text;
  }

  std::string LabelSet() {
    const std::string metric = Text(6);
    std::map<std::string, std::string> texts;
    for (size_t left = Below(6); left > 0; --left) texts[Text(4)] = Text(12);
    std::vector<Label> labels;
    for (const auto& [name, value] : texts) labels.push_back({name, value});
    std::string label_set;
    AppendLabelSet(metric, labels, label_set);
    return label_set;
  }

  double Value() {
    switch (Below(5)) {
      case 0:
        return static_cast<double>(Below(1000));
      case 1:
        return std::ldexp(static_cast<double>(random_()), -static_cast<int>(Below(80)));
      case 2:
        return Below(2) == 0 ? -0.0 : std::numeric_limits<double>::infinity();
      default: {
        const auto any = std::bit_cast<double>(random_());
        return std::isnan(any) ? -std::numeric_limits<double>::infinity() : any;
      }
    }
  }

  std::mt19937_64 random_;
};

std::vector<std::string> Write(const Series& series) {
  std::vector<std::string> lines;
  for (const auto& [label_set, bits] : series) {
    test::AppendTextLine(label_set, std::bit_cast<double>(bits), lines.emplace_back());
  }
  return lines;
}

std::string JoinLines(const std::vector<std::string>& lines) {
  std::string body;
  for (const std::string& line : lines) body += line;
  return body;
}

Series ReadSeries(const std::string& body) {
  ParsedReport report;
  const Status status = ParseReport(body, "cluster_id", kRoundTripSeed, report);
  EXPECT_TRUE(status.ok()) << status.message() << "\n" << body;
  EXPECT_FALSE(report.has_multiline_value) << body;
  Series series;
  for (const ParsedReport::Sample& sample : report.samples) {
    EXPECT_TRUE(
        series.emplace(report.LabelSet(sample), std::bit_cast<uint64_t>(sample.value)).second)
        << "a series twice";
  }
  return series;
}

TEST(RoundTrip, RandomReportsAreReadBackTheSameInAnyOrderOfLines) {
  RandomReports reports(7);
  for (int round = 0; round < 2000; ++round) {
    const Series report = reports.Report();
    std::vector<std::string> lines = Write(report);
    ASSERT_EQ(ReadSeries(JoinLines(lines)), report) << "round " << round << "\n"
                                                    << JoinLines(lines);
    reports.Shuffle(lines);
    ASSERT_EQ(ReadSeries(JoinLines(lines)), report) << "round " << round << "\n"
                                                    << JoinLines(lines);
  }
}

TEST(RoundTrip, RandomDoublesAreReadBackBitForBit) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 200000; ++round) {
    const auto value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    std::string line;
    test::AppendTextLine("a", value, line);
    ParsedReport report;
    ASSERT_TRUE(ParseReport(line, "cluster_id", kRoundTripSeed, report).ok()) << line;
    ASSERT_EQ(std::bit_cast<uint64_t>(report.samples.at(0).value), std::bit_cast<uint64_t>(value))
        << line;
  }
}

TEST(RoundTrip, LinesAreWrittenInTheShortestFormThatParses) {
  const auto line = [](const std::string& metric, std::vector<Label> labels, double value) {
    std::string label_set;
    AppendLabelSet(metric, labels, label_set);
    std::string out;
    test::AppendTextLine(label_set, value, out);
    return out;
  };
  EXPECT_EQ(line("a", {}, 1), "a 1\n");
  EXPECT_EQ(line("a:b", {{"c", "d"}}, 0.1), "a:b{c=\"d\"} 0.1\n");
  EXPECT_EQ(line("a.b", {}, -2.5), "{\"a.b\"} -2.5\n");
  EXPECT_EQ(line("a.b", {{"c", "d"}, {"e:f", "g"}}, 3), "{\"a.b\",c=\"d\",\"e:f\"=\"g\"} 3\n");
  EXPECT_EQ(line("0a", {}, INFINITY), "{\"0a\"} +Inf\n");
  EXPECT_EQ(line("a", {{"b", "x\n\"\\"}}, -INFINITY), "a{b=\"x\\n\\\"\\\\\"} -Inf\n");
  EXPECT_EQ(line("a", {}, NAN), "a NaN\n");
}

}  // namespace
}  // namespace rollcall
