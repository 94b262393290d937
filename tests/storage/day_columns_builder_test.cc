#include <array>
#include <limits>
#include <random>

#include "storage/day_columns.h"
#include "tests/storage/columns_oracle.h"
#include "tests/storage/random_chunk.h"
#include "tests/support/rounds.h"

namespace rollcall::storage {
namespace {

using rollcall::test::ColumnsOracle;
using rollcall::test::RandomChunk;
using rollcall::test::ReadColumns;
using rollcall::test::Rounds;

const Day kDay7March{20519};

using Series = std::vector<SeriesValue>;

// Writes a chunk report by report, each as a full entry, a difference or "same".
class Chunk {
 public:
  enum class As { kShort, kFull, kDifference };

  Chunk& Report(unsigned slot, int64_t second, Series series, As as = As::kShort) {
    std::sort(series.begin(), series.end(), [](const SeriesValue& a, const SeriesValue& b) {
      return std::pair(a.metric, a.label_set) < std::pair(b.metric, b.label_set);
    });
    const bool known = known_[slot];
    if (!known || as == As::kFull) {
      std::string encoded;
      EncodeSeries(series, encoded);
      AppendFullEntry(slot, second, encoded, bytes);
    } else if (as == As::kShort && series == latest_[slot]) {
      AppendSameEntry(slot, second - second_, bytes);
    } else {
      AppendDifferenceEntry(slot, second - second_, latest_[slot], series, bytes);
    }
    known_[slot] = true;
    second_ = second;
    latest_[slot] = std::move(series);
    return *this;
  }

  std::string bytes;

