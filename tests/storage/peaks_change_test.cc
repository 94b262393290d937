// Changes of a peaks row as bytes, and as the store merges them.
#include "storage/peaks_change.h"

#include <random>

#include "storage/row_codec.h"
#include "tests/model/random_reports.h"
#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::RandomReports;
using rollcall::test::ToHex;

// The row of FORMAT.md's examples after its change.
PeaksRow ChangedExample() {
  PeaksRow row;
  row.active_days = 1U << 0 | 1U << 6 | 1U << 8;
  row.metrics = {{{1}, 1, 1}, {{3}, 6, 4}};
  row.series = {{{2}, true, 1}, {{4}, true, 3}, {{5}, false, 2.5}, {{7}, true, 1.5}};
  return row;
}

PeaksRow ExamplePeaks() {
  PeaksRow row;
  EXPECT_TRUE(DecodePeaks(FormatExample("peaks"), row).ok());
  return row;
}

TEST(PeaksChange, IsTheBytesOfTheFormat) {
  const std::string bytes = FormatExample("change of peaks");
  EXPECT_EQ(ToHex(EncodePeaksChange(ExamplePeaks(), ChangedExample())), ToHex(bytes));
  PeaksChanges changes;
  ASSERT_TRUE(changes.Add(bytes).ok());
  EXPECT_EQ(changes.ApplyTo(ExamplePeaks()), ChangedExample());
}

TEST(PeaksChange, ManyTakenTogetherMakeTheRowThatEachAfterTheOtherMade) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    RandomReports reports(seed);
    PeaksRow first;
    for (unsigned i = reports.Below(4); i > 0; --i) AddReport(reports.Next(), 1, first);
    PeaksRow last = first;
    PeaksChanges changes;
    for (unsigned day = 1; day <= 1 + reports.Below(20); ++day) {
      PeaksRow next;
      AddReport(reports.Next(), day, last, next);
      ASSERT_TRUE(changes.Add(EncodePeaksChange(last, next)).ok());
      last = next;
    }
    ASSERT_EQ(changes.ApplyTo(first), last) << seed;
  }
}

TEST(PeaksChange, APartOfOneIsDamageAndChangesNothing) {
  const std::string bytes = FormatExample("change of peaks");
  for (size_t size = 0; size < bytes.size(); ++size) {
    PeaksChanges changes;
    EXPECT_EQ(changes.Add(bytes.substr(0, size)).code(), Code::kDataLoss) << size;
    EXPECT_EQ(changes.ApplyTo(ExamplePeaks()), ExamplePeaks());
  }
}

TEST(PeaksChange, RandomBytesAreDamageOrMakeARowThatCanBeStored) {
  std::mt19937 random(1);
  const std::string good = FormatExample("change of peaks");
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = good;
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    PeaksChanges changes;
    if (!changes.Add(bytes).ok()) continue;
    const PeaksRow row = changes.ApplyTo(ExamplePeaks());
    PeaksRow back;
    ASSERT_TRUE(DecodePeaks(EncodePeaks(row), back).ok()) << ToHex(bytes);
    ASSERT_EQ(back, row) << ToHex(bytes);
  }
}

class MergedPeaksTest : public rollcall::test::StoreTest {
 protected:
  void Merge(const std::string& change) {
    Commit([&](Transaction& transaction) { transaction.Merge(Table::kPeaks, "key", change); });
  }
  std::string Stored() { return ToHex(Get(Table::kPeaks, "key")); }
};

TEST_F(MergedPeaksTest, AReaderFindsTheRowWithItsChangesWhereverTheyAre) {
  const std::string wanted = ToHex(EncodePeaks(ChangedExample()));
  Put(Table::kPeaks, "key", FormatExample("peaks"));
  Merge(FormatExample("change of peaks"));
  EXPECT_EQ(Stored(), wanted);
  Reopen();
  EXPECT_EQ(Stored(), wanted);
  Merge(FormatExample("change of peaks"));
  Reopen();
  EXPECT_EQ(Stored(), wanted);
  ASSERT_TRUE(store().Compact().ok());
  EXPECT_EQ(Stored(), wanted);
}

TEST_F(MergedPeaksTest, DamageOfTheRowOrOfAChangeIsPassedOnToWhoDecodesIt) {
  const std::string good = FormatExample("peaks");
  const std::string change = FormatExample("change of peaks");
  PeaksRow row;
  Put(Table::kPeaks, "key", good.substr(0, 5));
  Merge(change);
  EXPECT_EQ(Stored(), ToHex(good.substr(0, 5)));
  Put(Table::kPeaks, "key", good);
  Merge(change.substr(0, 4));
  EXPECT_EQ(DecodePeaks(Get(Table::kPeaks, "key"), row).code(), Code::kDataLoss);
  Put(Table::kPeaks, "key", good);
  EXPECT_EQ(Stored(), ToHex(good));
}

}  // namespace
}  // namespace rollcall::storage
