#include "storage/keys.h"

#include <algorithm>
#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;

const Day kKeyDay{20519};
const Month kKeyMonth = Month::FromYearMonth(2026, 3);

void ExpectExample(const std::string& name, const std::string& key) {
  EXPECT_EQ(ToHex(key), ToHex(FormatExample(name))) << name;
}

// Numbers in which a wrong order of bytes or a lost one would show.
uint32_t RandomNumber(std::mt19937& random) {
  const uint32_t edges[] = {0, 1, 255, 256, 65535, 65536, UINT32_MAX};
  return random() % 2 == 0 ? edges[random() % std::size(edges)]
                           : static_cast<uint32_t>(random()) >> (random() % 32);
}

// That keys sort as what they stand for, and are read back.
template <typename Key, typename Make, typename Decode>
void ExpectOrderAndRoundTrip(Make make, Decode decode) {
  std::mt19937 random(7);
  std::vector<Key> keys;
  for (int i = 0; i < 500; ++i) keys.push_back(make(random));
  for (const Key& a : keys) {
    const auto back = decode(EncodeKey(a));
    ASSERT_TRUE(back.has_value());
    ASSERT_TRUE(*back == a);
    for (const Key& b : keys) ASSERT_EQ(a < b, EncodeKey(a) < EncodeKey(b));
  }
}

// That only bytes of exactly the key's size are a key.
template <typename Decode>
void ExpectOneSize(size_t size, Decode decode) {
  for (size_t n = 0; n < 40; ++n) {
    EXPECT_EQ(decode(std::string(n, '\1')).has_value(), n == size) << n;
    EXPECT_EQ(decode(std::string(n, '\xff')).has_value(), n == size) << n;
  }
  EXPECT_FALSE(decode(std::string(1 << 20, '\0')).has_value());
}

TEST(Keys, AreTheBytesOfTheFormat) {
  ExpectExample("key of chunks: 2026-03-07, fleet 1, source 812",
                EncodeKey(ChunkKey{kKeyDay, {1}, {812}}));
  ExpectExample("key of peaks: 2026-03, fleet 1, source 812",
                EncodeKey(PeaksKey{kKeyMonth, {1}, {812}}));
  ExpectExample("key of totals: 2026-03, fleet 1, metric 9, label set 12",
                EncodeKey(TotalsKey{kKeyMonth, {1}, {9}, {12}}));
  ExpectExample("key of windows: 2026-03, fleet 1", EncodeKey(WindowKey{kKeyMonth, {1}}));
  ExpectExample("key of sources: fleet 1, id c1", EncodeSourceKey({1}, "c1"));
  ExpectExample("key of source_ids: source 812", EncodeKey(SourceRef{812}));
  ExpectExample("key of labels: label set 12", EncodeKey(LabelSetRef{12}));
  ExpectExample("key of label_refs: high 0x0102030405060708, low 0x090a0b0c0d0e0f10",
                EncodeKey(Hash128{0x0102030405060708U, 0x090A0B0C0D0E0F10U}));
}

TEST(Keys, OfChunksSortByDayThenFleetThenSource) {
  ExpectOrderAndRoundTrip<ChunkKey>(
      [](std::mt19937& r) {
        return ChunkKey{
            {RandomNumber(r)}, {static_cast<uint16_t>(RandomNumber(r))}, {RandomNumber(r)}};
      },
      DecodeChunkKey);
}

TEST(Keys, OfPeaksSortByMonthThenFleetThenSource) {
  ExpectOrderAndRoundTrip<PeaksKey>(
      [](std::mt19937& r) {
        return PeaksKey{
            {RandomNumber(r)}, {static_cast<uint16_t>(RandomNumber(r))}, {RandomNumber(r)}};
      },
      DecodePeaksKey);
}

TEST(Keys, OfWindowsSortByMonthThenFleet) {
  ExpectOrderAndRoundTrip<WindowKey>(
      [](std::mt19937& r) {
        return WindowKey{{RandomNumber(r)}, {static_cast<uint16_t>(RandomNumber(r))}};
      },
      DecodeWindowKey);
}

