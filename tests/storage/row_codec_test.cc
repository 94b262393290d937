#include "storage/row_codec.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::FromHex;
using rollcall::test::ToHex;

// The row of FORMAT.md's example.
PeaksRow EncodedPeaks() {
  PeaksRow row;
  row.active_days = 1U << 0 | 1U << 6;
  row.metrics = {{{1}, 1, 1}, {{3}, 5, 3}};
  row.series = {{{2}, true, 1}, {{4}, false, 3}, {{5}, true, 2.5}};
  return row;
}

TotalsRow ExampleTotals() {
  TotalsRow row;
  row[Span::kQuarter] = {2, ExactSum::Of(7), ExactSum()};
  row[Span::kYear] = {3, ExactSum::Of(7.5), ExactSum::Of(7.5)};
  return row;
}

WindowRecord ExampleWindow() {
  return {true, UnixSeconds(std::chrono::seconds(1775026860)), {"kafka", "vpn"}};
}

PeaksRow RandomPeaks(std::mt19937& random) {
  const auto value = [&]() -> double {
    const double values[] = {0, -1, 0.5, 1e308, -1e-9, 4611686018427387904.0};
    return random() % 3 == 0 ? values[random() % std::size(values)]
                             : static_cast<double>(random() % 100'000);
  };
  const auto refs = [&](size_t most) {
    std::set<uint32_t> some;
    for (size_t i = random() % most + 1; i > 0; --i) {
      some.insert(1 + static_cast<uint32_t>(random()) % (random() % 2 == 0 ? 300U : UINT32_MAX));
    }
    return some;
  };
  PeaksRow row;
  row.active_days = static_cast<uint32_t>(random());
  if (random() % 10 == 0) return row;
  for (const uint32_t metric : refs(6)) {
    for (const uint32_t label_set : refs(10)) {
      row.series.push_back({{label_set}, random() % 2 == 0, value()});
    }
    row.metrics.push_back({{metric}, value(), row.series.size()});
  }
  return row;
}

ExactSum RandomSum(std::mt19937& random) {
  const auto units = static_cast<__int128>(static_cast<unsigned __int128>(random()) << 96 |
                                           static_cast<unsigned __int128>(random()) << 64 |
                                           static_cast<unsigned __int128>(random()) << 32);
  return ExactSum::FromUnits((units >> (random() % 128)) + (random() % 2 == 0 ? 0 : random()));
}

TotalsRow RandomTotals(std::mt19937& random) {
  TotalsRow row;
  for (Totals& span : row.spans) {
    if (random() % 4 == 0) continue;
    span.sources = static_cast<int64_t>(random()) - (1LL << 31);
    span.sum =
        random() % 2 == 0 ? RandomSum(random) : ExactSum::Of(static_cast<double>(random() % 1000));
    if (random() % 2 == 0) span.report_sum = RandomSum(random);
  }
  return row;
}

WindowRecord RandomWindow(std::mt19937& random) {
  WindowRecord record;
  record.final = random() % 4 != 0;
  if (!record.final) return record;
  record.computed_at =
      UnixSeconds(std::chrono::seconds(static_cast<int64_t>(random()) - 1'000'000));
  for (size_t i = random() % 5; i > 0; --i) {
    std::string name(random() % 200, '\0');
    for (char& c : name) c = static_cast<char>(random());
    record.app_names.push_back(std::move(name));
  }
  return record;
}

// What a decoder makes of bytes: never a crash, and DataLoss or something that is sound.
void DecodeAll(std::string_view bytes) {
  PeaksRow peaks;
  const Status peaks_status = DecodePeaks(bytes, peaks);
  EXPECT_TRUE(peaks_status.ok() || peaks_status.code() == Code::kDataLoss);
  EXPECT_LE(peaks.series.size() + peaks.metrics.size(), bytes.size() + 1);
  if (peaks_status.ok()) {
    PeaksRow again;
    ASSERT_TRUE(DecodePeaks(EncodePeaks(peaks), again).ok());
    ASSERT_EQ(again, peaks);
  }
  TotalsRow totals;
  const Status totals_status = DecodeTotals(bytes, totals);
  EXPECT_TRUE(totals_status.ok() || totals_status.code() == Code::kDataLoss);
  if (totals_status.ok()) {
    TotalsRow again;
    ASSERT_TRUE(DecodeTotals(EncodeTotals(totals), again).ok());
    ASSERT_EQ(again, totals);
  }
  WindowRecord window;
  const Status window_status = DecodeWindow(bytes, window);
  EXPECT_TRUE(window_status.ok() || window_status.code() == Code::kDataLoss);
  EXPECT_LE(window.app_names.size(), bytes.size());
}

// What all three decoders have in common with a row that was written and then damaged.
void DamageEveryWay(const std::string& bytes) {
  for (size_t size = 0; size < bytes.size(); ++size) DecodeAll(bytes.substr(0, size));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    DecodeAll(flipped);
  }
}

