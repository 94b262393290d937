// Queries against a filter over all records, one by one.
#include "records/record_query.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/records/records_fixture.h"

namespace rollcall::records {
namespace {

using std::chrono::seconds;
using storage::kRecordsOfBlock;
using test::Heartbeat;
using test::kRecordNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Matches(const RecordQuery& query, const Record& record) {
  return (!query.classification || record.classification == *query.classification) &&
         (!query.severity || record.severity == *query.severity) &&
         (!query.machine_id || record.machine_id == *query.machine_id) &&
         (!query.build || record.build == *query.build) &&
         (!query.external || record.external == *query.external) &&
         (!query.received_after || record.reception > *query.received_after) &&
         (!query.captured_after || record.capture > *query.captured_after) &&
         (!query.below || record.id < *query.below);
}

class RecordQueryTest : public test::RecordsTest {
 protected:
  std::vector<uint64_t> Find(const RecordQuery& query, size_t most = SIZE_MAX) {
    std::vector<uint64_t> ids;
    RecordWalk walk(records(), query);
    while (ids.size() < most) {
      const Result<std::optional<Record>> record = walk.Next();
      EXPECT_TRUE(record.ok()) << record.status().message();
      if (!record.ok() || !record->has_value()) break;
      EXPECT_TRUE(Matches(query, **record));
      ids.push_back((*record)->id.value);
    }
    return ids;
  }

  // Two full blocks and a part of one, received over 13,000 s.
  std::vector<Record> Fill() {
    std::mt19937_64 random(1);
    std::vector<Record> all;
    while (all.size() < 2 * kRecordsOfBlock + 5'000) {
      std::vector<Record> some;
      for (int i = 0; i < 4'000; ++i) {
        Record record = Heartbeat();
        record.severity = static_cast<uint8_t>(1 + std::min<uint64_t>(random() % 100 / 25, 3));
        record.external = random() % 2 == 0;
        record.classification = "org.clearlinux/a/" + std::to_string(random() % 4);
        if (random() % 10'000 == 0) record.classification = "org.clearlinux/rare/one";
        record.build = std::to_string(41'000 + random() % 20);
        // One of them has more records than are walked one by one.
        record.machine_id = random() % 4 == 0 ? "" : std::to_string(random() % 2'000);
        record.capture = kRecordNoon - seconds(random() % 1'000'000);
        record.reception = kRecordNoon + seconds((all.size() + some.size()) / 10);
        some.push_back(std::move(record));
      }
      some = test::Store(*stores_, std::move(some));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
};

TEST_F(RecordQueryTest, EveryCombinationFindsWhatABruteForceDoes) {
  const std::vector<Record> all = Fill();
  std::mt19937_64 random(2);
  const auto any = [&]() -> const Record& { return all[random() % all.size()]; };
  for (int round = 0; round < 200; ++round) {
    if (round == 100) Open();
    RecordQuery query;
    const uint64_t which = random();
    if ((which & 1) != 0) query.classification = any().classification;
    if ((which & 2) != 0) query.severity = any().severity;
    if ((which & 4) != 0) query.machine_id = any().machine_id;
    if ((which & 8) != 0) query.build = any().build;
    if ((which & 16) != 0) query.external = any().external;
    if ((which & 32) != 0) query.received_after = any().reception;
    if ((which & 64) != 0) query.captured_after = any().capture;
    if ((which & 128) != 0) query.below = any().id;
    if (which % 17 == 0) query.classification = "org.clearlinux/rare/one";
    std::vector<uint64_t> wanted;
    for (auto record = all.rbegin(); record != all.rend() && wanted.size() < 1'000; ++record) {
      if (Matches(query, *record)) wanted.push_back(record->id.value);
    }
    ASSERT_EQ(Find(query, 1'000), wanted) << "round " << round;
  }
}

TEST_F(RecordQueryTest, APageGoesOnWhereTheOneBeforeEnded) {
  const std::vector<Record> all = Fill();
  RecordQuery query;
  query.build = "41003";
  const std::vector<uint64_t> whole = Find(query);
  ASSERT_GT(whole.size(), 3'000U);
  std::vector<uint64_t> paged;
  for (;;) {
    const std::vector<uint64_t> page = Find(query, 997);
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
    query.below = RecordId{page.back()};
  }
  EXPECT_EQ(paged, whole);
}

TEST_F(RecordQueryTest, WhatNobodyHasFindsNothing) {
  test::Store(*stores_, Heartbeat());
  for (RecordQuery query :
       {RecordQuery{.classification = "a/b/c"}, RecordQuery{.severity = 4},
        RecordQuery{.machine_id = ""}, RecordQuery{.build = "1"}, RecordQuery{.external = true},
        RecordQuery{.below = RecordId{1}}, RecordQuery{.below = RecordId{0}},
        RecordQuery{.received_after = kRecordNoon}, RecordQuery{.captured_after = kRecordNoon}}) {
    EXPECT_THAT(Find(query), IsEmpty());
  }
  EXPECT_THAT(Find({}), ElementsAre(1));
  EXPECT_THAT(Find({.below = RecordId{UINT64_MAX}}), ElementsAre(1));
  EXPECT_THAT(Find({.received_after = UnixSeconds(seconds(-5))}), ElementsAre(1));
}

TEST_F(RecordQueryTest, AStoreWithoutRecordsFindsNothing) {
  EXPECT_THAT(Find({}), IsEmpty());
  EXPECT_THAT(Find({.machine_id = "m", .build = "1"}), IsEmpty());
}

TEST_F(RecordQueryTest, AWalkSeesNothingThatCameAfterItBegan) {
  test::Store(*stores_, Heartbeat());
  RecordWalk walk(records(), {});
  test::Store(*stores_, Heartbeat());
  EXPECT_EQ((**walk.Next()).id, RecordId{1});
  EXPECT_FALSE(walk.Next()->has_value());
}

}  // namespace
}  // namespace rollcall::records
