// Chunks that are not what was written: fewer reports or a DataLoss, never a crash, never more
// memory than the bytes can pay for.
#include <algorithm>
#include <random>
#include <tuple>

#include <gmock/gmock.h>

#include "storage/chunk_codec.h"
#include "tests/storage/format_examples.h"
#include "tests/storage/random_chunk.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FromHex;
using rollcall::test::RandomChunk;
using rollcall::test::WrittenReport;
using ::testing::HasSubstr;

const Day kDay{20519};

struct Found {
  size_t reports = 0;
  Status status;
};

// Reads to the end, and checks what holds of every report, damaged chunk or not: series are sorted,
// each once, never NaN, and no more of them than there are bytes.
Found ReadAll(std::string_view bytes) {
  Found found;
  ChunkReader reader(kDay, bytes);
  while (reader.Next()) {
    ++found.reports;
    EXPECT_LT(reader.slot(), kStreamSlots);
    const std::vector<SeriesValue>& series = reader.series();
    EXPECT_LE(series.size(), bytes.size());
    for (size_t i = 0; i < series.size(); ++i) {
      EXPECT_EQ(series[i].value, series[i].value) << "NaN";
      EXPECT_NE(series[i].metric.value, 0U);
      EXPECT_NE(series[i].label_set.value, 0U);
      if (i == 0) continue;
      EXPECT_LT(std::tuple(series[i - 1].metric, series[i - 1].label_set),
                std::tuple(series[i].metric, series[i].label_set));
    }
  }
  EXPECT_FALSE(reader.Next());
  EXPECT_LE(found.reports, bytes.size());
  found.status = reader.status();
  EXPECT_TRUE(found.status.ok() || found.status.code() == Code::kDataLoss);
  return found;
}

std::string Message(std::string_view hex) { return ReadAll(FromHex(hex)).status.message(); }

TEST(DamagedChunk, CutAnywhereKeepsTheReportsBeforeTheCut) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const RandomChunk chunk(seed, kDay, 25);
    size_t last = 0;
    for (size_t size = 0; size <= chunk.bytes().size(); ++size) {
      ChunkReader reader(kDay, std::string_view(chunk.bytes()).substr(0, size));
      size_t reports = 0;
      for (; reader.Next(); ++reports) {
        ASSERT_LT(reports, chunk.reports().size());
        const WrittenReport& want = chunk.reports()[reports];
        ASSERT_EQ(reader.time(), want.time);
        ASSERT_EQ(reader.series(), want.series);
      }
      ASSERT_GE(reports, last) << size;
      last = reports;
    }
    ASSERT_EQ(last, chunk.reports().size());
  }
}

TEST(DamagedChunk, CutInsideAnEntryIsDataLoss) {
  std::string bytes;
  AppendFullEntry(0, 43'205, FromHex("01 01 01 02 06"), bytes);
  const size_t first = bytes.size();
  AppendSameEntry(0, 900, bytes);
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const Found found = ReadAll(std::string_view(bytes).substr(0, size));
    const bool between_entries = size == 0 || size == first || size == bytes.size();
    EXPECT_EQ(found.status.ok(), between_entries) << size;
  }
}

TEST(DamagedChunk, FlippedBitsNeverCrash) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    const RandomChunk chunk(seed, kDay, 10);
    for (size_t bit = 0; bit < chunk.bytes().size() * 8; ++bit) {
      std::string bytes = chunk.bytes();
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
      ReadAll(bytes);
      if (HasFailure()) FAIL() << "seed " << seed << ", bit " << bit;
    }
  }
}

