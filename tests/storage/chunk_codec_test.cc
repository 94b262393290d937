#include "storage/chunk_codec.h"

#include <cstdio>

#include "tests/storage/format_examples.h"
#include "tests/storage/random_chunk.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::FormatExampleLines;
using rollcall::test::RandomChunk;
using rollcall::test::ToHex;
using rollcall::test::WrittenReport;

const Day kMarch7{20519};

// "12:00:05 slot 0: 1/2=1 3/4=3" for each report: metric/label set=value.
std::string Read(std::string_view bytes) {
  std::string text;
  ChunkReader reader(kMarch7, bytes);
  while (reader.Next()) {
    const auto clock = FormatRfc3339(reader.time());
    text += clock.substr(11, 8) + " slot " + std::to_string(reader.slot()) + ":";
    for (const SeriesValue& s : reader.series()) {
      char one[80];
      std::snprintf(one, sizeof one, " %u/%u=%g", s.metric.value, s.label_set.value, s.value);
      text += one;
    }
    text += "\n";
  }
  return text + (reader.status().ok() ? "" : reader.status().message());
}

std::string Encoded(const std::vector<SeriesValue>& series) {
  std::string out;
  EncodeSeries(series, out);
  return out;
}

TEST(ChunkCodec, WritesTheChunkOfTheFormat) {
  const std::vector<SeriesValue> operators = {{{2}, {1}, 1}, {{4}, {3}, 3}, {{5}, {3}, 2}};
  const std::vector<SeriesValue> controllers = {{{7}, {6}, 2}, {{8}, {6}, 0}};
  const std::vector<SeriesValue> changed = {{{2}, {1}, 1}, {{4}, {3}, 4}, {{9}, {9}, 2.5}};
  const std::vector<std::string> want = FormatExampleLines("chunk");
  ASSERT_EQ(want.size(), 5U);
  std::vector<std::string> entries(5);
  AppendFullEntry(0, 43205, Encoded(operators), entries[0]);
  AppendFullEntry(1, 43207, Encoded(controllers), entries[1]);
  AppendSameEntry(0, 899, entries[2]);
  AppendDifferenceEntry(0, 899, operators, changed, entries[3]);
  AppendSameEntry(1, -30, entries[4]);
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(ToHex(entries[i]), ToHex(want[i])) << "entry " << i + 1;
  }
}

TEST(ChunkCodec, ReadsTheChunkOfTheFormat) {
  EXPECT_EQ(Read(FormatExample("chunk")),
            "12:00:05 slot 0: 1/2=1 3/4=3 3/5=2\n"
            "12:00:07 slot 1: 6/7=2 6/8=0\n"
            "12:15:06 slot 0: 1/2=1 3/4=3 3/5=2\n"
            "12:30:05 slot 0: 1/2=1 3/4=4 9/9=2.5\n"
            "12:29:35 slot 1: 6/7=2 6/8=0\n");
}

TEST(ChunkCodec, AnEmptyChunkHasNoReports) { EXPECT_EQ(Read(""), ""); }

TEST(ChunkCodec, RandomReportsAreReadBackAsTheyWereWritten) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const RandomChunk chunk(seed, kMarch7, 60);
    ChunkReader reader(kMarch7, chunk.bytes());
    for (const WrittenReport& want : chunk.reports()) {
      ASSERT_TRUE(reader.Next()) << "seed " << seed << ": " << reader.status().message();
      ASSERT_EQ(reader.time(), want.time) << "seed " << seed;
      ASSERT_EQ(reader.slot(), want.slot) << "seed " << seed;
      ASSERT_EQ(reader.series(), want.series) << "seed " << seed;
    }
    ASSERT_FALSE(reader.Next());
    ASSERT_TRUE(reader.status().ok()) << reader.status().message();
  }
}