 private:
  int64_t second_ = 0;
  std::array<Series, kStreamSlots> latest_;
  std::array<bool, kStreamSlots> known_{};
};

TallyRows Build(const std::map<uint32_t, std::string>& chunks,
                size_t most_bytes = DayColumnsBuilder::kMostBytes) {
  TallyRows rows;
  DayColumnsBuilder builder(kDay7March, rows, most_bytes);
  for (const auto& [source, chunk] : chunks) builder.Add({source}, chunk);
  builder.Finish();
  return rows;
}

// "first-last/longest gap*reports" of each span, a stream after another; then each item.
std::string Told(const std::string& chunk) {
  std::string text;
  for (const auto& [suffix, row] : Build({{7, chunk}})) {
    StreamsColumn streams;
    if (suffix == EncodeStreamsColumnKey(0)) {
      EXPECT_TRUE(DecodeColumn(row, 0, streams).ok());
      EXPECT_EQ(streams.sources.size(), 1U);
      if (streams.streams.empty()) text += "irregular ";
      size_t span = 0;
      for (const uint32_t end : streams.streams) {
        text += "[";
        for (; span < end; ++span) {
          const ReportSpan& one = streams.spans[span];
          text += std::to_string(one.first) + "-" + std::to_string(one.last) + "/" +
                  std::to_string(one.longest_gap) + "*" + std::to_string(one.reports) + " ";
        }
        text.back() = ']';
        text += " ";
      }
      continue;
    }
    MetricColumn column;
    EXPECT_TRUE(DecodeColumn(row, 0, column).ok());
    for (const auto& item : column.items) {
      EXPECT_EQ(item.source, SourceRef{7});
      text += std::to_string(item.label_set.value) + "=" +
              std::to_string(static_cast<int>(item.value)) + "@" + std::to_string(item.first_span) +
              "-" + std::to_string(item.end_span) + " ";
    }
  }
  if (!text.empty()) text.pop_back();
  return text;
}

TEST(DayColumnsBuilder, ASourceThatSaysTheSameAllDayIsOneSpan) {
  Chunk chunk;
  for (int64_t t = 100; t < 86'400; t += 900) chunk.Report(0, t, {{{2}, {1}, 5}, {{4}, {3}, 6}});
  EXPECT_EQ(Told(chunk.bytes), "[100-85600/900*96] 2=5@0-1 4=6@0-1");
}

TEST(DayColumnsBuilder, OneReportIsASpan) {
  EXPECT_EQ(Told(Chunk().Report(0, 0, {{{2}, {1}, 5}}).bytes), "[0-0/0*1] 2=5@0-1");
  EXPECT_EQ(Told(Chunk().Report(5, 86'399, {{{2}, {1}, 5}}).bytes), "[86399-86399/0*1] 2=5@0-1");
}

TEST(DayColumnsBuilder, AChangeBeginsASpanAndWhatStaysIsOneItem) {
  Chunk chunk;
  chunk.Report(0, 100, {{{2}, {1}, 5}, {{3}, {1}, 1}})
      .Report(0, 160, {{{2}, {1}, 5}, {{3}, {1}, 1}})
      .Report(0, 220, {{{2}, {1}, 5}, {{3}, {1}, 2}})
      .Report(0, 280, {{{2}, {1}, 5}})
      .Report(0, 340, {{{2}, {1}, 5}, {{3}, {1}, 2}});
  EXPECT_EQ(Told(chunk.bytes),
            "[100-160/60*2 220-220/0*1 280-280/0*1 340-340/0*1] "
            "2=5@0-4 3=1@0-1 3=2@1-2 3=2@3-4");
}

TEST(DayColumnsBuilder, AFullEntryOrADifferenceThatSaysTheSameIsNoChange) {
  Chunk chunk;
  chunk.Report(0, 100, {{{2}, {1}, 5}})
      .Report(0, 160, {{{2}, {1}, 5}}, Chunk::As::kFull)
      .Report(0, 220, {{{2}, {1}, 5}}, Chunk::As::kDifference);
  EXPECT_EQ(Told(chunk.bytes), "[100-220/60*3] 2=5@0-1");
}

TEST(DayColumnsBuilder, ALongGapBeginsASpanThatItemsGoOnOver) {
  Chunk chunk;
  int64_t t = 0;
  for (const int64_t gap : {0, 900, 900, 1350, 900, 1351, 900}) {
    chunk.Report(0, t += gap, {{{2}, {1}, 5}});
  }
  EXPECT_EQ(Told(chunk.bytes), "[0-4050/1350*5 5401-6301/900*2] 2=5@0-2");
  // Of those that report often a minute more or less is nothing.
  Chunk quick;
  t = 0;
  for (const int64_t gap : {0, 10, 10, 60, 10, 61, 10}) quick.Report(0, t += gap, {{{2}, {1}, 5}});
  EXPECT_EQ(Told(quick.bytes), "[0-90/60*5 151-161/10*2] 2=5@0-2");
}

TEST(DayColumnsBuilder, StreamsHaveSpansOfTheirOwn) {
  Chunk chunk;
  chunk.Report(3, 100, {{{2}, {1}, 5}})
      .Report(1, 100, {{{4}, {3}, 7}})
      .Report(3, 160, {{{2}, {1}, 6}})
      .Report(1, 160, {{{4}, {3}, 7}});
  EXPECT_EQ(Told(chunk.bytes), "[100-160/60*2] [100-100/0*1 160-160/0*1] 2=5@1-2 2=6@2-3 4=7@0-1");
}

TEST(DayColumnsBuilder, WhatHasNoOrderInTimeIsIrregular) {
  const Series some{{{2}, {1}, 5}};
  const Series other{{{3}, {1}, 5}};
  const Series apart{{{4}, {9}, 5}};
  EXPECT_EQ(Told(""), "irregular");
  EXPECT_EQ(Told(Chunk().Report(0, 100, some).Report(1, 99, apart).bytes), "irregular");
  EXPECT_EQ(Told(Chunk().Report(0, -1, some).bytes), "irregular");
  EXPECT_EQ(Told(Chunk().Report(0, 86'400, some).bytes), "irregular");
  EXPECT_EQ(Told(Chunk().Report(0, 100, some).Report(0, 100, some).bytes), "irregular");
  EXPECT_EQ(Told(Chunk().Report(0, 100, some).Report(1, 100, other).bytes), "irregular");
  // Whether they share a metric is asked of what they say by then.
  Chunk chunk;
  chunk.Report(0, 100, some).Report(1, 100, apart).Report(0, 200, some);
  EXPECT_EQ(Told(Chunk(chunk).Report(1, 200, apart).bytes).substr(0, 1), "[");
  EXPECT_EQ(Told(chunk.Report(1, 200, other).bytes), "irregular");
  // A good beginning says nothing of what follows it.
  Chunk cut;
  cut.Report(0, 100, some).Report(0, 200, other);
  cut.bytes.pop_back();
  EXPECT_EQ(Told(cut.bytes), "irregular");
}

TEST(DayColumnsBuilder, ALabelSetMayMoveToAnotherStreamButNotBeInTurn) {
  const Series some{{{2}, {1}, 5}};
  const Series both{{{2}, {1}, 5}, {{3}, {1}, 5}};
  EXPECT_EQ(Told(Chunk().Report(0, 100, some).Report(1, 200, some).bytes),
            "[100-100/0*1] [200-200/0*1] 2=5@0-1 2=5@1-2");
  EXPECT_EQ(Told(Chunk().Report(0, 100, some).Report(1, 200, some).Report(0, 300, some).bytes),
            "irregular");
  // Between two reports of the one that say other things of it, too.
  EXPECT_EQ(
      Told(Chunk().Report(0, 100, some).Report(1, 200, some).Report(0, 300, {{{2}, {1}, 6}}).bytes),
      "irregular");
  // The one has it, lets go of it, and takes it again when the other is done.
  EXPECT_EQ(Told(Chunk()
                     .Report(0, 100, both)
                     .Report(0, 150, {{{3}, {1}, 5}})
                     .Report(1, 200, some)
                     .Report(0, 300, both)
                     .bytes),
            "[100-100/0*1 150-150/0*1 300-300/0*1] [200-200/0*1] "
            "2=5@0-1 2=5@2-3 2=5@3-4 3=5@0-3");
}

TEST(DayColumnsBuilder, MoreSpansOrItemsThanTheyMayHaveAreIrregular) {
  Chunk spans;
  for (uint32_t i = 0; i < kMostSpansOfSource; ++i) {
    spans.Report(i % 2, 100 * i, {{{2 + i % 2}, {1 + i % 2}, static_cast<double>(i)}});
  }
  EXPECT_EQ(Told(spans.bytes).substr(0, 1), "[");
  spans.Report(0, 9'000, {{{2}, {1}, 0}});
  EXPECT_EQ(Told(spans.bytes), "irregular");

  Chunk gaps;
  for (int64_t i = 0; i <= 2 * kMostSpansOfSource; ++i) {
    gaps.Report(0, i * 200 + (i % 4) * 10, {{{2}, {1}, 1}});
  }
  EXPECT_EQ(Told(gaps.bytes).substr(0, 1), "[");
  Chunk breaks;
  for (int64_t i = 0; i <= kMostSpansOfSource; ++i) {
    breaks.Report(0, i * 1'000, {{{2}, {1}, 1}}).Report(0, i * 1'000 + 10, {{{2}, {1}, 1}});
  }
  EXPECT_EQ(Told(breaks.bytes), "irregular");

  Series large;
  for (uint32_t i = 1; i <= kMostItemsOfSource / 2; ++i) large.push_back({{i}, {1}, 1});
  Chunk items;
  items.Report(0, 100, large);
  for (SeriesValue& s : large) s.value = 2;
  items.Report(0, 200, large);
  EXPECT_EQ(Told(items.bytes).substr(0, 1), "[");
  large[0].value = 3;
  items.Report(0, 300, large);
  EXPECT_EQ(Told(items.bytes), "irregular");
}

TEST(DayColumnsBuilder, EachBlockHasRowsOfItsOwn) {
  const std::string some = Chunk().Report(0, 100, {{{2}, {1}, 5}}).bytes;
  const std::string other = Chunk().Report(0, 100, {{{4}, {3}, 5}}).bytes;
  const TallyRows rows = Build({{1, some}, {255, other}, {256, some}, {1'000'000, some}});
  std::vector<std::string> keys;
  for (const auto& [key, _] : rows) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{EncodeStreamsColumnKey(0), EncodeStreamsColumnKey(1),
                                            EncodeStreamsColumnKey(3906), EncodeColumnKey({1}, 0),
                                            EncodeColumnKey({1}, 1), EncodeColumnKey({1}, 3906),
                                            EncodeColumnKey({3}, 0)}));
  for (const auto& [source, told] : ReadColumns(rows)) EXPECT_TRUE(told.has_value()) << source;
}

TEST(DayColumnsBuilder, OnceTheRowsAreAsLargeAsTheyMayBeSourcesAreIrregular) {
  std::map<uint32_t, std::string> chunks;
  for (uint32_t source = 0; source < 1000; ++source) {
    chunks[source] = Chunk().Report(0, source, {{{2}, {1}, 5}}).bytes;
  }
  const auto all = ReadColumns(Build(chunks));
  EXPECT_EQ(all.size(), 1000U);
  for (const auto& [source, told] : all) EXPECT_TRUE(told.has_value()) << source;
  const auto some = ReadColumns(Build(chunks, 1));
  EXPECT_EQ(some.size(), 1000U);
  for (const auto& [source, told] : some) EXPECT_EQ(told.has_value(), source < 256) << source;
}

// A random day of a source as they are: streams that report every so often, say the same mostly,
// are away for a while, and now and then do what they should not.
std::string RandomDay(std::mt19937& random) {
  const auto below = [&](int64_t n) { return static_cast<int64_t>(random() % n); };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double values[] = {0, -0.0, 1, 2, 2.5, -1, kInfinity, 1e300};
  struct Stream {
    int64_t next;
    int64_t pace;
    uint32_t first_metric;
    Series series;
  };
  const bool shares = below(4) == 0;
  std::vector<Stream> streams(1 + below(below(4) == 0 ? kStreamSlots : 2));
  for (size_t i = 0; i < streams.size(); ++i) {
    streams[i] = {below(5'000),
                  1 + below(below(3) == 0 ? 40 : 4'000),
                  static_cast<uint32_t>(1 + (shares ? i / 2 : i) * 3),
                  {}};
  }
  const auto change = [&](Stream& stream) {
    std::map<std::pair<uint32_t, uint32_t>, double> content;
    for (const SeriesValue& s : stream.series) {
      if (below(3) > 0) content[{s.metric.value, s.label_set.value}] = s.value;
    }
    for (int64_t n = 1 + below(4); n > 0; --n) {
      const auto metric = stream.first_metric + static_cast<uint32_t>(below(3));
      const auto label_set = metric * 10 + static_cast<uint32_t>(below(4));
      content[{metric, label_set}] = values[below(std::size(values))];
    }
    stream.series.clear();
    for (const auto& [key, value] : content) {
      stream.series.push_back({{key.second}, {key.first}, value});
    }
  };
  const int64_t trouble = below(4) == 0 ? 200 : 1'000'000;
  const int64_t changes = 1 + below(60);
  Chunk chunk;
  int64_t now = 0;
  for (int64_t reports = below(300); reports > 0; --reports) {
    const auto at = std::min_element(streams.begin(), streams.end(),
                                     [](const auto& a, const auto& b) { return a.next < b.next; });
    if (at->next >= 86'400 && below(50) > 0) break;
    const auto slot = static_cast<unsigned>(at - streams.begin());
    now = std::max(now, at->next);
    if (below(trouble) == 0) now -= below(2'000);
    if (at->series.empty() || below(changes) == 0) change(*at);
    const auto as = below(20);
    chunk.Report(slot, now, at->series,
                 as == 0   ? Chunk::As::kFull
                 : as == 1 ? Chunk::As::kDifference
                           : Chunk::As::kShort);
    at->next += at->pace + below(1 + at->pace / 8) + (below(40) == 0 ? below(10'000) : 0);
  }
  return chunk.bytes;
}

TEST(DayColumnsBuilder, RandomChunksAreToldAsTheirReportsAreOneByOne) {
  std::mt19937 random(17);
  ColumnsOracle oracle;
  std::map<std::string, int> seen;
  for (int round = 0; round < Rounds(400); ++round) {
    std::map<uint32_t, std::string> chunks;
    for (size_t source = 200; source < 320; source += 1 + random() % 20) {
      std::string& chunk = chunks[static_cast<uint32_t>(source)];
      chunk = RandomDay(random);
      if (random() % 10 == 0) {
        chunk = RandomChunk(static_cast<unsigned>(random()), kDay7March, 8).bytes();
      }
      if (random() % 10 == 0) chunk.resize(random() % (chunk.size() + 1));
      if (random() % 20 == 0 && !chunk.empty()) {
        chunk[random() % chunk.size()] ^= static_cast<char>(1 << random() % 8);
      }
    }
    const auto told = ReadColumns(Build(chunks));
    ASSERT_EQ(told.size(), chunks.size()) << round;
    for (const auto& [source, chunk] : chunks) {
      const auto want = oracle.Tell(kDay7March, chunk);
      ASSERT_EQ(told.at(source), want) << round << " source " << source << " " << oracle.why();
      ++seen[want ? std::to_string(want->size()) + " streams" : oracle.why()];
    }
  }
  // All of it has come up.
  for (const char* what : {"1 streams", "2 streams", "3 streams", "8 streams", "damaged", "empty",
                           "another day", "set back", "a second", "a label set in turn", "spans"}) {
    EXPECT_GT(seen[what], 0) << what;
  }
}

}  // namespace
}  // namespace rollcall::storage