TEST(Keys, OfTotalsSortByMonthFleetMetricLabelSet) {
  ExpectOrderAndRoundTrip<TotalsKey>(
      [](std::mt19937& r) {
        return TotalsKey{{RandomNumber(r)},
                         {static_cast<uint16_t>(RandomNumber(r))},
                         {RandomNumber(r)},
                         {RandomNumber(r)}};
      },
      DecodeTotalsKey);
}

TEST(Keys, OfAnotherSizeAreNoKeys) {
  ExpectOneSize(10, DecodeChunkKey);
  ExpectOneSize(10, DecodePeaksKey);
  ExpectOneSize(6, DecodeWindowKey);
  ExpectOneSize(14, DecodeTotalsKey);
}

TEST(Keys, APrefixStandsBeforeAllItsKeysAndBehindAllEarlierOnes) {
  const ChunkKey first{kKeyDay, {1}, {0}};
  const ChunkKey last{kKeyDay, {1}, {UINT32_MAX}};
  EXPECT_LT(EncodePrefix(kKeyDay.number), EncodeKey(ChunkKey{kKeyDay, {0}, {0}}));
  EXPECT_LT(EncodeKey(ChunkKey{{kKeyDay.number - 1}, {UINT16_MAX}, {UINT32_MAX}}),
            EncodePrefix(kKeyDay.number));
  EXPECT_LT(EncodePrefix(kKeyDay.number, {1}), EncodeKey(first));
  EXPECT_LT(EncodeKey(last), EncodePrefix(kKeyDay.number, {2}));
  EXPECT_LT(EncodeKey(ChunkKey{kKeyDay, {UINT16_MAX}, {UINT32_MAX}}),
            EncodePrefix(kKeyDay.number + 1));

  const WindowKey window{kKeyMonth, {1}};
  EXPECT_LT(EncodeTotalsPrefix(window, {9}), EncodeKey(TotalsKey{kKeyMonth, {1}, {9}, {0}}));
  EXPECT_LT(EncodeKey(TotalsKey{kKeyMonth, {1}, {9}, {UINT32_MAX}}),
            EncodeTotalsPrefix(window, {10}));
}

TEST(Keys, ARangeHasEveryKeyOfItsPrefixAndNoOther) {
  for (const FleetRef fleet : {FleetRef{1}, FleetRef{255}, FleetRef{UINT16_MAX}}) {
    const KeyRange range = RangeOf(kKeyDay.number, fleet);
    EXPECT_LE(range.begin, EncodeKey(ChunkKey{kKeyDay, fleet, {0}}));
    EXPECT_LT(EncodeKey(ChunkKey{kKeyDay, fleet, {UINT32_MAX}}), range.end);
    EXPECT_LE(range.end, EncodeKey(ChunkKey{{kKeyDay.number + 1}, {0}, {0}}));
    const FleetRef before{static_cast<uint16_t>(fleet.value - 1)};
    EXPECT_LT(EncodeKey(ChunkKey{kKeyDay, before, {UINT32_MAX}}), range.begin);
    const KeyRange sources = RangeOfSources(fleet);
    EXPECT_LT(sources.begin, EncodeSourceKey(fleet, "a"));
    EXPECT_TRUE(sources.end.empty() || EncodeSourceKey(fleet, std::string(253, 'z')) < sources.end);
  }
  EXPECT_EQ(RangeOf(std::string("\xff\xff")).end, "");
  EXPECT_EQ(ToHex(RangeOf(std::string("\1\xff")).end), ToHex("\2"));
}

TEST(Keys, AMetricsRowStandsBeforeThoseOfItsLabelSets) {
  EXPECT_LT(EncodeKey(TotalsKey{kKeyMonth, {1}, {9}, {0}}),
            EncodeKey(TotalsKey{kKeyMonth, {1}, {9}, {9}}));
}

TEST(Keys, OfSourcesHoldTheWholeIdWhateverItsSize) {
  const std::string id(253, 'x');
  EXPECT_EQ(EncodeSourceKey({258}, id), "\1\2" + id);
  EXPECT_NE(EncodeSourceKey({1}, "a"), EncodeSourceKey({2}, "a"));
}

}  // namespace
}  // namespace rollcall::storage