TEST(RowCodec, PeaksAreTheBytesOfTheFormat) {
  const std::string bytes = FormatExample("peaks");
  EXPECT_EQ(ToHex(EncodePeaks(EncodedPeaks())), ToHex(bytes));
  PeaksRow row;
  ASSERT_TRUE(DecodePeaks(bytes, row).ok());
  EXPECT_EQ(row, EncodedPeaks());
}

TEST(RowCodec, TotalsAreTheBytesOfTheFormat) {
  const std::string bytes = FormatExample("totals");
  EXPECT_EQ(ToHex(EncodeTotals(ExampleTotals())), ToHex(bytes));
  TotalsRow row;
  ASSERT_TRUE(DecodeTotals(bytes, row).ok());
  EXPECT_EQ(row, ExampleTotals());
}

TEST(RowCodec, WindowsAreTheBytesOfTheFormat) {
  const std::string open = FormatExample("windows: not final");
  const std::string closed = FormatExample("windows: final, 2026-04-01 07:01:00, kafka vpn");
  EXPECT_EQ(ToHex(EncodeWindow(WindowRecord())), ToHex(open));
  EXPECT_EQ(ToHex(EncodeWindow(ExampleWindow())), ToHex(closed));
  WindowRecord record = ExampleWindow();
  ASSERT_TRUE(DecodeWindow(open, record).ok());
  EXPECT_EQ(record, WindowRecord());
  ASSERT_TRUE(DecodeWindow(closed, record).ok());
  EXPECT_EQ(record, ExampleWindow());
}

TEST(RowCodec, RandomRowsAreReadBackAsTheyWere) {
  std::mt19937 random(21);
  for (int round = 0; round < 3000; ++round) {
    const PeaksRow peaks = RandomPeaks(random);
    PeaksRow peaks_back = EncodedPeaks();
    ASSERT_TRUE(DecodePeaks(EncodePeaks(peaks), peaks_back).ok()) << round;
    ASSERT_EQ(peaks_back, peaks) << round;
    const TotalsRow totals = RandomTotals(random);
    TotalsRow totals_back = ExampleTotals();
    ASSERT_TRUE(DecodeTotals(EncodeTotals(totals), totals_back).ok()) << round;
    ASSERT_EQ(totals_back, totals) << round;
    const WindowRecord window = RandomWindow(random);
    WindowRecord window_back = ExampleWindow();
    ASSERT_TRUE(DecodeWindow(EncodeWindow(window), window_back).ok()) << round;
    ASSERT_EQ(window_back, window) << round;
  }
}

TEST(RowCodec, ARowCutShortIsDataLoss) {
  std::mt19937 random(22);
  for (int round = 0; round < 50; ++round) {
    const std::string peaks = EncodePeaks(RandomPeaks(random));
    PeaksRow row;
    for (size_t size = 0; size < peaks.size(); ++size) {
      ASSERT_FALSE(DecodePeaks(peaks.substr(0, size), row).ok()) << size;
    }
    const std::string totals = EncodeTotals(RandomTotals(random));
    TotalsRow totals_row;
    for (size_t size = 0; size < totals.size(); ++size) {
      ASSERT_FALSE(DecodeTotals(totals.substr(0, size), totals_row).ok()) << size;
    }
    const std::string window = EncodeWindow(RandomWindow(random));
    WindowRecord record;
    for (size_t size = 0; size < window.size(); ++size) {
      ASSERT_FALSE(DecodeWindow(window.substr(0, size), record).ok()) << size;
    }
  }
}

TEST(RowCodec, BytesBehindARowAreDataLoss) {
  PeaksRow peaks;
  TotalsRow totals;
  WindowRecord window;
  EXPECT_EQ(DecodePeaks(EncodePeaks(EncodedPeaks()) + '\0', peaks).code(), Code::kDataLoss);
  EXPECT_EQ(DecodeTotals(EncodeTotals(ExampleTotals()) + '\0', totals).code(), Code::kDataLoss);
  EXPECT_EQ(DecodeWindow(EncodeWindow(ExampleWindow()) + '\0', window).code(), Code::kDataLoss);
  EXPECT_EQ(DecodeTotals(std::string(4, '\0'), totals).message(),
            "decode totals: not a whole row in 4 bytes");
}

TEST(RowCodec, DamagedRowsNeverCrash) {
  std::mt19937 random(23);
  DamageEveryWay(EncodePeaks(EncodedPeaks()));
  DamageEveryWay(EncodeTotals(ExampleTotals()));
  DamageEveryWay(EncodeWindow(ExampleWindow()));
  for (int round = 0; round < 20; ++round) {
    DamageEveryWay(EncodePeaks(RandomPeaks(random)));
    DamageEveryWay(EncodeTotals(RandomTotals(random)));
  }
}