TEST(DamagedChunk, RandomBytesNeverCrash) {
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 80, '\0');
    // Small bytes get further into the decoder than evenly spread ones.
    const unsigned mask = round % 2 == 0 ? 0xFFU : 0x0FU;
    for (char& c : bytes) c = static_cast<char>(random() & mask);
    ReadAll(bytes);
    std::vector<SeriesValue> series;
    const Status status = DecodeSeries(bytes, series);
    EXPECT_TRUE(status.ok() || status.code() == Code::kDataLoss);
    EXPECT_LE(series.size(), bytes.size());
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST(DamagedChunk, PiecesOfOtherChunksNeverCrash) {
  std::mt19937 random(12);
  for (unsigned seed = 0; seed < 500; ++seed) {
    const RandomChunk a(seed, kDay, 12);
    const RandomChunk b(seed + 1000, kDay, 12);
    ReadAll(a.bytes().substr(0, random() % a.bytes().size()) +
            b.bytes().substr(random() % b.bytes().size()));
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(DamagedChunk, ACountThatTheBytesCannotPayForTakesNoMemory) {
  // 2^63 metrics, then 2^63 label sets.
  EXPECT_THAT(Message("00 00 80 80 80 80 80 80 80 80 80 01"), HasSubstr("bad list of series"));
  EXPECT_THAT(Message("00 00 01 01 80 80 80 80 80 80 80 80 80 01 01 02"),
              HasSubstr("bad list of series"));
  std::vector<SeriesValue> series;
  EXPECT_FALSE(DecodeSeries(FromHex("01 01 80 80 80 80 80 80 80 80 80 01 01 02"), series).ok());
  EXPECT_LE(series.capacity(), 16U);
}

TEST(DamagedChunk, EachRuleHasItsMessage) {
  EXPECT_EQ(Message("00"), "decode chunk: entry 1: header cut short, 0 bytes left");
  EXPECT_EQ(Message("20 00 00"), "decode chunk: entry 1: no such stream slot, 1 bytes left");
  EXPECT_EQ(Message("02 00"),
            "decode chunk: entry 1: a difference before the stream's full entry, 0 bytes left");
  EXPECT_THAT(Message("01 00 00"), HasSubstr("a difference before the stream's full entry"));
  EXPECT_EQ(Message("00 00 01 01 01 02 06 03 00"),
            "decode chunk: entry 2: unknown kind of entry, 0 bytes left");
  EXPECT_THAT(Message("00 00 01 01 01 02 06 05 00 00"),
              HasSubstr("entry 2: a difference before the stream's full entry"));
  // A year and two days.
  EXPECT_THAT(Message("00 80 a0 a9 1e 01 01 01 02 06"), HasSubstr("time out of range"));
}

TEST(DamagedChunk, NumbersOutOfOrderOrRangeAreRefused) {
  const char* const lists[] = {
      "01 00 01 02 06",                                         // metric 0
      "01 01 00",                                               // a metric without label sets
      "01 01 01 00 06",                                         // label set 0
      "01 01 02 02 06 00 06",                                   // the same label set twice
      "02 01 01 02 06 00 01 02 06",                             // the same metric twice
      "01 80 80 80 80 10 01 02 06",                             // metric 2^32
      "01 01 01 80 80 80 80 10 06",                             // label set 2^32
      "01 01 02 ff ff ff ff 0f 06 01 06",                       // a sum of 2^32
      "02 05 01 02 06 fc ff ff ff ff ff ff ff ff 01 01 02 06",  // 5 - 4, modulo 2^64
      "01 01 02 05 06 fc ff ff ff ff ff ff ff ff 01 06",        // the same with label sets
      "01 01 01 02 03",                                         // a value with an unknown tag
      "01 01 01 02 01 7f f8 00 00 00 00 00 00"};                // NaN
  for (const char* const list : lists) {
    std::vector<SeriesValue> series;
    EXPECT_FALSE(DecodeSeries(FromHex(list), series).ok()) << list;
    EXPECT_THAT(Message(std::string("00 00 ") + list), HasSubstr("bad list of series")) << list;
  }
  EXPECT_THAT(Message("00 00 01 01 01 02 06 01 00 01 01 01 01 02"),
              HasSubstr("bad list of differences"));
  EXPECT_THAT(Message("00 00 01 01 01 02 06 01 00 02 05 01 05 fc ff ff ff ff ff ff ff ff 01 01 05"),
              HasSubstr("bad list of differences"));
}

TEST(DamagedChunk, WhatStandsBeforeTheDamageIsGood) {
  const RandomChunk chunk(5, kDay, 30);
  const Found found = ReadAll(chunk.bytes() + FromHex("ff ff ff ff"));
  EXPECT_EQ(found.reports, chunk.reports().size());
  EXPECT_EQ(found.status.code(), Code::kDataLoss);
  EXPECT_THAT(found.status.message(), HasSubstr("entry 31"));
}

}  // namespace
}  // namespace rollcall::storage
