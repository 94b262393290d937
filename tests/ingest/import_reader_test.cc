// The reader of an import: what comes out depends on the bytes alone, bad lines are told by number
// and passed over, and the short way through the series cache reads what the parser reads.
#include "ingest/import_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "model/label_set.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::ingest {
namespace {

using rollcall::test::At;

// Reads texts in pieces and tells what came of them, a line each.
class Reading {
 public:
  explicit Reading(std::string source_label = "cluster_id", bool strict = false)
      : reader_(
            {"cluster_id", std::move(source_label), At("2025-01-01"), At("2026-03-31 23:59:59"), 7},
            [this](std::string_view id, std::string_view set) { return Resolve(id, set); },
            [this, strict](uint64_t line, const std::string& reason) {
              told_ += std::to_string(line) + ": " + reason + "\n";
              return !strict;
            }) {}

  void Read(std::string_view piece) { reader_.Read(piece, samples_); }
  std::string Finish() {
    reader_.Finish(samples_);
    std::string text = told_;
    for (const ImportSample& sample : samples_) {
      char value[64];
      std::snprintf(value, sizeof value, " %.17g @%u\n", sample.value, sample.time);
      text += names_[sample.series] + value;
    }
    return text + std::to_string(reader_.lines()) + " lines, " +
           std::to_string(reader_.not_numbers()) + " not numbers";
  }
  // Of series that were asked for, so not found in the cache.
  size_t resolved() const { return resolved_; }

