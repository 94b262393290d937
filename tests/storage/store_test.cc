#include "storage/store.h"

#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using ::testing::HasSubstr;

class StoreTest : public rollcall::test::StoreTest {
 protected:
  // Of all table files; 0 also where the store does not say.
  uint64_t FileBytes() {
    for (const Store::Property& property : store().Properties()) {
      if (property.name == "total-sst-files-size") return property.value;
    }
    return 0;
  }
};

TEST_F(StoreTest, WhatWasCommittedIsThereInEveryTable) {
  // Six bytes and a zero: a row that every table may hold when the store opens, but for one whose
  // keys are longer.
  const auto key = [](size_t table) {
    const std::string start = static_cast<Table>(table) == Table::kPeriods ? "a table" : "table";
    return start + static_cast<char>('a' + table);
  };
  for (size_t t = 0; t < kTables.size(); ++t)
    Put(static_cast<Table>(t), key(t), std::string(1, '\0'));
  Reopen();
  for (size_t t = 0; t < kTables.size(); ++t) {
    for (size_t other = 0; other < kTables.size(); ++other) {
      EXPECT_EQ(Get(static_cast<Table>(t), key(other)),
                t == other ? std::string(1, '\0') : "(none)");
    }
  }
}

TEST_F(StoreTest, ReopeningKeepsEverythingAndTheSecretSeed) {
  const uint64_t seed = store().hash_seed();
  Commit([](Transaction& transaction) {
    for (int i = 0; i < 5000; ++i) {
      transaction.Put(Table::kPeaks, "key " + std::to_string(i), std::string(100, 'x'));
    }
  });
  for (int round = 0; round < 3; ++round) {
    Reopen();
    EXPECT_EQ(store().hash_seed(), seed);
    int rows = 0;
    for (Scan scan = store().NewScan(Table::kPeaks, "", ""); scan.Valid(); scan.Next()) ++rows;
    EXPECT_EQ(rows, 5000);
  }
}

TEST_F(StoreTest, TwoStoresHaveTwoSeeds) {
  const rollcall::test::TempDir dir;
  const auto other = Store::Open(OptionsFor(dir.path()));
  ASSERT_TRUE(other.ok());
  EXPECT_NE((*other)->hash_seed(), store().hash_seed());
}

TEST_F(StoreTest, ASnapshotDoesNotSeeWhatIsCommittedLater) {
  Put(Table::kPeaks, "a", "1");
  const Snapshot before = store().TakeSnapshot();
  Commit([](Transaction& transaction) {
    transaction.Put(Table::kPeaks, "a", "2");
    transaction.Put(Table::kPeaks, "b", "2");
  });
  EXPECT_EQ(Get(Table::kPeaks, "a", &before), "1");
  EXPECT_EQ(Get(Table::kPeaks, "b", &before), "(none)");
  EXPECT_EQ(ScanText(Table::kPeaks, "", "", &before), "a=1");
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "a=2 b=2");
  Commit([](Transaction& transaction) { transaction.DeleteRange(Table::kPeaks, "a", "z"); });
  EXPECT_EQ(ScanText(Table::kPeaks, "", "", &before), "a=1");
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "");
}

TEST_F(StoreTest, AScanThatIsUnderWaySeesNoLaterCommit) {
  Put(Table::kPeaks, "a", "1");
  Put(Table::kPeaks, "c", "1");
  Scan scan = store().NewScan(Table::kPeaks, "", "");
  Put(Table::kPeaks, "b", "2");
  scan.Next();
  ASSERT_TRUE(scan.Valid());
  EXPECT_EQ(scan.key(), "c");
}

TEST_F(StoreTest, AScanGoesFromItsLowerBoundToBeforeItsUpperOne) {
  for (const char* const key : {"a", "b", "ba", "c", "d"}) Put(Table::kPeaks, key, "");
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "a= b= ba= c= d=");
  EXPECT_EQ(ScanText(Table::kPeaks, "b", "c"), "b= ba=");
  EXPECT_EQ(ScanText(Table::kPeaks, "bb", ""), "c= d=");
  EXPECT_EQ(ScanText(Table::kPeaks, "", "a"), "");
  EXPECT_EQ(ScanText(Table::kPeaks, "c", "b"), "");
  EXPECT_EQ(ScanText(Table::kPeaks, "x", ""), "");
  EXPECT_EQ(ScanText(Table::kTotals, "", ""), "");
}

