#include "storage/period_codec.h"

#include <random>

#include "tests/storage/format_examples.h"
#include "tests/support/rounds.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::FromHex;
using rollcall::test::ToHex;

const Period kQuarter = Period::Of(Window{Month::FromYearMonth(2026, 3), Span::kQuarter});
const Period kPeriodOfDay = Period::Of(Day{20519});

SourceSet SetOf(std::initializer_list<uint32_t> sources) {
  SourceSet set;
  for (const uint32_t source : sources) set.Add({source});
  return set;
}

PeriodHead ExampleHead() {
  return {std::chrono::sys_days(std::chrono::year(2026) / 4 / 1) + std::chrono::minutes(421),
          SetOf({9, 17, 24})};
}
Totals ExampleMetric() { return {3, ExactSum::Of(7), ExactSum::Of(5.5)}; }
LabelTally ExampleLabel() {
  LabelTally tally;
  tally.values = {{"Talos", 2, 2, ExactSum::Of(5)}, {"Ubuntu", 1, 0, ExactSum()}};
  tally.rest = {"", 4, 1, ExactSum::Of(2)};
  tally.rest_values = 3;
  return tally;
}

FigureDistribution ExampleFigure() {
  FigureDistribution figure;
  figure.counted = 4;
  figure.peak = {3, ExactSum::Of(44.5), 2, {2, 2.5, 40, 40, 40}, 40, {}};
  figure.peak.bins = {{2, 2, 1}, {2.5, 3, 1}, {40, 50, 1}};
  figure.latest = Distribution{1, ExactSum::Of(2), 2, {2, 2, 2, 2, 2}, 2, {{2, 2, 1}}};
  return figure;
}

Figure FigureOf(const std::string& metric, const std::string& label, const std::string& value) {
  Figure figure;
  figure.metric = metric;
  figure.label = label;
  figure.label_value = value;
  return figure;
}

LabelTally RandomLabel(std::mt19937& random) {
  LabelTally tally;
  for (size_t i = random() % 6; i > 0; --i) {
    ValueTally value{std::string(random() % 300, static_cast<char>(random())),
                     static_cast<int64_t>(random() >> (random() % 32)),
                     static_cast<int64_t>(random() >> (random() % 32)),
                     ExactSum::Of((static_cast<double>(random()) - 2e9) / 1024)};
    tally.values.push_back(std::move(value));
  }
  tally.rest_values = random() % 9;
  tally.rest.sum = ExactSum::Of(static_cast<double>(random() % 7));
  return tally;
}

TEST(PeriodCodec, WritesTheBytesOfTheFormat) {
  EXPECT_EQ(
      ToHex(EncodeKey(PeriodKey{kQuarter, {1}})),
      ToHex(FormatExample("key of periods: the head of 2026-03 and the 2 months before, fleet 1")));
  EXPECT_EQ(ToHex(EncodeKey(PeriodKey{Period::Last30(Day{20519}), {1}})),
            ToHex(FormatExample("key of periods: the head of 30 days to 2026-03-07, fleet 1")));
  EXPECT_EQ(ToHex(EncodeKey(PeriodKey{Period::Cut(Span::kQuarter, Day{20519}), {1}})),
            ToHex(FormatExample("key of periods: the head of a quarter to 2026-03-07, fleet 1")));
  EXPECT_EQ(ToHex(EncodeKey(PeriodKey{kPeriodOfDay, {1}}) + EncodeKey(TallyKey{{9}, "os"})),
            ToHex(FormatExample("key of periods: 2026-03-07, fleet 1, metric 9, label os")));
  EXPECT_EQ(
      ToHex(EncodeKey(PeriodKey{kPeriodOfDay, {1}}) + EncodeKey(TallyKey{kSourceSizes, "os"})),
      ToHex(FormatExample("key of periods: 2026-03-07, fleet 1, sizes by label os")));
  EXPECT_EQ(ToHex(EncodeKey(PeriodKey{
                      Period::Of(Window{Month::FromYearMonth(2026, 3), Span::kMonth}), {1}}) +
                  EncodeDistributionKey(FigureOf("m", "a", "1"))),
            ToHex(FormatExample(
                "key of periods: the month of 2026-03, fleet 1, distribution of m with a = 1")));
  EXPECT_EQ(ToHex(EncodePeriodHead(ExampleHead())), ToHex(FormatExample("period head")));
  EXPECT_EQ(ToHex(EncodeTally(ExampleMetric())), ToHex(FormatExample("metric tally")));
  EXPECT_EQ(ToHex(EncodeTally(ExampleLabel())), ToHex(FormatExample("label tally")));
  EXPECT_EQ(ToHex(EncodeTally(ExampleFigure())), ToHex(FormatExample("figure's distribution")));
}

TEST(PeriodCodec, ReadsTheBytesOfTheFormat) {
  PeriodHead head;
  ASSERT_TRUE(DecodePeriodHead(FormatExample("period head"), head).ok());
  EXPECT_EQ(head, ExampleHead());
  Totals metric;
  ASSERT_TRUE(DecodeTally(FormatExample("metric tally"), metric).ok());
  EXPECT_EQ(metric, ExampleMetric());
  LabelTally label;
  ASSERT_TRUE(DecodeTally(FormatExample("label tally"), label).ok());
  EXPECT_EQ(label, ExampleLabel());
  FigureDistribution figure;
  ASSERT_TRUE(DecodeTally(FormatExample("figure's distribution"), figure).ok());
  EXPECT_EQ(figure, ExampleFigure());
}

