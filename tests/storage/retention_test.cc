#include "storage/retention.h"

#include "storage/day_columns.h"
#include "storage/keys.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

const Day kKeptDay{20519};
const Month kKeptMonth = Month::FromYearMonth(2026, 3);

class RetentionTest : public rollcall::test::StoreTest {
 protected:
  void FillDays(int from, int to) {
    for (int day = from; day <= to; ++day) {
      const Day at{kKeptDay.number + static_cast<uint32_t>(day)};
      for (const uint16_t fleet : std::initializer_list<uint16_t>{1, UINT16_MAX}) {
        Commit([&](Transaction& transaction) {
          transaction.Merge(Table::kChunks, EncodeKey(ChunkKey{at, {fleet}, {7}}), "x");
        });
      }
    }
  }
  void FillMonths(int from, int to) {
    for (int month = from; month <= to; ++month) {
      Put(Table::kPeaks, EncodeKey(PeaksKey{kKeptMonth.Plus(month), {1}, {7}}), "x");
    }
  }
  // The days, counted from March 7, that have chunks.
  std::string Days() {
    std::string text;
    for (Scan scan = store().NewScan(Table::kChunks, "", ""); scan.Valid(); scan.Next()) {
      const auto key = DecodeChunkKey(scan.key());
      text += " " + std::to_string(static_cast<int64_t>(key->day.number) - kKeptDay.number);
    }
    return text;
  }
  std::string Months() {
    std::string text;
    for (Scan scan = store().NewScan(Table::kPeaks, "", ""); scan.Valid(); scan.Next()) {
      text += " " + DecodePeaksKey(scan.key())->month.ToString();
    }
    return text;
  }
};

TEST_F(RetentionTest, ColumnsGoWithTheChunksOfTheirDaysAndTalliesStay) {
  for (int day = -3; day <= 1; ++day) {
    for (const uint16_t fleet : std::initializer_list<uint16_t>{1, 2, UINT16_MAX}) {
      const PeriodKey key{Period::Of(Day{kKeptDay.number + static_cast<uint32_t>(day)}), {fleet}};
      Put(Table::kPeriods, EncodeKey(key), "head");
      Put(Table::kPeriods, EncodeKey(key) + EncodeKey(TallyKey{{UINT32_MAX - 1}, "zz"}), "tally");
      // A day that nobody has counted since an earlier version did has none.
      if (day == -1) continue;
      Put(Table::kPeriods, EncodeKey(key) + EncodeStreamsColumnKey(0), "streams");
      Put(Table::kPeriods, EncodeKey(key) + EncodeColumnKey({9}, UINT32_MAX), "column");
    }
  }
  // Another kind of period, whose keys come next.
  Put(Table::kPeriods, EncodeKey(PeriodKey{Period::Of(Window{kKeptMonth, Span::kMonth}), {1}}),
      "head");
  // "day/fleet", with how many rows of columns, of all that have some; and all other rows.
  const auto rows = [&] {
    std::map<std::string, int> columns;
    int others = 0;
    for (Scan scan = store().NewScan(Table::kPeriods, "", ""); scan.Valid(); scan.Next()) {
      const PeriodKey key = *DecodePeriodKey(scan.key());
      if (!DecodeColumnKey(scan.key().substr(EncodeKey(key).size()))) {
        ++others;
        continue;
      }
      ++columns[std::to_string(static_cast<int64_t>(key.period.last) - kKeptDay.number) + "/" +
                std::to_string(key.fleet.value)];
    }
    std::string text = std::to_string(others) + ":";
    for (const auto& [day, count] : columns) text += " " + day + "=" + std::to_string(count);
    return text;
  };
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number - 2}).ok());
  EXPECT_EQ(rows(), "31: -2/1=2 -2/2=2 -2/65535=2 0/1=2 0/2=2 0/65535=2 1/1=2 1/2=2 1/65535=2");
  ASSERT_TRUE(DropChunksBefore(store(), FleetRef{2}, Day{kKeptDay.number + 1}).ok());
  EXPECT_EQ(rows(), "31: -2/1=2 -2/65535=2 0/1=2 0/65535=2 1/1=2 1/2=2 1/65535=2");
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number + 1}).ok());
  EXPECT_EQ(rows(), "31: 1/1=2 1/2=2 1/65535=2");
  ASSERT_TRUE(DropPeaksBefore(store(), kKeptMonth.Plus(12)).ok());
  EXPECT_EQ(rows(), "31: 1/1=2 1/2=2 1/65535=2");
  Reopen();
  EXPECT_EQ(rows(), "31: 1/1=2 1/2=2 1/65535=2");
}