TEST_F(StoreTest, ASeekStaysWithinTheScansBounds) {
  for (const char* const key : {"a", "b", "c", "d"}) Put(Table::kPeaks, key, "");
  Scan scan = store().NewScan(Table::kPeaks, "a", "d");
  scan.Seek("bb");
  ASSERT_TRUE(scan.Valid());
  EXPECT_EQ(scan.key(), "c");
  scan.Seek("d");
  EXPECT_FALSE(scan.Valid());
  EXPECT_TRUE(scan.status().ok());
  scan.Seek("b");
  ASSERT_TRUE(scan.Valid());
  EXPECT_EQ(scan.key(), "b");
}

TEST_F(StoreTest, TheLastKeyBeforeABoundIsFound) {
  const auto last = [&](const std::string& end) {
    const auto key = store().LastKeyBefore(Table::kPeaks, end);
    return key.ok() ? key->value_or("(none)") : key.status().message();
  };
  EXPECT_EQ(last(""), "(none)");
  for (const char* const key : {"b", "d"}) Put(Table::kPeaks, key, "");
  EXPECT_EQ(last(""), "d");
  EXPECT_EQ(last("z"), "d");
  EXPECT_EQ(last("d"), "b");
  EXPECT_EQ(last("c"), "b");
  EXPECT_EQ(last("b"), "(none)");
  EXPECT_EQ(last("a"), "(none)");
}

TEST_F(StoreTest, ARangeDeleteTakesItsLowerBoundAndNotItsUpperOne) {
  for (const char* const key : {"a", "b", "c", "d"}) Put(Table::kPeaks, key, "");
  Commit([](Transaction& transaction) { transaction.DeleteRange(Table::kPeaks, "b", "d"); });
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "a= d=");
  Reopen();
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "a= d=");
}

TEST_F(StoreTest, NumbersAreReadBackAndAreZeroWhereThereIsNone) {
  EXPECT_EQ(*store().GetNumber("no such number"), 0U);
  PutNumber("n", 300);
  EXPECT_EQ(*store().GetNumber("n"), 300U);
  PutNumber("n", UINT64_MAX);
  Reopen();
  EXPECT_EQ(*store().GetNumber("n"), UINT64_MAX);
}

TEST_F(StoreTest, AValueThatIsNoNumberIsDataLoss) {
  for (const std::string& bytes :
       {std::string(), std::string("\x80"), std::string("\1\1"), std::string(11, '\x80')}) {
    Put(Table::kMeta, "n", bytes);
    const auto number = store().GetNumber("n");
    ASSERT_FALSE(number.ok());
    EXPECT_EQ(number.status().code(), Code::kDataLoss);
    EXPECT_THAT(number.status().message(), HasSubstr("n: not a number"));
  }
}

TEST_F(StoreTest, SaysHowLargeItIs) {
  Put(Table::kPeaks, "key", std::string(10'000, 'x'));
  ASSERT_TRUE(store().Compact().ok());
  EXPECT_GT(FileBytes(), 0U);
}

TEST_F(StoreTest, ACompactionEndsWhereAStopIsRequestedAndCanBeMadeLater) {
  Put(Table::kPeaks, "key", std::string(10'000, 'x'));
  ASSERT_TRUE(store().Flush().ok());
  {
    Transaction transaction(store());
    transaction.Delete(Table::kPeaks, "key");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  ASSERT_TRUE(store().Flush().ok());
  const uint64_t before = FileBytes();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(store().CompactDeletions(Table::kPeaks, stop.get_token()).ok());
  EXPECT_EQ(FileBytes(), before);
  EXPECT_TRUE(store().CompactDeletions(Table::kPeaks).ok());
  EXPECT_LT(FileBytes(), before);
}

TEST_F(StoreTest, AStoreOpenedAfterAStopWithoutCloseHasEveryCommit) {
  // A copy of the directory while the store is open is what a kill would leave.
  for (int i = 0; i < 20; ++i) Put(Table::kPeaks, "key " + std::to_string(i), "value");
  const rollcall::test::TempDir copy;
  std::filesystem::copy(directory(), copy.path(), std::filesystem::copy_options::recursive);
  std::filesystem::remove(copy.path() + "/LOCK");
  const auto other = Store::Open(OptionsFor(copy.path()));
  ASSERT_TRUE(other.ok()) << other.status().message();
  int rows = 0;
  for (Scan scan = (*other)->NewScan(Table::kPeaks, "", ""); scan.Valid(); scan.Next()) ++rows;
  EXPECT_EQ(rows, 20);
}

}  // namespace
}  // namespace rollcall::storage