TEST(RowCodec, RandomBytesNeverCrash) {
  std::mt19937 random(24);
  for (int round = 0; round < 30'000; ++round) {
    std::string bytes(random() % 60, '\0');
    const unsigned mask = round % 2 == 0 ? 0xFFU : 0x0FU;
    for (char& c : bytes) c = static_cast<char>(random() & mask);
    DecodeAll(bytes);
    if (HasFailure()) FAIL() << ToHex(bytes);
  }
}

TEST(RowCodec, NumbersOutOfOrderOrRangeAreRefused) {
  const char* const rows[] = {
      "80 80 80 80 10 00",                                               // 2^32 active days
      "01 01 00 01 02 05 02",                                            // metric 0
      "01 01 01 00 02",                                                  // a metric without series
      "01 01 01 01 02 01 02",                                            // label set 0
      "01 01 01 02 02 05 02 00 02",                                      // the same label set twice
      "01 01 80 80 80 80 10 01 02 05 02",                                // metric 2^32
      "01 01 01 01 02 80 80 80 80 20 02",                                // label set 2^32
      "01 02 05 01 02 05 02 fc ff ff ff ff ff ff ff ff 01 01 02 05 02",  // 5 - 4, modulo 2^64
      "01 01 01 01 01 7f f8 00 00 00 00 00 00 05 02",                    // NaN
      "01 80 80 80 80 80 80 80 80 80 01",                                // 2^63 metrics
      "01 01 01 80 80 80 80 80 80 80 80 80 01 02 05 02"};                // 2^63 series
  for (const char* const bytes : rows) {
    PeaksRow row;
    EXPECT_EQ(DecodePeaks(FromHex(bytes), row).code(), Code::kDataLoss) << bytes;
    EXPECT_LE(row.series.capacity(), 16U) << bytes;
  }
}

TEST(RowCodec, UnknownFlagsAreRefused) {
  TotalsRow totals;
  EXPECT_FALSE(DecodeTotals(FromHex("08 02 02 00 00"), totals).ok());
  EXPECT_FALSE(DecodeTotals(FromHex("02 02 02 00 00"), totals).ok());
  EXPECT_FALSE(DecodeTotals(FromHex("09 02 02 00 00"), totals).ok());
  WindowRecord window;
  EXPECT_FALSE(DecodeWindow(FromHex("02"), window).ok());
  EXPECT_FALSE(DecodeWindow(FromHex("03 00 00"), window).ok());
}

TEST(RowCodec, ASumTooLargeForItsUnitsIsDataLoss) {
  // 2^95 whole ones are 2^127 units: one more than there are. Zigzag 2^96.
  TotalsRow totals;
  EXPECT_FALSE(
      DecodeTotals(FromHex("01 02 80 80 80 80 80 80 80 80 80 80 80 80 80 20 00 00"), totals).ok());
  // -2^95 fits. Zigzag 2^96 - 1.
  ASSERT_TRUE(
      DecodeTotals(FromHex("01 02 ff ff ff ff ff ff ff ff ff ff ff ff ff 1f 00 00"), totals).ok());
  EXPECT_EQ(totals[Span::kMonth].sum.ToInt64(), INT64_MIN);
}

TEST(RowCodec, AWindowWithMoreNamesThanBytesTakesNoMemory) {
  WindowRecord record;
  EXPECT_FALSE(DecodeWindow(FromHex("01 00 80 80 80 80 80 80 80 80 80 01 01 61"), record).ok());
  EXPECT_LE(record.app_names.size(), 2U);
}

TEST(RowCodec, AQuietTotalsRowIsThreeBytes) {
  EXPECT_EQ(ToHex(EncodeTotals(TotalsRow())), "00 00 00");
}

TEST(RowCodec, AVisitorSeesEachMetricBeforeItsSeries) {
  std::string seen;
  uint32_t active_days = 0;
  ASSERT_TRUE(VisitPeaks(
      EncodePeaks(EncodedPeaks()), active_days,
      [&](MetricRef metric, double sum) {
        seen += "metric " + std::to_string(metric.value) + " " + std::to_string(sum) + "\n";
      },
      [&](MetricRef metric, LabelSetRef label_set, double peak, bool current) {
        seen += std::to_string(metric.value) + "/" + std::to_string(label_set.value) + " " +
                std::to_string(peak) + (current ? " current\n" : "\n");
      }));
  EXPECT_EQ(active_days, 65U);
  EXPECT_EQ(seen,
            "metric 1 1.000000\n1/2 1.000000 current\nmetric 3 5.000000\n3/4 3.000000\n"
            "3/5 2.500000 current\n");
}

}  // namespace
}  // namespace rollcall::storage
