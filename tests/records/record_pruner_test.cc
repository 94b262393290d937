// What retention deletes, against a filter over all records, one by one.
#include "records/record_pruner.h"

#include <gmock/gmock.h>

#include <random>
#include <set>

#include "counts/verify.h"
#include "records/record_walk.h"
#include "storage/record_row.h"
#include "tests/records/records_fixture.h"

namespace rollcall::records {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using storage::kRecordsOfBlock;
using storage::Table;
using test::Heartbeat;
using test::kRecordNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr std::chrono::milliseconds kAsLongAsItTakes = std::chrono::hours(1);

class RecordPrunerTest : public test::RecordsTest {
 protected:
  // A record received so many days before noon.
  static Record Old(int age, const std::string& classification = "a/b/c", uint8_t severity = 1) {
    Record record = Heartbeat();
    record.reception = kRecordNoon - days(age);
    record.classification = classification;
    record.severity = severity;
    return record;
  }
  std::map<std::string, uint64_t> Prune(const RecordRetention& retention, bool dry_run = false) {
    RecordPruner pruner(*stores_, retention, kRecordNoon);
    const Result<bool> more = pruner.Step(kAsLongAsItTakes, dry_run);
    EXPECT_TRUE(more.ok()) << more.status().message();
    EXPECT_FALSE(more.ok() && *more);
    return pruner.by_rule();
  }
  static RecordRetention Keep(uint32_t days_of_others) {
    RecordRetention retention;
    retention.keep_days = days_of_others;
    return retention;
  }
  std::vector<uint64_t> Left() {
    std::vector<uint64_t> ids;
    RecordWalk walk(records(), {});
    for (;;) {
      const Result<std::optional<Record>> record = walk.Next();
      EXPECT_TRUE(record.ok()) << record.status().message();
      if (!record.ok() || !record->has_value()) return ids;
      ids.push_back((*record)->id.value);
    }
  }
  uint64_t Rows(Table table) {
    uint64_t rows = 0;
    for (storage::Scan scan = stores_->store().NewScan(table, "", ""); scan.Valid(); scan.Next()) {
      ++rows;
    }
    return rows;
  }
  // "" where all tables agree.
  std::string Verify() {
    const auto report = counts::Verify(*stores_, {}, [](uint64_t, uint64_t) {});
    return report.examples.empty() ? "" : report.examples.front();
  }
};

TEST_F(RecordPrunerTest, WhatNoFilterNamesIsKeptForKeepDays) {
  test::Store(*stores_, {Old(36), Old(35), Old(34), Old(0)});
  EXPECT_THAT(Prune({}), ElementsAre(Pair("keep_days: 35 days", 1)));
  EXPECT_THAT(Left(), ElementsAre(4, 3, 2)) << "35 days to the second are kept";
  EXPECT_THAT(Prune(Keep(1)), ElementsAre(Pair("keep_days: 1 day", 2)));
  EXPECT_THAT(Left(), ElementsAre(4));
  EXPECT_THAT(Prune(Keep(0)), IsEmpty());
  EXPECT_THAT(Left(), ElementsAre(4)) << "0 keeps all";
}

TEST_F(RecordPrunerTest, AFilterTakesThePlaceOfKeepDaysAndTheShortestOfSeveralWins) {
  test::Store(*stores_, {Old(100, "org.x/a/b", 4),     // for ever by its severity
                         Old(90, "org.x/short/b"),     // 3 days by its class
                         Old(80, "org.x/short/b", 4),  // and by it, whatever its severity says
                         Old(70, "org.y/a/b"),         // 60 days by its pattern
                         Old(50, "org.y/a/b"),         // not yet
                         Old(40, "org.z/a/b"),         // keep_days
                         Old(4, "org.x/short/b"),      //
                         Old(2, "org.x/short/b")});
  RecordRetention retention;
  retention.severities = {{4, 0}};
  retention.classes = {{"org.x/short/*", 3}, {"org.y/*", 60}, {"org.x/short/b", 0}};
  const auto expected = ElementsAre(Pair("keep_days: 35 days", 1), Pair("org.x/short/*: 3 days", 3),
                                    Pair("org.y/*: 60 days", 1));
  EXPECT_THAT(Prune(retention, true), expected);
  EXPECT_EQ(Left().size(), 8U) << "a dry run deletes nothing";
  EXPECT_THAT(Prune(retention), expected);
  EXPECT_THAT(Left(), ElementsAre(8, 5, 1));
  EXPECT_EQ(Verify(), "");
}

TEST_F(RecordPrunerTest, NothingIsLeftOfWhatIsDeletedNowOrAfterAStart) {
  std::vector<Record> all(2 * kRecordsOfBlock + 100, Old(40));
  for (size_t i = all.size() - 50; i < all.size(); ++i) all[i] = Old(1);
  test::Store(*stores_, std::move(all));
  Prune({});
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(records().count(), 50U);
    EXPECT_EQ(Left().size(), 50U);
    EXPECT_EQ(Rows(Table::kRecords), 50U);
    EXPECT_EQ(Rows(Table::kRecordMachines), 50U);
    EXPECT_EQ(Rows(Table::kRecordColumns), 0U);
    EXPECT_EQ(Verify(), "");
    EXPECT_FALSE(records().Read({1})->has_value());
    Open();
  }
  EXPECT_EQ(test::Store(*stores_, Old(0)).id.value, 2 * kRecordsOfBlock + 101)
      << "no number is given out again";
}

