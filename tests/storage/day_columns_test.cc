#include "storage/day_columns.h"

#include <limits>

#include "storage/chunk_codec.h"
#include "tests/storage/format_examples.h"
#include "tests/support/rounds.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::FromHex;
using rollcall::test::Rounds;
using rollcall::test::ToHex;

const std::string kDayPrefix = EncodeKey(PeriodKey{Period::Of(Day{20519}), {1}});

StreamsColumn ExampleStreams() {
  StreamsColumn column;
  column.sources = {{{770}, 0}, {{812}, 2}};
  column.streams = {2, 3};
  column.spans = {{43205, 44104, 899, 2}, {45003, 45003, 0, 1}, {43207, 43207, 0, 1}};
  return column;
}

MetricColumn ExampleMetric() {
  return {{{{812}, {4}, 0, 1, 3},
           {{812}, {4}, 1, 2, 4},
           {{812}, {5}, 0, 1, 2},
           {{813}, {4}, 0, 3, 2.5}}};
}

bool operator==(const StreamsColumn& a, const StreamsColumn& b) {
  return a.sources == b.sources && a.streams == b.streams && a.spans == b.spans;
}

// Both kinds of row, by the kind of the first argument.
template <typename Column>
Status Decode(std::string_view bytes, uint32_t block) {
  Column column;
  return DecodeColumn(bytes, block, column);
}

ReportSpan RandomSpan(std::mt19937& random, uint32_t first) {
  ReportSpan span{first, first, 0, 1};
  const auto gaps = static_cast<uint32_t>(random() % 5);
  for (uint32_t i = 0; i < gaps; ++i) {
    const auto gap = 1 + static_cast<uint32_t>(random() % (random() % 2 == 0 ? 2 : 300));
    span.last += gap;
    span.longest_gap = std::max(span.longest_gap, gap);
    ++span.reports;
  }
  return span;
}

StreamsColumn RandomStreams(std::mt19937& random, uint32_t block) {
  StreamsColumn column;
  for (uint32_t offset = 0; offset < kSourcesPerColumn; ++offset) {
    if (random() % 20 != 0) continue;
    uint32_t left = kMostSpansOfSource;
    for (size_t streams = random() % (kStreamSlots + 1); streams > 0 && left > 0; --streams) {
      auto first = static_cast<uint32_t>(random() % 900);
      for (size_t spans = 1 + random() % 12; spans > 0 && left > 0; --spans, --left) {
        column.spans.push_back(RandomSpan(random, first));
        first = column.spans.back().last + 1 + static_cast<uint32_t>(random() % 2000);
      }
      column.streams.push_back(static_cast<uint32_t>(column.spans.size()));
    }
    column.sources.push_back(
        {{block * kSourcesPerColumn + offset}, static_cast<uint32_t>(column.streams.size())});
  }
  return column;
}

double RandomValue(std::mt19937& random) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double values[] = {0, -1, 2.5, kInfinity, -kInfinity, 4611686018427387904.0, 1e300};
  return random() % 4 == 0 ? values[random() % std::size(values)]
                           : static_cast<double>(random() % 100'000);
}

