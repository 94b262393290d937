// Merging what an import brings with what a day's chunk has.
#include "ingest/chunk_merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "storage/chunk_codec.h"

namespace rollcall::ingest {
namespace {

const Day kDay{20'000};

// A report: second of the day, and (metric, label set, value)s in order.
struct Report {
  int second;
  std::vector<SeriesValue> series;
};

SeriesValue S(uint32_t metric, uint32_t label_set, double value) {
  return {{label_set}, {metric}, value};
}

std::vector<Instant> Instants(const std::vector<Report>& reports) {
  std::vector<Instant> instants;
  for (const Report& r : reports) {
    instants.push_back({kDay.Start() + std::chrono::seconds(r.second), r.series});
  }
  return instants;
}

// The day's chunk as the tests keep it: merged with more, written, read back.
class Chunk {
 public:
  MergeTally Merge(const std::vector<Report>& reports) {
    Result<DayReports> day = ReadInstants(kDay, bytes_);
    EXPECT_TRUE(day.ok()) << day.status().message();
    const std::vector<Instant> added = Instants(reports);
    const MergeTally tally = MergeInstants(added, *day);
    bytes_ = WriteInstants(kDay, day->instants);
    return tally;
  }
  // "60: 1/5=2 1/6=3", a line for each report.
  std::string Text() const {
    std::string text;
    storage::ChunkReader reader(kDay, bytes_);
    while (reader.Next()) {
      text += std::to_string((reader.time() - kDay.Start()).count()) + ":";
      for (const SeriesValue& s : reader.series()) {
        char one[80];
        std::snprintf(one, sizeof one, " %u/%u=%g", s.metric.value, s.label_set.value, s.value);
        text += one;
      }
      text += "\n";
    }
    EXPECT_TRUE(reader.status().ok()) << reader.status().message();
    return text;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

TEST(ChunkMergeTest, WhatIsNewIsAddedInTheOrderOfTime) {
  Chunk chunk;
  const MergeTally first = chunk.Merge({{60, {S(1, 5, 2)}}, {180, {S(1, 5, 3)}}});
  EXPECT_TRUE(first.appended);
  const MergeTally tally = chunk.Merge({{0, {S(1, 5, 1)}}, {120, {S(1, 5, 9), S(1, 6, 1)}}});
  EXPECT_EQ(chunk.Text(), "0: 1/5=1\n60: 1/5=2\n120: 1/5=9 1/6=1\n180: 1/5=3\n");
  EXPECT_EQ(tally.reports, 2u);
  EXPECT_EQ(tally.samples, 3u);
  EXPECT_FALSE(tally.appended);
}

TEST(ChunkMergeTest,
     ASeriesOfTheSameSecondKeepsItsLargerValueAndNewOnesJoinTheReportOfTheirMetric) {
  Chunk chunk;
  chunk.Merge({{60, {S(1, 5, 2), S(1, 7, 4)}}});
  const MergeTally tally = chunk.Merge({{60, {S(1, 5, 1), S(1, 6, 8), S(1, 7, 5)}}});
  EXPECT_EQ(chunk.Text(), "60: 1/5=2 1/6=8 1/7=5\n");
  EXPECT_EQ(tally.reports, 0u);
  EXPECT_EQ(tally.samples, 2u);
  EXPECT_FALSE(tally.appended);
}

TEST(ChunkMergeTest, TwoStreamsOfOneSecondStayTwo) {
  Chunk chunk;
  chunk.Merge({{60, {S(1, 5, 2)}}});
  const MergeTally tally = chunk.Merge({{60, {S(2, 9, 1)}}});
  EXPECT_EQ(chunk.Text(), "60: 1/5=2\n60: 2/9=1\n");
  EXPECT_EQ(tally.reports, 1u);
  EXPECT_TRUE(tally.appended);
  const MergeTally again = chunk.Merge({{60, {S(1, 5, 2), S(2, 9, 1)}}});
  EXPECT_EQ(again.samples, 0u);
  EXPECT_EQ(chunk.Text(), "60: 1/5=2\n60: 2/9=1\n");
}

std::vector<Report> RandomReports(std::mt19937& random) {
  std::map<int, std::map<std::pair<uint32_t, uint32_t>, double>> reports;
  const size_t count = random() % 30 + 1;
  for (size_t i = 0; i < count; ++i) {
    auto& series = reports[static_cast<int>(random() % 40) * 60];
    for (size_t s = random() % 6 + 1; s > 0; --s) {
      const auto metric = static_cast<uint32_t>(random() % 4 + 1);
      series[{metric, metric * 10 + static_cast<uint32_t>(random() % 4)}] =
          static_cast<double>(random() % 9) - 2;
    }
  }
  std::vector<Report> list;
  for (const auto& [second, series] : reports) {
    Report report{second, {}};
    for (const auto& [place, value] : series) {
      report.series.push_back(S(place.first, place.second, value));
    }
    list.push_back(report);
  }
  return list;
}

// What one second says, whichever report says it.
std::map<int64_t, std::map<uint32_t, double>> Meaning(const Chunk& chunk) {
  std::map<int64_t, std::map<uint32_t, double>> meaning;
  storage::ChunkReader reader(kDay, chunk.bytes());
  while (reader.Next()) {
    for (const SeriesValue& s : reader.series()) {
      auto& second = meaning[(reader.time() - kDay.Start()).count()];
      EXPECT_TRUE(second.emplace(s.label_set.value, s.value).second) << "a series twice";
    }
  }
  return meaning;
}

TEST(ChunkMergeTest, MergingTwiceChangesNothingAndAnyOrderMeansTheSame) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::vector<Report>> parts(random() % 4 + 2);
    std::generate(parts.begin(), parts.end(), [&] { return RandomReports(random); });
    Chunk chunk;
    for (const auto& part : parts) chunk.Merge(part);
    const std::string bytes = chunk.bytes();
    for (const auto& part : parts) {
      const MergeTally again = chunk.Merge(part);
      ASSERT_EQ(again.samples, 0u);
      ASSERT_EQ(again.reports, 0u);
      ASSERT_EQ(chunk.bytes(), bytes);
    }
    std::shuffle(parts.begin(), parts.end(), random);
    Chunk other;
    for (const auto& part : parts) other.Merge(part);
    ASSERT_EQ(Meaning(other), Meaning(chunk));
  }
}

TEST(ChunkMergeTest, PartsOfOneStreamGiveTheSameChunkInAnyOrder) {
  std::mt19937 random(4);
  for (int round = 0; round < 300; ++round) {
    // Every report has the metric, so parts of one second always belong together.
    std::vector<Report> whole = RandomReports(random);
    for (Report& report : whole) report.series.insert(report.series.begin(), S(1, 1, 1));
    for (Report& report : whole) {
      std::erase_if(report.series, [](const SeriesValue& s) { return s.metric.value != 1; });
    }
    Chunk at_once;
    at_once.Merge(whole);
    std::vector<Report> rest = whole;
    Chunk in_parts;
    while (!rest.empty()) {
      std::vector<Report> part;
      for (Report& report : rest) {
        Report taken{report.second, {}};
        std::erase_if(report.series, [&](const SeriesValue& s) {
          if (random() % 2 == 0) return false;
          taken.series.push_back(s);
          return true;
        });
        if (!taken.series.empty()) part.push_back(taken);
      }
      std::erase_if(rest, [](const Report& report) { return report.series.empty(); });
      in_parts.Merge(part);
    }
    ASSERT_EQ(in_parts.bytes(), at_once.bytes());
  }
}

TEST(ChunkMergeTest, AChunkWrittenWithTheClockSetBackIsPutInOrder) {
  std::string bytes;
  std::string series;
  storage::EncodeSeries(std::vector<SeriesValue>{S(1, 5, 2)}, series);
  storage::AppendFullEntry(0, 600, series, bytes);
  storage::AppendSameEntry(0, -300, bytes);
  Result<DayReports> day = ReadInstants(kDay, bytes);
  ASSERT_TRUE(day.ok());
  const std::vector<SeriesValue> same = {S(1, 5, 2)};
  const std::vector<Instant> added = {{kDay.Start() + std::chrono::seconds(300), same},
                                      {kDay.Start() + std::chrono::seconds(600), same}};
  EXPECT_EQ(MergeInstants(added, *day).samples, 0u);
  EXPECT_EQ(day->instants.size(), 2u);
}

TEST(ChunkMergeTest, MoreStreamsThanSlotsAreWrittenAndReadBack) {
  Chunk chunk;
  std::vector<Report> reports;
  for (int i = 0; i < 40; ++i) {
    reports.push_back(
        {i * 60, {S(static_cast<uint32_t>(i % 12 + 1), static_cast<uint32_t>(100 + i % 12), i)}});
  }
  chunk.Merge(reports);
  EXPECT_EQ(Meaning(chunk).size(), 40u);
  EXPECT_EQ(Meaning(chunk)[39 * 60][103], 39);
}

TEST(ChunkMergeTest, ADamagedChunkIsRefused) {
  EXPECT_EQ(ReadInstants(kDay, "\xff\xff").status().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace rollcall::ingest