TEST(PeriodCodec, EveryTruncationOfADistributionIsDamageAndWithoutNumbersItIsShort) {
  const std::string bytes = EncodeTally(ExampleFigure());
  FigureDistribution back;
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(DecodeTally(bytes.substr(0, size), back).code(), Code::kDataLoss) << size;
  }
  EXPECT_FALSE(DecodeTally(bytes + '\0', back).ok());
  EXPECT_FALSE(DecodeTally(FromHex("02 00 00"), back).ok()) << "a flag that nobody knows";
  const FigureDistribution nothing{7, {}, std::nullopt};
  EXPECT_EQ(ToHex(EncodeTally(nothing)), "00 07 00");
  ASSERT_TRUE(DecodeTally(EncodeTally(nothing), back).ok());
  EXPECT_EQ(back, nothing);
  const FigureDistribution both_empty{7, {}, Distribution()};
  ASSERT_TRUE(DecodeTally(EncodeTally(both_empty), back).ok());
  EXPECT_EQ(back, both_empty);
}

TEST(PeriodCodec, ADistributionIsToldFromTheSizesOfEveryLabel) {
  const std::string key = EncodeDistributionKey(FigureOf("m", "", ""));
  const auto decoded = DecodeTallyKey(key);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_TRUE(IsDistribution(*decoded));
  EXPECT_FALSE(IsDistribution({kSourceSizes, "m"}));
  EXPECT_FALSE(IsDistribution({kSourceSizes, ""}));
  EXPECT_FALSE(IsDistribution({{9}, decoded->label}));
  EXPECT_NE(key, EncodeDistributionKey(FigureOf("m", "a", "1")));
}

TEST(PeriodCodec, KeysAreReadBackAndSortByPeriodThenFleetThenMetricThenLabel) {
  const std::string key =
      EncodeKey(PeriodKey{kPeriodOfDay, {1}}) + EncodeKey(TallyKey{{9}, "kernel"});
  EXPECT_EQ(DecodePeriodKey(key), (PeriodKey{kPeriodOfDay, {1}}));
  const auto tally = DecodeTallyKey(std::string_view(key).substr(7));
  ASSERT_TRUE(tally.has_value());
  EXPECT_EQ(tally->metric, MetricRef{9});
  EXPECT_EQ(tally->label, "kernel");
  EXPECT_LT(EncodeKey(PeriodKey{kPeriodOfDay, {1}}),
            EncodeKey(TallyKey{{9}, ""}).insert(0, key, 0, 7));
  EXPECT_LT(EncodeKey(TallyKey{{9}, ""}), EncodeKey(TallyKey{{9}, "a"}));
  EXPECT_LT(EncodeKey(TallyKey{{9}, "zz"}), EncodeKey(TallyKey{{10}, ""}));
  for (size_t size = 0; size < 7; ++size) EXPECT_FALSE(DecodePeriodKey(key.substr(0, size)));
  for (size_t size = 0; size < 4; ++size) EXPECT_FALSE(DecodeTallyKey(key.substr(0, size)));
}

TEST(PeriodCodec, ASetWithoutSourcesAndOneWithTheLastOfThemComeBack) {
  for (const SourceSet& set : {SourceSet(), SetOf({0}), SetOf({63}), SetOf({64}), SetOf({812}),
                               SetOf({1, 100'000}), SetOf({1'000'000})}) {
    PeriodHead head;
    const std::string bytes = EncodePeriodHead({UnixSeconds(), set});
    ASSERT_TRUE(DecodePeriodHead(bytes, head).ok());
    EXPECT_EQ(head.sources, set);
  }
  // Whoever is alone takes no room for those before it.
  EXPECT_LT(EncodePeriodHead({UnixSeconds(), SetOf({1'000'000})}).size(), 10U);
}

TEST(PeriodCodec, RandomTalliesComeBackAndEveryTruncationIsDamage) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const LabelTally tally = RandomLabel(random);
    const std::string bytes = EncodeTally(tally);
    LabelTally back;
    ASSERT_TRUE(DecodeTally(bytes, back).ok()) << round;
    ASSERT_EQ(back, tally) << round;
    for (size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_EQ(DecodeTally(bytes.substr(0, size), back).code(), Code::kDataLoss) << size;
    }
    ASSERT_FALSE(DecodeTally(bytes + '\0', back).ok());
  }
  const std::string metric = EncodeTally(ExampleMetric());
  Totals back;
  for (size_t size = 0; size < metric.size(); ++size) {
    EXPECT_FALSE(DecodeTally(metric.substr(0, size), back).ok()) << size;
  }
  EXPECT_FALSE(DecodeTally(metric + '\0', back).ok());
}

TEST(PeriodCodec, RandomBytesAreDamageOrNoMoreThanTheyAre) {
  std::mt19937 random(5);
  for (int round = 0; round < rollcall::test::Rounds(20'000); ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 4 == 0 ? random() : random() % 8);
    LabelTally label;
    if (DecodeTally(bytes, label).ok()) {
      ASSERT_LE(label.values.size(), bytes.size());
    }
    Totals metric;
    static_cast<void>(DecodeTally(bytes, metric));
    FigureDistribution figure;
    if (DecodeTally(bytes, figure).ok()) {
      ASSERT_LE(figure.peak.bins.size(), bytes.size());
    }
    PeriodHead head;
    static_cast<void>(DecodePeriodHead(bytes, head));
  }
  // A number of bytes left out that no set of sources has.
  PeriodHead head;
  EXPECT_FALSE(DecodePeriodHead(FromHex("00 ff ff ff ff 7f 01"), head).ok());
}

}  // namespace
}  // namespace rollcall::storage
