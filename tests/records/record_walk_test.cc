// Walks against a filter over all records, one by one.
#include "records/record_walk.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/records/records_fixture.h"
#include "tests/support/rounds.h"

namespace rollcall::records {
namespace {

using std::chrono::seconds;
using storage::kRecordsOfBlock;
using test::Heartbeat;
using test::kRecordNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool HasClass(const RecordFilter& filter, const std::string& text) {
  const std::string& asked = filter.classification;
  const bool is_beginning = !filter.is_exact && asked.ends_with('*');
  return is_beginning ? text.starts_with(asked.substr(0, asked.size() - 1)) : text == asked;
}

bool Matches(const RecordFilter& filter, const Record& record) {
  return (filter.classification.empty() || HasClass(filter, record.classification)) &&
         (filter.severity == 0 || record.severity == filter.severity) &&
         (filter.machine_id.empty() || record.machine_id == filter.machine_id) &&
         (filter.build.empty() || record.build == filter.build) &&
         (!filter.external || record.external == *filter.external) &&
         (!filter.received_after || record.reception > *filter.received_after) &&
         (!filter.captured_from || record.capture >= *filter.captured_from) &&
         (!filter.below || record.id < *filter.below);
}

class RecordWalkTest : public test::RecordsTest {
 protected:
  std::vector<uint64_t> Find(const RecordFilter& filter, size_t most = SIZE_MAX) {
    std::vector<uint64_t> ids;
    RecordWalk walk(records(), filter);
    while (ids.size() < most) {
      const Result<std::optional<Record>> record = walk.Next();
      EXPECT_TRUE(record.ok()) << record.status().message();
      if (!record.ok() || !record->has_value()) break;
      EXPECT_TRUE(Matches(filter, **record));
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
        record.machine_id = random() % 4 == 0 ? "m" : std::to_string(random() % 2'000);
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

TEST_F(RecordWalkTest, EveryCombinationFindsWhatABruteForceDoes) {
  const std::vector<Record> all = Fill();
  std::mt19937_64 random(2);
  const auto any = [&]() -> const Record& { return all[random() % all.size()]; };
  const int rounds = test::Rounds(200);
  for (int round = 0; round < rounds; ++round) {
    if (round == rounds / 2) Open();
    RecordFilter filter;
    const uint64_t which = random();
    filter.is_exact = (which & 256) != 0;
    if ((which & 1) != 0) filter.classification = any().classification;
    if ((which & 2) != 0) filter.severity = any().severity;
    if ((which & 4) != 0) filter.machine_id = any().machine_id;
    if ((which & 8) != 0) filter.build = any().build;
    if ((which & 16) != 0) filter.external = any().external;
    if ((which & 32) != 0) filter.received_after = any().reception;
    if ((which & 64) != 0) filter.captured_from = any().capture;
    if ((which & 128) != 0) filter.below = any().id;
    if (which % 17 == 0) filter.classification = "org.clearlinux/rare/one";
    std::vector<uint64_t> wanted;
    for (auto record = all.rbegin(); record != all.rend() && wanted.size() < 1'000; ++record) {
      if (Matches(filter, *record)) wanted.push_back(record->id.value);
    }
    ASSERT_EQ(Find(filter, 1'000), wanted) << "round " << round;
  }
}

TEST_F(RecordWalkTest, APageGoesOnWhereTheOneBeforeEnded) {
  const std::vector<Record> all = Fill();
  RecordFilter filter;
  filter.build = "41003";
  const std::vector<uint64_t> whole = Find(filter);
  ASSERT_GT(whole.size(), 3'000U);
  std::vector<uint64_t> paged;
  for (;;) {
    const std::vector<uint64_t> page = Find(filter, 997);
    if (page.empty()) break;
    paged.insert(paged.end(), page.begin(), page.end());
    filter.below = RecordId{page.back()};
  }
  EXPECT_EQ(paged, whole);
}

TEST_F(RecordWalkTest, WhatNobodyHasFindsNothing) {
  test::Store(*stores_, Heartbeat());
  using Change = void (*)(RecordFilter&);
  const auto find = [&](Change change) {
    RecordFilter filter;
    change(filter);
    return Find(filter);
  };
  for (const Change change : std::initializer_list<Change>{
           [](RecordFilter& filter) { filter.classification = "a/b/c"; },
           [](RecordFilter& filter) {
             filter.classification = "org.clearlinux/heartbeat/*", filter.is_exact = true;
           },
           [](RecordFilter& filter) { filter.severity = 4; },
           [](RecordFilter& filter) { filter.machine_id = "m"; },
           [](RecordFilter& filter) { filter.build = "1"; },
           [](RecordFilter& filter) { filter.external = true; },
           [](RecordFilter& filter) { filter.below = RecordId{1}; },
           [](RecordFilter& filter) { filter.below = RecordId{0}; },
           [](RecordFilter& filter) { filter.received_after = kRecordNoon; },
           [](RecordFilter& filter) { filter.captured_from = kRecordNoon; }}) {
    EXPECT_THAT(find(change), IsEmpty());
  }
  EXPECT_THAT(find([](RecordFilter& filter) { filter.below = RecordId{UINT64_MAX}; }),
              ElementsAre(1));
  EXPECT_THAT(find([](RecordFilter& filter) { filter.received_after = UnixSeconds(seconds(-5)); }),
              ElementsAre(1));
  EXPECT_THAT(
      find([](RecordFilter& filter) { filter.classification = "org.clearlinux/heartbeat/*"; }),
      ElementsAre(1));
  EXPECT_THAT(Find({}), ElementsAre(1));
}

TEST_F(RecordWalkTest, AStoreWithoutRecordsFindsNothing) {
  EXPECT_THAT(Find({}), IsEmpty());
  RecordFilter filter;
  filter.machine_id = "m";
  filter.build = "1";
  EXPECT_THAT(Find(filter), IsEmpty());
}

TEST_F(RecordWalkTest, AWalkSeesNothingThatCameAfterItBegan) {
  test::Store(*stores_, Heartbeat());
  RecordWalk walk(records(), {});
  test::Store(*stores_, Heartbeat());
  EXPECT_EQ((**walk.Next()).id, RecordId{1});
  EXPECT_FALSE(walk.Next()->has_value());
}

}  // namespace
}  // namespace rollcall::records