MetricColumn RandomMetric(std::mt19937& random, uint32_t block) {
  MetricColumn column;
  for (uint32_t offset = 0; offset < kSourcesPerColumn; ++offset) {
    if (random() % 20 != 0) continue;
    auto label_set = 1 + static_cast<uint32_t>(random() % 3);
    for (size_t label_sets = random() % 4; label_sets > 0; --label_sets) {
      auto span = static_cast<uint32_t>(random() % 60);
      for (size_t items = 1 + random() % 3; items > 0 && span < kMostSpansOfSource; --items) {
        const auto end = span + 1 + static_cast<uint32_t>(random() % (kMostSpansOfSource - span));
        column.items.push_back(
            {{block * kSourcesPerColumn + offset}, {label_set}, span, end, RandomValue(random)});
        span = end + static_cast<uint32_t>(random() % 2);
      }
      label_set += 1 + static_cast<uint32_t>(random() % (random() % 3 == 0 ? 1'000'000'000 : 3));
    }
  }
  return column;
}

TEST(DayColumns, WriteTheBytesOfTheFormat) {
  EXPECT_EQ(ToHex(kDayPrefix + EncodeStreamsColumnKey(3)),
            ToHex(FormatExample("key of periods: 2026-03-07, fleet 1, streams of block 3")));
  EXPECT_EQ(ToHex(kDayPrefix + EncodeColumnKey({9}, 3)),
            ToHex(FormatExample("key of periods: 2026-03-07, fleet 1, metric 9 of block 3")));
  EXPECT_EQ(ToHex(EncodeColumn(ExampleStreams(), 3)), ToHex(FormatExample("streams of a block")));
  EXPECT_EQ(ToHex(EncodeColumn(ExampleMetric(), 3)),
            ToHex(FormatExample("column of a metric and block")));
}

TEST(DayColumns, ReadTheBytesOfTheFormat) {
  StreamsColumn streams;
  ASSERT_TRUE(DecodeColumn(FormatExample("streams of a block"), 3, streams).ok());
  EXPECT_TRUE(streams == ExampleStreams());
  MetricColumn metric;
  ASSERT_TRUE(DecodeColumn(FormatExample("column of a metric and block"), 3, metric).ok());
  EXPECT_EQ(metric.items, ExampleMetric().items);
}

TEST(DayColumns, TheirKeysComeAfterThoseOfAllTallies) {
  EXPECT_LT(EncodeKey(TallyKey{{UINT32_MAX - 1}, "zzz"}), FirstColumnKey());
  EXPECT_LT(FirstColumnKey(), EncodeStreamsColumnKey(0));
  EXPECT_LT(EncodeStreamsColumnKey(UINT32_MAX), EncodeColumnKey({1}, 0));
  EXPECT_LT(EncodeColumnKey({1}, 255), EncodeColumnKey({1}, 256));
  EXPECT_LT(EncodeColumnKey({1}, UINT32_MAX), EncodeColumnKey({2}, 0));
  const auto key = DecodeTallyKey(EncodeColumnKey({9}, 3));
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->metric, kDayColumns);
  EXPECT_FALSE(IsDistribution(*key));
  EXPECT_EQ(ColumnBlockOf({255}), 0U);
  EXPECT_EQ(ColumnBlockOf({256}), 1U);
}

TEST(DayColumns, RandomOnesComeBack) {
  std::mt19937 random(7);
  StreamsColumn streams_back;
  MetricColumn metric_back;
  for (int round = 0; round < Rounds(2'000); ++round) {
    const auto block =
        static_cast<uint32_t>(random() % 3 == 0 ? UINT32_MAX / kSourcesPerColumn : random() % 1000);
    const StreamsColumn streams = RandomStreams(random, block);
    ASSERT_TRUE(DecodeColumn(EncodeColumn(streams, block), block, streams_back).ok()) << round;
    ASSERT_TRUE(streams_back == streams) << round;
    const MetricColumn metric = RandomMetric(random, block);
    ASSERT_TRUE(DecodeColumn(EncodeColumn(metric, block), block, metric_back).ok()) << round;
    ASSERT_EQ(metric_back.items, metric.items) << round;
  }
}

TEST(DayColumns, AreDamagedWhereARuleIsBroken) {
  const auto streams = [](const char* hex) {
    return Decode<StreamsColumn>(FromHex(hex), 3).code();
  };
  ASSERT_EQ(streams("00 01 01 05 01 0a 0a"), Code::kOk) << "seconds 5 and 15";
  const char* bad_streams[] = {
      "80 02 00",                          // source 256 of the block
      "ff 01 00  01 00",                   // the same in two steps
      "02 00  00 00",                      // a source twice
      "00",                                // no number of streams
      "00 09",                             // nine streams
      "00 01 00",                          // a stream without spans
      "00 01 02 05 00 00 00",              // a span where the one before ends
      "00 01 01 80 a3 05 00",              // second 86400
      "00 01 01 05 01 fb a2 05 fb a2 05",  // one that ends there
      "00 01 01 05 01 00 00",              // two reports of a second
      "00 01 01 05 02 0a 0a",              // a gap that leaves no second for the other
      "00 01 01 05 02 0a 04",              // two gaps of at most 4 in 10 seconds
      "00 01 01 05 01 0a 09",              // a longest gap that is none of them
      "00 01 01 05 ff ff ff ff 0f 0a 0a",  // 2^32 reports
      "00 01 41",                          // 65 spans
  };
  for (const char* hex : bad_streams) EXPECT_EQ(streams(hex), Code::kDataLoss) << hex;

  const auto metric = [](const char* hex) { return Decode<MetricColumn>(FromHex(hex), 3).code(); };
  ASSERT_EQ(metric("00 02 08 03 02 06  02 00 04"), Code::kOk);
  const char* bad_metrics[] = {
      "80 02 01 08 00 06",                       // source 256 of the block
      "02 01 08 00 06  00 01 08 00 06",          // a source twice
      "00 00",                                   // a source without items
      "00 81 20 08 00 06",                       // 4097 items
      "00 01 00 00 06",                          // label set 0
      "00 01 01 00 06",                          // label set -1
      "00 01 80 80 80 80 20 00 06",              // label set 2^32
      "00 02 08 00 06  01 00 06",                // a label set after a higher one
      "00 02 08 03 02 06  00 02 06",             // one in a span that it has a value for
      "00 02 08 02 06  00 00 06",                // spans that descend
      "00 01 08 80 01 06",                       // span 64
      "00 01 08 7f 00 06",                       // spans 63 and 64
      "00 01 08 01 3f 06",                       // 65 spans
      "00 01 08 00 01 7f f8 00 00 00 00 00 00",  // NaN
      "00 01 08 00 03",                          // no value
  };
  for (const char* hex : bad_metrics) EXPECT_EQ(metric(hex), Code::kDataLoss) << hex;

  // There is no such block.
  EXPECT_EQ(Decode<StreamsColumn>("", UINT32_MAX / kSourcesPerColumn + 1).code(), Code::kDataLoss);
  EXPECT_EQ(Decode<MetricColumn>("", UINT32_MAX / kSourcesPerColumn + 1).code(), Code::kDataLoss);
}

// What is accepted holds what readers rely on, whatever the bytes were.
void ExpectSound(const StreamsColumn& column, size_t bytes) {
  ASSERT_LE(column.sources.size() + column.spans.size(), bytes);
  uint32_t stream = 0;
  uint32_t span = 0;
  for (size_t i = 0; i < column.sources.size(); ++i) {
    ASSERT_EQ(ColumnBlockOf(column.sources[i].source), 3U);
    if (i > 0) {
      ASSERT_LT(column.sources[i - 1].source, column.sources[i].source);
    }
    ASSERT_LE(column.sources[i].streams_end - stream, kStreamSlots);
    const uint32_t first = span;
    for (; stream < column.sources[i].streams_end; ++stream) {
      ASSERT_GT(column.streams[stream], span);
      for (uint32_t end = 0; span < column.streams[stream]; ++span) {
        const ReportSpan& one = column.spans[span];
        ASSERT_TRUE(one.first > end || end == 0);
        ASSERT_LE(one.first, one.last);
        ASSERT_LT(one.last, 86'400U);
        ASSERT_LE(one.longest_gap, one.last - one.first);
        ASSERT_GE(one.reports, 1U);
        end = one.last;
      }
    }
    ASSERT_LE(span - first, kMostSpansOfSource);
  }
  ASSERT_EQ(stream, column.streams.size());
  ASSERT_EQ(span, column.spans.size());
}

void ExpectSound(const MetricColumn& column, size_t bytes) {
  ASSERT_LE(column.items.size() * 3, bytes);
  const MetricColumn::Item* before = nullptr;
  for (const MetricColumn::Item& item : column.items) {
    ASSERT_EQ(ColumnBlockOf(item.source), 3U);
    ASSERT_GT(item.label_set.value, 0U);
    ASSERT_LT(item.first_span, item.end_span);
    ASSERT_LE(item.end_span, kMostSpansOfSource);
    ASSERT_EQ(item.value, item.value);
    if (before != nullptr) {
      ASSERT_LT(std::tuple(before->source, before->label_set, before->end_span - 1),
                std::tuple(item.source, item.label_set, item.first_span));
    }
    before = &item;
  }
}

template <typename Column>
void ReadHostile(const std::string& bytes) {
  Column column;
  const Status status = DecodeColumn(bytes, 3, column);
  ASSERT_TRUE(status.ok() || status.code() == Code::kDataLoss);
  if (status.ok()) ExpectSound(column, bytes.size());
}

TEST(DayColumns, TruncatedAndFlippedBytesAreDamageOrASoundColumn) {
  std::mt19937 random(11);
  for (int round = 0; round < Rounds(200); ++round) {
    const std::string streams = EncodeColumn(RandomStreams(random, 3), 3);
    const std::string metric = EncodeColumn(RandomMetric(random, 3), 3);
    for (size_t size = 0; size < streams.size(); ++size) {
      ASSERT_NO_FATAL_FAILURE(ReadHostile<StreamsColumn>(streams.substr(0, size)));
    }
    for (size_t size = 0; size < metric.size(); ++size) {
      ASSERT_NO_FATAL_FAILURE(ReadHostile<MetricColumn>(metric.substr(0, size)));
    }
    for (std::string bytes : {streams, metric}) {
      if (bytes.empty()) continue;
      for (int flips = 0; flips < 50; ++flips) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
        ASSERT_NO_FATAL_FAILURE(ReadHostile<StreamsColumn>(bytes));
        ASSERT_NO_FATAL_FAILURE(ReadHostile<MetricColumn>(bytes));
      }
    }
  }
}

TEST(DayColumns, RandomBytesAreDamageOrASoundColumn) {
  std::mt19937 random(13);
  for (int round = 0; round < Rounds(50'000); ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 4 == 0 ? random() : random() % 8);
    ASSERT_NO_FATAL_FAILURE(ReadHostile<StreamsColumn>(bytes));
    ASSERT_NO_FATAL_FAILURE(ReadHostile<MetricColumn>(bytes));
  }
}

}  // namespace
}  // namespace rollcall::storage
