// Hosts and their samples in a store: what is read of a range, what retention takes, and that all
// of it agrees with a plain list in memory.
#include "storage/host_history.h"

#include <gmock/gmock.h>

#include <random>

#include "storage/plain_database.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kManyHosts = 1'000;
// 2026-03-07 12:00:00.
constexpr UnixSeconds kNoon{seconds(1'772'884'800)};

HostName Name(const std::string& text) { return HostName::Parse(text).value(); }

class HostHistoryTest : public rollcall::test::StoreTest {
 protected:
  HostHistory& hosts() { return stores().hosts(); }

  Status Put(const std::string& host, const std::vector<HostSample>& samples,
             size_t max_hosts = kManyHosts) {
    Transaction transaction(store());
    ROLLCALL_RETURN_IF_ERROR(hosts().Put(Name(host), samples, max_hosts, transaction));
    return transaction.Commit();
  }
  // Samples at these seconds from noon on, each of as many requests a second.
  Status PutAt(const std::string& host, const std::vector<int>& at) {
    std::vector<HostSample> samples;
    for (const int second : at) {
      samples.push_back({kNoon + seconds(second), std::abs(1.0 * second), 0, 0, 0});
    }
    return Put(host, samples);
  }
  // The seconds from noon of what is read.
  std::vector<int> ReadAt(const std::string& host, int from, int to, seconds step) {
    std::vector<HostSample> samples;
    const Status status =
        hosts().Read(host, kNoon + seconds(from), kNoon + seconds(to), step, samples);
    EXPECT_TRUE(status.ok()) << status.message();
    std::vector<int> at;
    for (const HostSample& sample : samples) {
      at.push_back(static_cast<int>((sample.time - kNoon).count()));
      EXPECT_EQ(sample.requests_sec, std::abs(at.back())) << "another sample's numbers";
    }
    return at;
  }
  uint64_t Rows(Table table) {
    uint64_t rows = 0;
    for (Scan scan = store().NewScan(table, "", ""); scan.Valid(); scan.Next()) ++rows;
    return rows;
  }
};

TEST_F(HostHistoryTest, ANewStoreHasNoHosts) {
  EXPECT_THAT(hosts().NamesSince({}), IsEmpty());
  EXPECT_THAT(ReadAt("a", -100'000, 100'000, minutes(1)), IsEmpty());
}

TEST_F(HostHistoryTest, ASampleIsReadBackWithAllItsNumbers) {
  const HostSample sample{kNoon, 1250.5, 45.2, 0.5, 3};
  ASSERT_TRUE(Put("a", {sample}).ok());
  std::vector<HostSample> read;
  ASSERT_TRUE(hosts().Read("a", kNoon, kNoon, minutes(1), read).ok());
  EXPECT_THAT(read, ElementsAre(sample));
}

TEST_F(HostHistoryTest, EachStepShowsItsFirstSample) {
  ASSERT_TRUE(PutAt("a", {10, 20, 59, 60, 119, 300, 301, 899, 900}).ok());
  EXPECT_THAT(ReadAt("a", 0, 1'000, minutes(1)), ElementsAre(10, 60, 300, 899, 900));
  EXPECT_THAT(ReadAt("a", 0, 1'000, minutes(5)), ElementsAre(10, 300, 899, 900));
  EXPECT_THAT(ReadAt("a", 0, 1'000, minutes(15)), ElementsAre(10, 900));
}

TEST_F(HostHistoryTest, BothEndsOfARangeAreInIt) {
  ASSERT_TRUE(PutAt("a", {0, 60, 120, 180}).ok());
  EXPECT_THAT(ReadAt("a", 60, 120, minutes(1)), ElementsAre(60, 120));
  EXPECT_THAT(ReadAt("a", 61, 179, minutes(1)), ElementsAre(120));
  EXPECT_THAT(ReadAt("a", 121, 60, minutes(1)), IsEmpty());
}

// The first of what is asked for, not of what there is.
TEST_F(HostHistoryTest, AStepThatARangeBeginsInShowsWhatIsInTheRange) {
  ASSERT_TRUE(PutAt("a", {10, 40}).ok());
  EXPECT_THAT(ReadAt("a", 30, 100, minutes(1)), ElementsAre(40));
}

TEST_F(HostHistoryTest, HostsDoNotMixWhateverTheirOrder) {
  for (const char* const host : {"m", "z", "a"}) ASSERT_TRUE(PutAt(host, {0}).ok());
  ASSERT_TRUE(PutAt("z", {-3'600, 3'600}).ok());
  ASSERT_TRUE(PutAt("m", {-60, 60}).ok());
  EXPECT_THAT(ReadAt("a", -9'000, 9'000, minutes(1)), ElementsAre(0));
  EXPECT_THAT(ReadAt("m", -9'000, 9'000, minutes(1)), ElementsAre(-60, 0, 60));
  EXPECT_THAT(ReadAt("z", -9'000, 9'000, minutes(1)), ElementsAre(-3'600, 0, 3'600));
  EXPECT_THAT(hosts().NamesSince({}), ElementsAre("a", "m", "z"));
}

TEST_F(HostHistoryTest, TheLaterOfTwoOfOneSecondCounts) {
  ASSERT_TRUE(Put("a", {{kNoon, 1, 0, 0, 0}}).ok());
  ASSERT_TRUE(Put("a", {{kNoon, 2, 0, 0, 0}}).ok());
  std::vector<HostSample> read;
  ASSERT_TRUE(hosts().Read("a", kNoon, kNoon, minutes(1), read).ok());
  EXPECT_THAT(read, ElementsAre(HostSample{kNoon, 2, 0, 0, 0}));
}

TEST_F(HostHistoryTest, IsThereAfterARestart) {
  ASSERT_TRUE(PutAt("a", {0, 60}).ok());
  ASSERT_TRUE(PutAt("b", {0}).ok());
  Reopen();
  EXPECT_THAT(hosts().NamesSince({}), ElementsAre("a", "b"));
  EXPECT_THAT(ReadAt("a", 0, 100, minutes(1)), ElementsAre(0, 60));
  ASSERT_TRUE(PutAt("c", {0}).ok());
  EXPECT_THAT(ReadAt("b", 0, 100, minutes(1)), ElementsAre(0)) << "a number was given out again";
}

TEST_F(HostHistoryTest, AnAbandonedTransactionLeavesNothing) {
  {
    Transaction transaction(store());
    const std::vector<HostSample> samples{{kNoon, 1, 0, 0, 0}};
    ASSERT_TRUE(hosts().Put(Name("a"), samples, kManyHosts, transaction).ok());
  }
  EXPECT_THAT(hosts().NamesSince({}), IsEmpty());
  EXPECT_EQ(Rows(Table::kHosts) + Rows(Table::kHostSamples), 0U);
}

TEST_F(HostHistoryTest, OneHostTooManyIsRefusedWithNothingOfItPut) {
  ASSERT_TRUE(Put("a", {{kNoon, 1, 0, 0, 0}}, 2).ok());
  Transaction transaction(store());
  const std::vector<HostSample> samples{{kNoon, 1, 0, 0, 0}};
  ASSERT_TRUE(hosts().Put(Name("b"), samples, 2, transaction).ok());
  const Status refused = hosts().Put(Name("c"), samples, 2, transaction);
  EXPECT_EQ(refused.code(), Code::kFailedPrecondition);
  EXPECT_EQ(refused.message(), "there are 2 hosts already (--max-hosts)");
  ASSERT_TRUE(hosts().Put(Name("a"), samples, 2, transaction).ok()) << "it is there already";
  ASSERT_TRUE(transaction.Commit().ok());
  EXPECT_THAT(hosts().NamesSince({}), ElementsAre("a", "b"));
  EXPECT_EQ(Rows(Table::kHostSamples), 2U);
}

TEST_F(HostHistoryTest, AListOfHostsHasThoseWithASampleSinceThen) {
  ASSERT_TRUE(PutAt("old", {-3 * 3'600}).ok());
  ASSERT_TRUE(PutAt("new", {-3 * 3'600, 0}).ok());
  EXPECT_THAT(hosts().NamesSince(Hour::Of(kNoon)), ElementsAre("new"));
  EXPECT_THAT(hosts().NamesSince(Hour::Of(kNoon - hours(3))), ElementsAre("new", "old"));
  ASSERT_TRUE(PutAt("new", {-2 * 3'600}).ok()) << "what comes late makes a host no older";
  EXPECT_THAT(hosts().NamesSince(Hour::Of(kNoon)), ElementsAre("new"));
}

// Noon begins a stretch of 6 hours.
TEST_F(HostHistoryTest, DroppingTakesWholeStretchesAndHostsThatHaveNoneLeft) {
  ASSERT_TRUE(PutAt("old", {-7'200, -1}).ok());
  ASSERT_TRUE(PutAt("both", {-1, 0, 3'600}).ok());
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon - hours(1))).ok());
  EXPECT_EQ(Rows(Table::kHostSamples), 5U) << "11 o'clock is in the middle of one";
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon + hours(5))).ok());
  EXPECT_THAT(hosts().NamesSince({}), ElementsAre("both"));
  EXPECT_THAT(ReadAt("both", -9'000, 9'000, minutes(1)), ElementsAre(0, 3'600));
  EXPECT_EQ(Rows(Table::kHosts), 1U);
  EXPECT_EQ(Rows(Table::kHostSamples), 2U);
  Reopen();
  EXPECT_THAT(hosts().NamesSince({}), ElementsAre("both"));
  // The host comes back as a new one.
  ASSERT_TRUE(PutAt("old", {60}).ok());
  EXPECT_THAT(ReadAt("old", -9'000, 9'000, minutes(1)), ElementsAre(60));
  EXPECT_THAT(ReadAt("both", -9'000, 9'000, minutes(1)), ElementsAre(0, 3'600));
}

TEST_F(HostHistoryTest, DroppingAgainOrLessDoesNothing) {
  ASSERT_TRUE(PutAt("a", {-1, 0}).ok());
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon)).ok());
  const uint64_t sequence = store().sequence();
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon)).ok());
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon - hours(20))).ok());
  EXPECT_EQ(store().sequence(), sequence);
  EXPECT_THAT(ReadAt("a", -9, 9'000, minutes(1)), ElementsAre(0));
}

TEST_F(HostHistoryTest, WhatIsDroppedFreesItsFiles) {
  for (int hour = 0; hour < 4; ++hour) {
    std::vector<HostSample> samples;
    for (int second = 0; second < 3'600; ++second) {
      samples.push_back({kNoon + hours(hour) + seconds(second), second / 7.0, second / 3.0, 0, 0});
    }
    for (const char* const host : {"a", "b", "c"}) ASSERT_TRUE(Put(host, samples).ok());
  }
  Reopen();
  ASSERT_TRUE(store().Compact().ok());
  const auto size = [this] {
    for (const auto& property : store().Properties()) {
      if (property.name == "total-sst-files-size") return property.value;
    }
    return uint64_t{0};
  };
  const uint64_t before = size();
  ASSERT_TRUE(hosts().DropBefore(Hour::Of(kNoon + hours(6))).ok());
  EXPECT_LT(size(), before / 10);
}

// A store that no program with this table has opened.
TEST_F(HostHistoryTest, AnOlderStoreGetsTheTablesAndIsReadWithoutThem) {
  Close();
  {
    const auto database = PlainDatabase::ToWrite(directory());
    ASSERT_TRUE(database.ok()) << database.status().message();
    for (const Table table : {Table::kHosts, Table::kHostSamples}) {
      ASSERT_TRUE((*database)->db().DropColumnFamily((*database)->table(table)).ok());
    }
  }
  StoreOptions options = OptionsFor(directory());
  options.read_only = true;
  OpenWith(options);
  EXPECT_THAT(hosts().NamesSince({}), IsEmpty());
  std::vector<HostSample> read;
  EXPECT_TRUE(hosts().Read("a", kNoon, kNoon + hours(1), minutes(1), read).ok());
  EXPECT_THAT(read, IsEmpty());
  Reopen();
  ASSERT_TRUE(PutAt("a", {0}).ok());
  EXPECT_THAT(ReadAt("a", 0, 9, minutes(1)), ElementsAre(0));
}

// Against a list in memory that is walked from its start each time.
TEST_F(HostHistoryTest, AgreesWithAPlainListWhateverIsWrittenAndAsked) {
  std::mt19937 random(17);
  const auto up_to = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::map<std::string, std::map<int, bool>> written;
  for (int round = 0; round < 60; ++round) {
    const std::string host(1, static_cast<char>('a' + up_to(6)));
    std::vector<int> at;
    const int spread = up_to(2) == 0 ? 300 : 40'000;
    const int start = up_to(80'000) - 40'000;
    for (int i = up_to(200); i >= 0; --i) at.push_back(start + up_to(spread));
    ASSERT_TRUE(PutAt(host, at).ok());
    for (const int second : at) written[host][second] = true;
    if (round % 20 == 10) Reopen();
  }
  for (int query = 0; query < 400; ++query) {
    const std::string host(1, static_cast<char>('a' + up_to(6)));
    const int from = up_to(100'000) - 50'000;
    const int to = from + up_to(90'000);
    const int step = std::array{60, 300, 900, 7'200}[static_cast<size_t>(up_to(4))];
    std::vector<int> expected;
    int64_t last = -1;
    for (const auto& [second, there] : written[host]) {
      if (second < from || second > to) continue;
      const int64_t bucket = (kNoon.time_since_epoch().count() + second) / step;
      if (bucket != last) expected.push_back(second);
      last = bucket;
    }
    ASSERT_EQ(ReadAt(host, from, to, seconds(step)), expected)
        << host << " " << from << " " << to << " " << step;
  }
}

}  // namespace
}  // namespace rollcall::storage