 private:
  Result<uint32_t> Resolve(std::string_view id, std::string_view set) {
    ++resolved_;
    if (id == "refused") return Status::InvalidArgument("no such source");
    const std::string name = std::string(id) + " " + FormatLabelSet(set);
    const auto [at, is_new] = numbers_.emplace(name, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return at->second;
  }

  std::map<std::string, uint32_t> numbers_;
  std::vector<std::string> names_;
  std::vector<ImportSample> samples_;
  std::string told_;
  size_t resolved_ = 0;
  ImportReader reader_;
};

std::string ReadWhole(std::string_view text) {
  Reading reading;
  reading.Read(text);
  return reading.Finish();
}

std::string ReadInPieces(std::string_view text, std::mt19937& random, size_t largest) {
  Reading reading;
  while (!text.empty()) {
    const size_t size = std::min<size_t>(text.size(), random() % largest + 1);
    reading.Read(text.substr(0, size));
    text.remove_prefix(size);
  }
  return reading.Finish();
}

TEST(ImportReaderTest, ASampleIsItsSourceItsLabelSetItsSecondAndItsValue) {
  EXPECT_EQ(ReadWhole("a{cluster_id=\"c1\",b=\"x\"} 5 1770000000999\n"
                      "a{b=\"x\",cluster_id=\"c1\"}6 1770000001000"),
            "c1 a{b=\"x\"} 5 @1770000000\nc1 a{b=\"x\"} 6 @1770000001\n2 lines, 0 not numbers");
}

TEST(ImportReaderTest, BadLinesAreToldWithTheirNumbersAndTheRestIsRead) {
  EXPECT_EQ(
      ReadWhole("# a comment\n"
                "a{cluster_id=\"c\"} 1\n"
                "a 1 1770000000000\n"
                "a{cluster_id=\"\"} 1 1770000000000\n"
                "a{cluster_id=\"c\"} 1 -1770000000000\n"
                "a{cluster_id=\"c\"} 1 0\n"
                "a{cluster_id=\"c\"} 1 1770000000\n"
                "a{cluster_id=\"c\"} 1 1735689599999\n"
                "a{cluster_id=\"c\"} 1 1775001600000\n"
                "a{cluster_id=\"c\"} 1 9223372036854775807\n"
                "a{cluster_id=\"refused\"} 1 1770000000000\n"
                "a{cluster_id=\"c} 1 1770000000000\n"
                "a{cluster_id=\"c\"} NaN 1770000000000\n"
                "a{cluster_id=\"c\"} -Inf 1775001599999\n"),
      "2: no timestamp\n"
      "3: no label cluster_id\n"
      "4: no label cluster_id\n"
      "5: want a timestamp or the end of the line, found \"-1770000000000\"\n"
      "6: the timestamp is before 2000: milliseconds since 1970 are wanted\n"
      "7: the timestamp is before 2000: milliseconds since 1970 are wanted\n"
      "8: the timestamp is before 2025-01-01: the counts of that time are dropped (retention)\n"
      "9: the timestamp is in the future\n"
      "10: the timestamp is in the future\n"
      "11: no such source\n"
      "12: want '=' after the label name, found \"\\\"} NaN 1770000000000\"\n"
      "c a -inf @1775001599\n14 lines, 1 not numbers");
}

TEST(ImportReaderTest, AnotherLabelMayNameTheSourceAndTheUsualOneIsThenDropped) {
  Reading reading("instance");
  reading.Read("a{cluster_id=\"c\",instance=\"i\"} 1 1770000000000\n");
  EXPECT_EQ(reading.Finish(), "i a 1 @1770000000\n1 lines, 0 not numbers");
}

TEST(ImportReaderTest, ASeriesThatWasSeenBeforeIsNotParsedAgain) {
  Reading reading;
  for (int i = 0; i < 1000; ++i) {
    reading.Read("a{cluster_id=\"c\"} " + std::to_string(i) + " 1770000000000\n");
    reading.Read("a{cluster_id=\"d\"} " + std::to_string(i) + " 1770000000000\n");
  }
  reading.Finish();
  EXPECT_EQ(reading.resolved(), 2u);
}

TEST(ImportReaderTest, TheShortWayRefusesWhatTheParserRefuses) {
  const std::string tails[] = {" 1 1770000000000",
                               "1 1770000000000",
                               " 1",
                               " 1 1",
                               " 1 x",
                               " x 1770000000000",
                               " 0x1p3 1770000000",
                               " NaN 1770000000000",
                               " 1 1770000000000 ",
                               "\t+.5e1\t1770000000000\t",
                               " 1 1770000000000 7",
                               " 1 1770000000000\r",
                               "} 1 1770000000000",
                               " {1 1770000000000",
                               " 1{ 1770000000000",
                               "",
                               " 1e309 1770000000000",
                               " 1 01770000000000",
                               " 1 99999999999999999999"};
  const std::string series = "a{cluster_id=\"c\"}";
  for (const std::string& tail : tails) {
    const std::string alone = ReadWhole("\n" + series + tail + "\n");
    std::string after = ReadWhole(series + " 7 1770000000000\n" + series + tail + "\n");
    const std::string first = "c a 7 @1770000000\n";
    const size_t at = after.find(first);
    ASSERT_NE(at, std::string::npos) << after;
    EXPECT_EQ(after.erase(at, first.size()), alone) << tail;
  }
}

TEST(ImportReaderTest, AStrictReadingEndsAtTheFirstBadLine) {
  Reading reading("cluster_id", true);
  reading.Read("a{cluster_id=\"c\"} 1 1770000000000\nb 1\nc 1\n");
  reading.Read("a{cluster_id=\"c\"} 2 1770000000000\n");
  EXPECT_EQ(reading.Finish(), "2: no timestamp\nc a 1 @1770000000\n2 lines, 0 not numbers");
}

// Lines of all kinds: good, bad, with raw newlines in values, cut short.
std::string RandomText(std::mt19937& random) {
  static const std::vector<std::string> lines = {
      "a{cluster_id=\"c1\"} 1 1770000000000\n",
      "a{cluster_id=\"c2\",x=\"1\"} 2 1770000060000\n",
      "b{x=\"raw\nnew\nline\",cluster_id=\"c1\"} 3 1770000000000\n",
      "a{x=\"esc\\\"aped\\n}\",cluster_id=\"c1\"} 3 1770000000000\n",
      "a{x=\"not closed} 1 1770000000000\n",
      "a{x=\"back\\\nslash\"} 1 1770000000000\n",
      "# comment with \" a quote\n",
      "# HELP a text \" with a quote\n",
      "# TYPE a nonsense\n",
      "   \n",
      "\n",
      "garbage \x01\xff\n",
      "a{cluster_id=\"c1\"} NaN 1770000000000\n",
      "a{cluster_id=\"c1\"} 1\n",
      "{\"quoted.name\",cluster_id=\"c3\"} 4 1770000000000\n",
  };
  std::string text;
  const size_t count = random() % 60;
  for (size_t i = 0; i < count; ++i) {
    std::string line = lines[random() % lines.size()];
    if (random() % 8 == 0) line[random() % line.size()] = static_cast<char>(random() % 256);
    text += line;
  }
  if (random() % 2 == 0 && !text.empty()) text.pop_back();
  return text;
}

TEST(ImportReaderTest, AnySplitGivesTheSameSamplesAndTheSameErrors) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const std::string text = RandomText(random);
    const std::string whole = ReadWhole(text);
    ASSERT_EQ(ReadInPieces(text, random, 1), whole) << text;
    ASSERT_EQ(ReadInPieces(text, random, 40), whole) << text;
    ASSERT_EQ(ReadInPieces(text, random, 5000), whole) << text;
  }
}

