#include "storage/records.h"

#include <gmock/gmock.h>

#include <random>

#include "storage/keys.h"
#include "storage/record_scan.h"
#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/log_capture.h"
#include "tests/support/records.h"

namespace rollcall::storage {
namespace {

using rollcall::test::Heartbeat;
using rollcall::test::kRecordNoon;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RecordsTest : public rollcall::test::StoreTest {
 protected:
  Record Append(Record record) { return rollcall::test::Store(stores(), std::move(record)); }
  std::vector<Record> Append(std::vector<Record> records) {
    return rollcall::test::Store(stores(), std::move(records));
  }
  Records& records() { return stores().records(); }

  // A record that is nobody else's, by its number.
  static Record Numbered(uint64_t n) {
    std::mt19937_64 random(n);
    Record record = Heartbeat();
    record.severity = static_cast<uint8_t>(1 + random() % 4);
    record.external = random() % 3 == 0;
    record.classification = "org.clearlinux/class/" + std::to_string(random() % 7);
    record.build = std::to_string(40'000 + random() % 300);
    record.system_name = random() % 9 == 0 ? "" : "clear-linux-os";
    record.host_type = "vendor|product|" + std::to_string(random() % 5);
    record.machine_id = std::to_string(random() % 5'000);
    record.capture = kRecordNoon - seconds(random() % 100'000'000);
    record.reception = kRecordNoon + seconds(n / 7);
    record.payload = "payload " + std::to_string(n);
    return record;
  }
  // Stores so many of them, in transactions of some thousands.
  std::vector<Record> Fill(uint64_t count) {
    std::vector<Record> all;
    while (all.size() < count) {
      std::vector<Record> some;
      while (some.size() < 5'000 && all.size() + some.size() < count) {
        some.push_back(Numbered(all.size() + some.size()));
      }
      some = Append(std::move(some));
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  std::string TextOf(uint64_t word) {
    const auto bytes = records().words().BytesOf(static_cast<uint32_t>(word));
    return bytes.ok() ? **bytes : bytes.status().message();
  }

  // That a scan finds these records and no others, by all columns.
  void ExpectScanned(const std::vector<Record>& all) {
    RecordScan scan(records());
    size_t left = all.size();
    while (scan.NextBlock()) {
      std::map<RecordColumn, ColumnView> columns;
      for (const RecordColumn column : kRecordColumns) {
        Result<ColumnView> view = scan.Column(column);
        ASSERT_TRUE(view.ok()) << view.status().message();
        columns[column] = *std::move(view);
      }
      ASSERT_LE(scan.present().Count(), left);
      scan.present().ForEachBackwards([&](size_t slot) {
        const Record& record = all[--left];
        EXPECT_EQ(scan.IdOf(slot), record.id);
        EXPECT_EQ(columns[RecordColumn::kReception][slot],
                  record.reception.time_since_epoch().count());
        EXPECT_EQ(columns[RecordColumn::kCapture][slot], record.capture.time_since_epoch().count());
        EXPECT_EQ(columns[RecordColumn::kSeverity][slot], record.severity);
        EXPECT_EQ(columns[RecordColumn::kExternal][slot], record.external ? 1U : 0U);
        EXPECT_EQ(TextOf(columns[RecordColumn::kClassification][slot]), record.classification);
        EXPECT_EQ(TextOf(columns[RecordColumn::kBuild][slot]), record.build);
        EXPECT_EQ(TextOf(columns[RecordColumn::kSystem][slot]), record.system_name);
        EXPECT_EQ(TextOf(columns[RecordColumn::kHostType][slot]), record.host_type);
        EXPECT_EQ(columns[RecordColumn::kMachine][slot], records().MachineHash(record.machine_id));
        EXPECT_EQ(columns[RecordColumn::kStack][slot], 0U);
        EXPECT_LE(scan.head().first_reception, record.reception);
        EXPECT_GE(scan.head().last_reception, record.reception);
        EXPECT_LE(scan.head().first_capture, record.capture);
        EXPECT_GE(scan.head().last_capture, record.capture);
        return !HasFailure();
      });
      ASSERT_FALSE(HasFailure());
    }
    EXPECT_EQ(left, 0U);
  }

  // The ids of all records, as a scan finds them.
  std::vector<uint64_t> Scanned(RecordScan&& scan) {
    std::vector<uint64_t> ids;
    while (scan.NextBlock()) {
      scan.present().ForEachBackwards([&](size_t slot) {
        ids.push_back(scan.IdOf(slot).value);
        return true;
      });
    }
    return ids;
  }
};

TEST_F(RecordsTest, ARecordIsReadBackWithEveryField) {
  Record record = Heartbeat();
  record.external = true;
  record.payload = std::string("a\0b", 3);
  const Record stored = Append(record);
  EXPECT_EQ(stored.id, RecordId{1});
  record.id = stored.id;
  for (int round = 0; round < 2; ++round) {
    const auto read = records().Read({1});
    ASSERT_TRUE(read.ok()) << read.status().message();
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ(**read, record);
    Reopen();
  }
  EXPECT_FALSE(records().Read({2})->has_value());
}

TEST_F(RecordsTest, ALargePayloadIsReadBackToo) {
  std::mt19937 random(3);
  Record record = Heartbeat();
  for (const bool noise : {false, true}) {
    record.payload.assign(2 * kMaxRecordPayload, 'x');
    for (char& c : record.payload) c = noise ? static_cast<char>(random()) : c;
    const RecordId id = Append(record).id;
    EXPECT_TRUE((*records().Read(id))->payload == record.payload);
  }
}

TEST_F(RecordsTest, IdsAscendAndReceptionNeverGoesBack) {
  EXPECT_EQ(records().last(), RecordId{0});
  Record record = Heartbeat();
  EXPECT_EQ(Append(record).id, RecordId{1});
  record.reception = kRecordNoon - seconds(5);
  EXPECT_EQ(Append(record).reception, kRecordNoon) << "the clock was set back";
  Reopen();
  EXPECT_EQ(Append(record).reception, kRecordNoon);
  record.reception = kRecordNoon + seconds(1);
  const Record last = Append(record);
  EXPECT_EQ(last.id, RecordId{4});
  EXPECT_EQ(last.reception, kRecordNoon + seconds(1));
  EXPECT_EQ(records().last(), RecordId{4});
  EXPECT_EQ(records().count(), 4U);
  record.reception = kRecordNoon - seconds(24 * 60 * 60);
  EXPECT_EQ(Append(record).reception, record.reception) << "the time before was wrong";
}

TEST_F(RecordsTest, WhatIsAbandonedWasNeverThere) {
  Append(Heartbeat());
  {
    Transaction transaction(store());
    Record record = Numbered(9);
    record.reception = kRecordNoon + seconds(100);
    ASSERT_TRUE(records().Append(record, transaction).ok());
    EXPECT_EQ(record.id, RecordId{2});
    EXPECT_EQ(records().last(), RecordId{1}) << "not yet";
  }
  EXPECT_EQ(records().last(), RecordId{1});
  EXPECT_THAT(Scanned(RecordScan(records())), ElementsAre(1));
  const Record next = Append(Heartbeat());
  EXPECT_EQ(next.id, RecordId{2});
  EXPECT_EQ(next.reception, kRecordNoon);
  EXPECT_EQ(**records().Read({2}), next);
  EXPECT_EQ(*records().words().Find(Numbered(9).classification), 0U);
}

TEST_F(RecordsTest, AStoreWithoutRecordsHasNone) {
  EXPECT_THAT(Scanned(RecordScan(records())), IsEmpty());
  Reopen();
  EXPECT_THAT(Scanned(RecordScan(records())), IsEmpty());
  EXPECT_EQ(records().count(), 0U);
}

TEST_F(RecordsTest, AScanFindsAllOfSeveralBlocksByEveryColumn) {
  const std::vector<Record> all = Fill(2 * kRecordsOfBlock + 777);
  ExpectScanned(all);
  Reopen();
  ExpectScanned(all);
  EXPECT_EQ(records().count(), all.size());
  const Record next = Append(Numbered(all.size()));
  EXPECT_EQ(next.id.value, all.size() + 1);
}

TEST_F(RecordsTest, ABlockEndsWhereATransactionDoes) {
  const std::vector<Record> all = Fill(kRecordsOfBlock);
  ExpectScanned(all);
  Reopen();
  ExpectScanned(all);
  EXPECT_EQ(Append(Heartbeat()).id.value, kRecordsOfBlock + 1);
}

TEST_F(RecordsTest, AViewStaysAsItIsWhileOthersCome) {
  Fill(3);
  const RecordsView view = records().View();
  Fill(kRecordsOfBlock);
  EXPECT_THAT(Scanned(RecordScan(records(), view)), ElementsAre(3, 2, 1));
  EXPECT_EQ(Scanned(RecordScan(records())).size(), kRecordsOfBlock + 3);
}

TEST_F(RecordsTest, ColumnsThatAreMissingAreWrittenAgain) {
  const std::vector<Record> all = Fill(2 * kRecordsOfBlock + 5);
  const auto columns = [&] { return ScanText(Table::kRecordColumns, "", ""); };
  const std::string before = columns();
  for (const auto& blocks : {std::pair(0U, 1U), std::pair(1U, 2U), std::pair(0U, 2U)}) {
    Commit([&](Transaction& transaction) {
      transaction.DeleteRange(Table::kRecordColumns, EncodeBlockKey(blocks.first),
                              EncodeBlockKey(blocks.second));
    });
    Reopen();
    ExpectScanned(all);
    EXPECT_TRUE(columns() == before);
  }
  Put(Table::kRecordColumns, EncodeBlockKey(1), "?");
  Reopen();
  EXPECT_TRUE(columns() == before) << "a head that cannot be read";
}

TEST_F(RecordsTest, AnIndexThatIsMissingIsWrittenAgain) {
  Fill(20'000);
  const auto index = [&] { return ScanText(Table::kRecordMachines, "", ""); };
  const std::string before = index();
  const std::string of_oldest =
      EncodeKey(RecordMachineKey{records().MachineHash(Numbered(0).machine_id), {1}});
  Commit([](Transaction& transaction) {
    transaction.DeleteRange(Table::kRecordMachines, "", std::string(20, '\xff'));
  });
  Reopen();
  EXPECT_TRUE(index() == before);
  // As where the writing was cut short.
  Commit([&](Transaction& transaction) {
    transaction.DeleteRange(Table::kRecordMachines, std::string(1, '\x80'),
                            std::string(20, '\xff'));
    transaction.Delete(Table::kRecordMachines, of_oldest);
  });
  Reopen();
  EXPECT_TRUE(index() == before);
}

TEST_F(RecordsTest, AnImportPutsRecordsInAnyOrder) {
  const std::vector<Record> all = Fill(3);
  std::vector<Record> wanted = all;
  std::vector<Record> imported;
  for (uint64_t id = kRecordsOfBlock + 10; id > 3; id -= 3) {
    Record record = Numbered(id);
    record.id = {id};
    imported.push_back(record);
  }
  for (int round = 0; round < 2; ++round) {
    Commit([&](Transaction& transaction) {
      for (const Record& record : imported) {
        const Result<bool> added = records().Import(record, transaction);
        ASSERT_TRUE(added.ok()) << added.status().message();
        EXPECT_EQ(*added, round == 0) << "those that are there are passed over";
      }
    });
    Reopen();
  }
  wanted.insert(wanted.end(), imported.rbegin(), imported.rend());
  ExpectScanned(wanted);
  EXPECT_EQ(records().last().value, kRecordsOfBlock + 10);
  Record other = imported.front();
  other.payload = "another";
  Transaction transaction(store());
  EXPECT_EQ(records().Import(other, transaction).status().code(), Code::kInvalidArgument);
}

TEST_F(RecordsTest, ARecordThatIsLostLeavesTheOthers) {
  Fill(4);
  Commit([](Transaction& transaction) {
    transaction.Delete(Table::kRecords, EncodeKey(RecordId{2}));
    transaction.Put(Table::kRecords, EncodeKey(RecordId{4}), "?");
  });
  rollcall::test::LogCapture log;
  Reopen();
  EXPECT_THAT(Scanned(RecordScan(records())), ElementsAre(3, 1));
  EXPECT_EQ(records().last(), RecordId{4});
  EXPECT_EQ(Append(Heartbeat()).id, RecordId{5}) << "no number is given out again";
}

TEST_F(RecordsTest, TheRecordsOfAMachineAreFoundNewestFirst) {
  Record record = Heartbeat();
  for (const char* machine : {"a", "b", "a", "", "a"}) {
    record.machine_id = machine;
    Append(record);
  }
  const auto of = [&](const std::string& machine, uint64_t below, size_t most) {
    std::vector<uint64_t> ids;
    const auto found =
        records().OfMachine(records().MachineHash(machine), {below}, most, records().View());
    EXPECT_TRUE(found.ok());
    for (const RecordId id : *found) ids.push_back(id.value);
    return ids;
  };
  EXPECT_THAT(of("a", UINT64_MAX, 100), ElementsAre(5, 3, 1));
  EXPECT_THAT(of("a", 5, 100), ElementsAre(3, 1));
  EXPECT_THAT(of("a", 5, 1), ElementsAre(3));
  EXPECT_THAT(of("", UINT64_MAX, 100), ElementsAre(4));
  EXPECT_THAT(of("c", UINT64_MAX, 100), IsEmpty());
  EXPECT_THAT(of("a", 0, 100), IsEmpty());
}

TEST_F(RecordsTest, EachDistinctStackIsKeptOnce) {
  records().SetStackOf([](const Record& record) {
    return record.classification.find("crash") == std::string::npos ? "" : record.payload;
  });
  Record record = Heartbeat();
  Append(record);
  record.classification = "org.clearlinux/crash/clr";
  for (const char* stack : {"main", "main", "abort", "main"}) {
    record.payload = stack;
    Append(record);
  }
  RecordScan scan(records());
  ASSERT_TRUE(scan.NextBlock());
  std::vector<uint64_t> refs;
  scan.Column(RecordColumn::kStack)->CopyTo(refs);
  EXPECT_THAT(refs, ElementsAre(0, 1, 1, 2, 1));
  EXPECT_EQ(**records().stacks().BytesOf(2), "abort");
  EXPECT_EQ(records().stacks().last(), 2U);
}

TEST_F(RecordsTest, WordsAreFoundBothWaysAndAgainAfterAStart) {
  Append(Heartbeat());
  for (int round = 0; round < 2; ++round) {
    const Result<uint32_t> ref = records().words().Find("org.clearlinux/heartbeat/ping");
    ASSERT_TRUE(ref.ok());
    EXPECT_NE(*ref, 0U);
    EXPECT_EQ(**records().words().BytesOf(*ref), "org.clearlinux/heartbeat/ping");
    EXPECT_EQ(*records().words().Find("never"), 0U);
    EXPECT_EQ(records().words().BytesOf(1'000).status().code(), Code::kDataLoss);
    Reopen();
  }
  const uint64_t words = records().words().last();
  Append(Heartbeat());
  EXPECT_EQ(records().words().last(), words);
}

TEST_F(RecordsTest, AWordsRefIsTheBytesOfTheFormat) {
  Commit([&](Transaction& transaction) {
    for (int i = 1; i <= 300; ++i) {
      Record record = Heartbeat();
      for (const auto field : kRecordWords) record.*field = "word " + std::to_string(i);
      ASSERT_TRUE(records().Append(record, transaction).ok());
    }
  });
  EXPECT_EQ(Get(Table::kRecordWords, EncodeKey(records().words().HashOf("word 300"))),
            rollcall::test::FormatExample("record_words: the ref of a text, 300"));
  EXPECT_EQ(Get(Table::kRecordWords, EncodeDictionaryKey(300)), "word 300");
}

}  // namespace
}  // namespace rollcall::storage
