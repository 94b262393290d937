// The merge operator of chunks, through a real store.
#include <map>
#include <random>

#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

class AppendTest : public rollcall::test::StoreTest {
 protected:
  void Append(const std::string& key, const std::string& bytes) {
    Commit([&](Transaction& transaction) { transaction.Merge(Table::kChunks, key, bytes); });
  }
};

TEST_F(AppendTest, PutsOperandsOneAfterAnother) {
  Append("k", "a");
  Append("k", "bc");
  EXPECT_EQ(Get(Table::kChunks, "k"), "abc");
}

TEST_F(AppendTest, SeveralInOneBatchKeepTheirOrder) {
  Commit([](Transaction& transaction) {
    transaction.Merge(Table::kChunks, "k", "1");
    transaction.Merge(Table::kChunks, "other", "x");
    transaction.Merge(Table::kChunks, "k", "2");
    transaction.Merge(Table::kChunks, "k", "3");
  });
  EXPECT_EQ(Get(Table::kChunks, "k"), "123");
}

TEST_F(AppendTest, GoesOnBehindAValueThatWasPut) {
  Put(Table::kChunks, "k", "base|");
  Append("k", "1");
  EXPECT_EQ(Get(Table::kChunks, "k"), "base|1");
}

TEST_F(AppendTest, StartsAnewAfterADelete) {
  Append("k", "old");
  Commit([](Transaction& transaction) { transaction.Delete(Table::kChunks, "k"); });
  Append("k", "new");
  EXPECT_EQ(Get(Table::kChunks, "k"), "new");
  Commit([](Transaction& transaction) { transaction.DeleteRange(Table::kChunks, "a", "z"); });
  Append("k", "newest");
  EXPECT_EQ(Get(Table::kChunks, "k"), "newest");
}

TEST_F(AppendTest, NothingAndZeroBytesAreKeptAsTheyAre) {
  Append("k", "");
  EXPECT_EQ(Get(Table::kChunks, "k"), "");
  Append("k", std::string("\0\0", 2));
  Append("k", "");
  EXPECT_EQ(Get(Table::kChunks, "k"), std::string("\0\0", 2));
}

TEST_F(AppendTest, ASnapshotSeesWhatWasThere) {
  Append("k", "1");
  const Snapshot before = store().TakeSnapshot();
  Append("k", "2");
  ASSERT_TRUE(store().Compact().ok());
  EXPECT_EQ(Get(Table::kChunks, "k", &before), "1");
  EXPECT_EQ(Get(Table::kChunks, "k"), "12");
}

TEST_F(AppendTest, CompactionAndReopeningInAnyOrderChangeNothing) {
  std::map<std::string, std::string> want;
  std::mt19937 random(31);
  for (int step = 0; step < 600; ++step) {
    const std::string key = "source-" + std::to_string(random() % 7);
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    Append(key, bytes);
    want[key] += bytes;
    if (step % 100 == 75) {
      EXPECT_TRUE(store().Compact().ok());
    }
    if (step % 150 == 149) Reopen();
  }
  const auto expect_all = [&] {
    for (const auto& [key, value] : want) EXPECT_EQ(Get(Table::kChunks, key), value) << key;
    Scan scan = store().NewScan(Table::kChunks, "", "");
    for (const auto& [key, value] : want) {
      ASSERT_TRUE(scan.Valid());
      EXPECT_EQ(scan.key(), key);
      EXPECT_EQ(scan.value(), value) << key;
      scan.Next();
    }
    EXPECT_FALSE(scan.Valid());
  };
  expect_all();
  ASSERT_TRUE(store().Compact().ok());
  expect_all();
  Reopen();
  expect_all();
}

}  // namespace
}  // namespace rollcall::storage