// Blocks that lose some of their records, all of them, or none, step by step, and a start in
// between.
TEST_F(RecordPrunerTest, RandomRulesLeaveWhatABruteForceDoes) {
  std::mt19937_64 random(4);
  std::vector<Record> all;
  while (all.size() < 2 * kRecordsOfBlock + 3'000) {
    std::vector<Record> some;
    for (int i = 0; i < 5'000; ++i) {
      const size_t n = all.size() + some.size();
      Record record = Old(100 - static_cast<int>(n * 100 / (2 * kRecordsOfBlock + 5'000)),
                          "org.x/" + std::to_string(random() % 5) + "/c",
                          static_cast<uint8_t>(1 + random() % 4));
      record.machine_id = std::to_string(random() % 1'000);
      some.push_back(std::move(record));
    }
    some = test::Store(*stores_, std::move(some));
    all.insert(all.end(), some.begin(), some.end());
  }
  for (const uint32_t keep : {95U, 60U, 40U, 2U}) {
    RecordRetention retention;
    retention.keep_days = keep;
    retention.severities = {{2, keep / 2}, {3, 0}};
    retention.classes = {{"org.x/1/*", 5 + keep / 3}};
    const auto goes = [&](const Record& record) {
      std::vector<uint32_t> rules;
      if (record.severity == 2) rules.push_back(keep / 2);
      if (record.severity == 3) rules.push_back(0);
      if (record.classification.starts_with("org.x/1/")) rules.push_back(5 + keep / 3);
      if (rules.empty()) rules.push_back(keep);
      return std::any_of(rules.begin(), rules.end(), [&](uint32_t rule) {
        return rule > 0 && record.reception < kRecordNoon - days(rule);
      });
    };
    const size_t before = all.size();
    std::erase_if(all, goes);
    uint64_t deleted = 0;
    for (const auto& [rule, count] : Prune(retention)) deleted += count;
    EXPECT_EQ(deleted, before - all.size());
    std::vector<uint64_t> wanted;
    for (auto record = all.rbegin(); record != all.rend(); ++record) {
      wanted.push_back(record->id.value);
    }
    ASSERT_EQ(Left(), wanted) << keep;
    ASSERT_EQ(Verify(), "") << keep;
    if (keep == 60) Open();
    ASSERT_EQ(Left(), wanted) << keep;
  }
}

// A crash whose kernel and stack are its own.
Record CrashOf(Record record, uint64_t number) {
  record.classification = "org.clearlinux/crash/clr";
  record.kernel_version = "6.1." + std::to_string(number);
  record.payload = "Process: /usr/bin/app\nPID: 1\nSignal: 11\n\nBacktrace (TID 1):\n#0 f" +
                   std::to_string(number) + "() - [app]\n";
  return record;
}

TEST_F(RecordPrunerTest, TextsThatNoRecordHasAnyMoreGoAndOthersStay) {
  std::vector<Record> all;
  for (uint64_t i = 0; i < 3'000; ++i) all.push_back(CrashOf(Old(40), i));
  for (uint64_t i = 2'900; i < 3'100; ++i) all.push_back(CrashOf(Old(1), i));
  test::Store(*stores_, all);
  ASSERT_EQ(records().stacks().count(), 3'100U);
  RecordPruner pruner(*stores_, {}, kRecordNoon);
  for (Result<bool> more = true; *more;) {
    more = pruner.Step(std::chrono::milliseconds(0), false);
    ASSERT_TRUE(more.ok()) << more.status().message();
    if (pruner.total() < 3'000 || pruner.texts() > 0) continue;
    // What comes while texts are being looked for has an old one again, and a new one.
    test::Store(*stores_, {CrashOf(Old(0), 17), CrashOf(Old(0), 4'000)});
  }
  EXPECT_THAT(pruner.Describe(false),
              ::testing::HasSubstr("with texts that no other record has: "));
  for (int round = 0; round < 2; ++round) {
    std::set<std::string> words;
    std::set<std::string> stacks;
    {
      RecordWalk walk(records(), {});
      for (auto record = walk.Next(); (*record).has_value(); record = walk.Next()) {
        for (const auto word : kRecordWords) words.insert((**record).*word);
        stacks.insert((**record).payload);
      }
    }
    EXPECT_EQ(stacks.size(), 202U);
    EXPECT_EQ(records().words().count(), words.size());
    EXPECT_EQ(records().stacks().count(), stacks.size());
    EXPECT_EQ(Rows(Table::kRecordWords), 2 * words.size());
    EXPECT_EQ(Rows(Table::kRecordStacks), 2 * stacks.size());
    EXPECT_EQ(Verify(), "");
    Open();
  }
  EXPECT_EQ(test::Store(*stores_, CrashOf(Old(0), 5)).kernel_version, "6.1.5");
  EXPECT_EQ(records().stacks().count(), 203U);
  EXPECT_EQ(Verify(), "");
}

TEST_F(RecordPrunerTest, WhereARecordIsDamagedNoTextGoes) {
  std::vector<Record> all;
  for (uint64_t i = 0; i < 2'000; ++i) all.push_back(CrashOf(Old(i < 1'999 ? 40 : 0), i));
  test::Store(*stores_, all);
  {
    storage::Transaction transaction(stores_->store());
    transaction.Put(Table::kRecords, storage::EncodeKey(RecordId{2'000}), "\x7f");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_THAT(Prune({}), ElementsAre(Pair("keep_days: 35 days", 1'999)));
  EXPECT_EQ(records().stacks().count(), 2'000U);
}

TEST_F(RecordPrunerTest, AStepEndsInTimeAndTheNextGoesOn) {
  test::Store(*stores_, std::vector<Record>(20'000, Old(40)));
  RecordPruner pruner(*stores_, {}, kRecordNoon);
  size_t steps = 0;
  for (Result<bool> more = true; *more; ++steps) {
    more = pruner.Step(std::chrono::milliseconds(0), false);
    ASSERT_TRUE(more.ok()) << more.status().message();
    EXPECT_EQ(records().count() + pruner.total(), 20'000U);
  }
  EXPECT_GE(steps, 3U);
  EXPECT_THAT(Left(), IsEmpty());
}

TEST_F(RecordPrunerTest, AWalkThatBeganBeforeSeesAllThatItSaw) {
  test::Store(*stores_, {Old(40), Old(40), Old(0)});
  RecordWalk walk(records(), {});
  Prune({});
  for (const uint64_t id : {3, 2, 1}) EXPECT_EQ((**walk.Next()).id.value, id);
  EXPECT_THAT(Left(), ElementsAre(3));
}

TEST_F(RecordPrunerTest, AWalkGoesOnWhereFilesWereDroppedUnderIt) {
  std::vector<Record> all(kRecordsOfBlock + 100, Old(40));
  for (size_t i = kRecordsOfBlock; i < all.size(); ++i) all[i] = Old(1);
  test::Store(*stores_, std::move(all));
  ASSERT_TRUE(stores_->store().Compact().ok());
  RecordWalk all_of_them(records(), {});
  RecordFilter old_ones;
  old_ones.below = RecordId{kRecordsOfBlock};
  RecordWalk old(records(), old_ones);
  ASSERT_TRUE((*old.Next()).has_value());
  Prune({});
  for (const auto& [walk, least] : {std::pair(&all_of_them, 100U), std::pair(&old, 0U)}) {
    size_t seen = 0;
    for (;; ++seen) {
      const Result<std::optional<Record>> record = walk->Next();
      ASSERT_TRUE(record.ok()) << record.status().message();
      if (!record->has_value()) break;
    }
    EXPECT_GE(seen, least);
  }
}

TEST_F(RecordPrunerTest, TheRoomOfWhatGoesBetweenOthersComesBack) {
  std::mt19937 random(6);
  for (int part = 0; part < 10; ++part) {
    std::vector<Record> some;
    for (int i = 0; i < 3'000; ++i) {
      some.push_back(Old(40, "a/b/c", i % 10 == 0 ? 4 : 1));
      some.back().payload.assign(1'000, '\0');
      for (char& c : some.back().payload) c = static_cast<char>(random());
    }
    test::Store(*stores_, std::move(some));
  }
  ASSERT_TRUE(stores_->store().Compact().ok());
  const auto size = [&]() -> uint64_t {
    for (const auto& property : stores_->store().Properties()) {
      if (property.name == "total-sst-files-size") return property.value;
    }
    return 0;
  };
  const uint64_t before = size();
  RecordRetention retention;
  retention.severities = {{4, 0}};
  Prune(retention);
  EXPECT_EQ(records().count(), 3'000U);
  Open();  // which writes the deletions out
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (size() > before / 4 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::yield();
  }
  EXPECT_LE(size(), before / 4) << "of " << before;
}

TEST_F(RecordPrunerTest, ADeletionThatIsAbandonedWasNone) {
  test::Store(*stores_, {Old(40), Old(40)});
  {
    storage::Transaction transaction(stores_->store());
    ASSERT_TRUE(records().Remove(0, storage::BlockBits::FirstOf(1), transaction).ok());
    EXPECT_EQ(records().count(), 1U);
  }
  EXPECT_THAT(Left(), ElementsAre(2, 1));
  EXPECT_EQ(records().count(), 2U);
  EXPECT_EQ(Verify(), "");
}

}  // namespace
}  // namespace rollcall::records