TEST_F(RetentionTest, OfOneFleetMoreCanBeDroppedThanOfOthers) {
  FillDays(-3, 1);
  FillMonths(-2, 0);
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number - 2}).ok());
  ASSERT_TRUE(DropChunksBefore(store(), FleetRef{1}, kKeptDay).ok());
  EXPECT_EQ(Days(), " -2 -1 0 0 1 1");
  EXPECT_EQ(*FirstWholeDay(store(), FleetRef{1}), kKeptDay);
  EXPECT_EQ(*FirstWholeDay(store(), FleetRef{UINT16_MAX}), (Day{kKeptDay.number - 2}));
  EXPECT_EQ(*FirstWholeDay(store()), (Day{kKeptDay.number - 2}));
  ASSERT_TRUE(DropPeaksBefore(store(), FleetRef{2}, kKeptMonth).ok());
  EXPECT_EQ(Months(), " 2026-01 2026-02 2026-03") << "none of them is that fleet's";
  ASSERT_TRUE(DropPeaksBefore(store(), FleetRef{1}, kKeptMonth.Plus(-1)).ok());
  EXPECT_EQ(Months(), " 2026-02 2026-03");
  Reopen();
  EXPECT_EQ(*FirstWholeMonth(store(), FleetRef{1}), kKeptMonth.Plus(-1));
  EXPECT_EQ(*FirstWholeMonth(store(), FleetRef{3}), Month{0});
  // What was dropped of all holds for each.
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number + 1}).ok());
  EXPECT_EQ(*FirstWholeDay(store(), FleetRef{1}), (Day{kKeptDay.number + 1}));
}

TEST_F(RetentionTest, NothingWasDroppedFromANewStore) {
  EXPECT_EQ(*FirstWholeDay(store()), Day{0});
  EXPECT_EQ(*FirstWholeMonth(store()), Month{0});
}

TEST_F(RetentionTest, ChunksBeforeADayAreDroppedOfAllFleets) {
  FillDays(-3, 1);
  FillMonths(-2, 0);
  ASSERT_TRUE(DropChunksBefore(store(), kKeptDay).ok());
  EXPECT_EQ(Days(), " 0 0 1 1");
  EXPECT_EQ(Months(), " 2026-01 2026-02 2026-03");
  EXPECT_EQ(*FirstWholeDay(store()), kKeptDay);
  EXPECT_EQ(*FirstWholeMonth(store()), Month{0});
}

TEST_F(RetentionTest, PeaksBeforeAMonthAreDropped) {
  FillDays(-3, 1);
  FillMonths(-3, 1);
  ASSERT_TRUE(DropPeaksBefore(store(), kKeptMonth).ok());
  EXPECT_EQ(Months(), " 2026-03 2026-04");
  EXPECT_EQ(Days(), " -3 -3 -2 -2 -1 -1 0 0 1 1");
  EXPECT_EQ(*FirstWholeMonth(store()), kKeptMonth);
  EXPECT_EQ(*FirstWholeDay(store()), Day{0});
}

TEST_F(RetentionTest, WhatWasDroppedStaysSoOverCompactionAndReopening) {
  FillDays(-2, 0);
  ASSERT_TRUE(DropChunksBefore(store(), kKeptDay).ok());
  ASSERT_TRUE(store().Compact().ok());
  Reopen();
  EXPECT_EQ(Days(), " 0 0");
  EXPECT_EQ(*FirstWholeDay(store()), kKeptDay);
}

TEST_F(RetentionTest, AnEarlierDayAfterALaterOneChangesNothing) {
  ASSERT_TRUE(DropChunksBefore(store(), kKeptDay).ok());
  FillDays(-2, 0);
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number - 1}).ok());
  ASSERT_TRUE(DropChunksBefore(store(), kKeptDay).ok());
  EXPECT_EQ(Days(), " -2 -2 -1 -1 0 0");
  EXPECT_EQ(*FirstWholeDay(store()), kKeptDay);
  ASSERT_TRUE(DropChunksBefore(store(), Day{kKeptDay.number + 1}).ok());
  EXPECT_EQ(Days(), "");
}

TEST_F(RetentionTest, AppendingToADroppedChunkStartsItAnew) {
  FillDays(-1, -1);
  ASSERT_TRUE(DropChunksBefore(store(), kKeptDay).ok());
  FillDays(-1, -1);
  const ChunkKey key{{kKeptDay.number - 1}, {1}, {7}};
  EXPECT_EQ(Get(Table::kChunks, EncodeKey(key)), "x");
}

TEST_F(RetentionTest, ABoundThatIsNoNumberIsDataLoss) {
  Put(Table::kMeta, "chunks_dropped_before", "");
  Put(Table::kMeta, "peaks_dropped_before", "");
  EXPECT_EQ(DropChunksBefore(store(), kKeptDay).code(), Code::kDataLoss);
  EXPECT_EQ(DropPeaksBefore(store(), kKeptMonth).code(), Code::kDataLoss);
  EXPECT_EQ(FirstWholeDay(store()).status().code(), Code::kDataLoss);
  EXPECT_EQ(FirstWholeMonth(store()).status().code(), Code::kDataLoss);
}

}  // namespace
}  // namespace rollcall::storage