TEST(ChunkCodec, AWriterLearnsWhereTheChunkEnds) {
  const std::string bytes = FormatExample("chunk");
  ChunkReader reader(kMarch7, bytes);
  EXPECT_FALSE(reader.InUse(0));
  while (reader.Next()) continue;
  EXPECT_TRUE(reader.InUse(0));
  EXPECT_TRUE(reader.InUse(1));
  EXPECT_FALSE(reader.InUse(2));
  EXPECT_EQ(reader.LatestOf(0),
            (std::vector<SeriesValue>{{{2}, {1}, 1}, {{4}, {3}, 4}, {{9}, {9}, 2.5}}));
  EXPECT_EQ(reader.LatestOf(1), (std::vector<SeriesValue>{{{7}, {6}, 2}, {{8}, {6}, 0}}));
  EXPECT_EQ(FormatRfc3339(reader.time()), "2026-03-07T12:29:35Z");
}

TEST(ChunkCodec, AFullEntryGivesASlotToAnotherStream) {
  std::string bytes;
  AppendFullEntry(0, 1, Encoded({{{2}, {1}, 1}}), bytes);
  AppendFullEntry(0, 2, Encoded({{{9}, {8}, 5}}), bytes);
  AppendSameEntry(0, 1, bytes);
  EXPECT_EQ(Read(bytes),
            "00:00:01 slot 0: 1/2=1\n00:00:02 slot 0: 8/9=5\n00:00:03 slot 0: 8/9=5\n");
}

TEST(ChunkCodec, AFullEntrysTimeDoesNotDependOnTheEntryBefore) {
  std::string bytes;
  AppendFullEntry(0, 80'000, Encoded({{{2}, {1}, 1}}), bytes);
  AppendFullEntry(1, 60, Encoded({{{2}, {1}, 1}}), bytes);
  AppendSameEntry(0, 5, bytes);
  EXPECT_EQ(Read(bytes),
            "22:13:20 slot 0: 1/2=1\n00:01:00 slot 1: 1/2=1\n00:01:05 slot 0: 1/2=1\n");
}

TEST(ChunkCodec, ADifferenceMayTakeAwayEverythingAndBringItBack) {
  const std::vector<SeriesValue> some = {{{2}, {1}, 1}, {{UINT32_MAX}, {UINT32_MAX}, 7}};
  std::string bytes;
  AppendFullEntry(7, 0, Encoded(some), bytes);
  AppendDifferenceEntry(7, 1, some, {}, bytes);
  AppendDifferenceEntry(7, 1, {}, some, bytes);
  EXPECT_EQ(Read(bytes),
            "00:00:00 slot 7: 1/2=1 4294967295/4294967295=7\n00:00:01 slot 7:\n"
            "00:00:02 slot 7: 1/2=1 4294967295/4294967295=7\n");
}

TEST(ChunkCodec, ADifferenceOfNothingIsThreeBytes) {
  const std::vector<SeriesValue> some = {{{2}, {1}, 1}};
  std::string bytes;
  AppendDifferenceEntry(0, 60, some, some, bytes);
  EXPECT_EQ(ToHex(bytes), "01 78 00");
}

TEST(ChunkCodec, ASameEntryOfAQuarterOfAnHourIsThreeBytes) {
  std::string bytes;
  AppendSameEntry(3, 900, bytes);
  EXPECT_EQ(bytes.size(), 3U);
}

TEST(ChunkCodec, SeriesAreReadBackWithNothingLeft) {
  const std::vector<SeriesValue> some = {{{2}, {1}, 1}, {{7}, {1}, -2}, {{3}, {2}, 1e300}};
  std::vector<SeriesValue> back = {{{99}, {99}, 99}};
  ASSERT_TRUE(DecodeSeries(Encoded(some), back).ok());
  EXPECT_EQ(back, some);
  const Status status = DecodeSeries(Encoded(some) + '\0', back);
  EXPECT_EQ(status.code(), Code::kDataLoss);
  EXPECT_EQ(Encoded({}), std::string(1, '\0'));
  ASSERT_TRUE(DecodeSeries(Encoded({}), back).ok());
  EXPECT_TRUE(back.empty());
}

}  // namespace
}  // namespace rollcall::storage