TEST(ImportReaderTest, ALineIsCountedOnceHoweverManyBytesOfItComeAtATime) {
  std::mt19937 random(3);
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += i % 1000 == 0 ? "bad\n" : "a{cluster_id=\"c\"} 1 1770000000000\n";
  }
  const std::string whole = ReadWhole(text);
  EXPECT_NE(whole.find("19001: "), std::string::npos);
  EXPECT_NE(whole.find("\n20000 lines"), std::string::npos);
  EXPECT_EQ(ReadInPieces(text, random, 300'000), whole);
  EXPECT_EQ(ReadInPieces(text, random, 2'000'000), whole);
}

TEST(ImportReaderTest, WhatIsTooLongIsRefusedOnceAndWhatFollowsIsRead) {
  const std::string good = "a{cluster_id=\"c\"} 1 1770000000000\n";
  const std::string endless(ImportReader::kMaxEntryBytes * 2 + 12'345, 'x');
  const std::string too_long = ": longer than 10485760 bytes\n";
  std::mt19937 random(5);
  for (const std::string& text :
       {good + endless + "\n" + good, good + "a{x=\"" + endless + "\n" + good, good + endless,
        good + std::string(endless.size(), ' ') + good}) {
    const std::string whole = ReadWhole(text);
    EXPECT_EQ(whole.substr(0, whole.find('\n') + 1), "2" + too_long);
    ASSERT_EQ(ReadInPieces(text, random, 3'000'000), whole);
    ASSERT_EQ(ReadInPieces(text, random, 100'000), whole);
  }
}

TEST(ImportReaderTest, ALongValueOfManyLinesIsOneSampleWhereItFits) {
  std::string value;
  for (int i = 0; i < 100'000; ++i) value += "a line of the value\n";
  const std::string text = "a{cluster_id=\"c\",v=\"" + value + "\"} 1 1770000000000\nbad\n";
  std::mt19937 random(5);
  const std::string whole = ReadWhole(text);
  EXPECT_TRUE(whole.starts_with("100002: ")) << whole.substr(0, 100);
  EXPECT_NE(whole.find(" 1 @1770000000\n"), std::string::npos);
  EXPECT_EQ(ReadInPieces(text, random, 70'000), whole);
}

TEST(ImportReaderTest, AQuoteThatIsNeverClosedCostsNoMoreThanItsBytes) {
  // Were the held bytes read again with each piece, this would take minutes.
  const std::string piece(1000, 'y');
  Reading reading;
  reading.Read("a{x=\"");
  for (int i = 0; i < 40'000; ++i) reading.Read(piece + "\n");
  const std::string whole = reading.Finish();
  EXPECT_TRUE(whole.starts_with("1: longer than")) << whole.substr(0, 100);
}

TEST(ImportReaderTest, RandomBytesAreRefusedLineByLine) {
  std::mt19937 random(9);
  std::string text(200'000, '\0');
  for (char& c : text) c = static_cast<char>(random() % 256);
  EXPECT_EQ(ReadInPieces(text, random, 5'000), ReadWhole(text));
}

TEST(ImportReaderTest, NothingIsReadOfNothing) {
  EXPECT_EQ(ReadWhole(""), "0 lines, 0 not numbers");
  EXPECT_EQ(ReadWhole("\n\n"), "2 lines, 0 not numbers");
}

TEST(ImportReaderTest, OpenMetricsTimestampsAreSecondsWithAFraction) {
  Reading reading;
  reading.Read(
      "a{cluster_id=\"c\"} 1 1770000000.000\n"
      "a{cluster_id=\"c\"} 2 1770000900.999\n"
      "a{cluster_id=\"c\"} 3 1770001800000\n"
      "a{cluster_id=\"c\"} 4 1770002700.\n"
      "# EOF\n");
  EXPECT_EQ(reading.Finish(),
            "4: timestamp is out of range: \"1770002700.\"\n"
            "c a 1 @1770000000\nc a 2 @1770000900\nc a 3 @1770001800\n5 lines, 0 not numbers");
}

TEST(ImportReaderTest, TheFormOfADumpIsNamedWithTheOneThatIsTaken) {
  Reading reading;
  reading.Read("{__name__=\"a\", cluster_id=\"c\"} 1 1770000000000\n");
  EXPECT_EQ(reading.Finish(),
            "1: a line of `promtool tsdb dump`; `promtool tsdb dump-openmetrics` writes lines that "
            "are taken\n1 lines, 0 not numbers");
}

}  // namespace
}  // namespace rollcall::ingest
