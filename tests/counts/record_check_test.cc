// That `rollcall verify` finds what is wrong in the tables of records.
#include "counts/record_check.h"

#include <gmock/gmock.h>

#include "counts/verify.h"
#include "storage/coding.h"
#include "storage/keys.h"
#include "storage/record_column.h"
#include "tests/support/records.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using storage::RecordColumn;
using storage::Table;
using ::testing::HasSubstr;

class RecordCheckTest : public ::testing::Test {
 protected:
  // A full block and some more, with one record of another class and another machine.
  RecordCheckTest() {
    std::vector<Record> records(storage::kRecordsOfBlock + 3, Heartbeat());
    records[7].classification = "org.clearlinux/crash/clr";
    records[7].machine_id = "another";
    Store(rollcall_.stores(), std::move(records));
  }

  template <typename Fill>
  void Commit(Fill fill) {
    storage::Transaction transaction(rollcall_.stores().store());
    fill(transaction);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Put(Table table, const std::string& key, const std::string& value) {
    Commit([&](storage::Transaction& transaction) { transaction.Put(table, key, value); });
  }
  void Delete(Table table, const std::string& key) {
    Commit([&](storage::Transaction& transaction) { transaction.Delete(table, key); });
  }
  std::string Get(Table table, const std::string& key) {
    return (*rollcall_.stores().store().Get(table, key)).value_or("");
  }
  // What verify says, after `change`; the row is then as it was.
  std::string After(Table table, const std::string& key, const std::function<void()>& change) {
    const std::string before = Get(table, key);
    change();
    const std::string told = rollcall_.Verify();
    Put(table, key, before);
    return told;
  }
  storage::Records& records() { return rollcall_.stores().records(); }
  std::string MachineKey(const std::string& machine, uint64_t id) {
    return EncodeKey(storage::RecordMachineKey{records().MachineHash(machine), {id}});
  }

  Harness rollcall_;
};

TEST_F(RecordCheckTest, FindsNothingInASoundStore) { EXPECT_EQ(rollcall_.Verify(), ""); }

TEST_F(RecordCheckTest, NamesARecordThatCannotBeRead) {
  const std::string key = storage::EncodeKey(RecordId{65'538});
  EXPECT_THAT(After(Table::kRecords, key, [&] { Put(Table::kRecords, key, "?"); }),
              HasSubstr("records: row 0000000000010002: decode a record: 1 bytes are not one\n"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(RecordCheckTest, NamesANoteOfACrashThatCannotBeRead) {
  ASSERT_TRUE(rollcall_.stores().crash_notes().SetFilter({{"f()", "m"}}).ok());
  EXPECT_EQ(rollcall_.Verify(), "");
  Put(Table::kCrashNotes, "\2f()", "?");
  EXPECT_THAT(rollcall_.Verify(), HasSubstr("crash_notes: row 02662829: not a note of a crash\n"));
}

TEST_F(RecordCheckTest, NamesAWordThatIsNotThere) {
  const std::string key = storage::EncodeKey(RecordId{65'538});
  storage::RecordRow row;
  const std::string bytes = Get(Table::kRecords, key);
  ASSERT_TRUE(storage::DecodeRecordRow(bytes, row).ok());
  row.words[3] = {1'000};
  EXPECT_EQ(After(Table::kRecords, key, [&] { Put(Table::kRecords, key, EncodeRecordRow(row)); }),
            "records: row 0000000000010002: a word that is not there\n");
}

TEST_F(RecordCheckTest, NamesARecordThatIsGoneFromItsBlock) {
  const std::string key = storage::EncodeKey(RecordId{8});
  EXPECT_EQ(After(Table::kRecords, key, [&] { Delete(Table::kRecords, key); }),
            "record_machines: record 8: records does not say the same\n"
            "record_columns: block 0: it has 65536 records, not the 65535 of the rows\n");
}

TEST_F(RecordCheckTest, NamesWhatTheIndexByMachineLacksOrHasTooMuch) {
  const std::string key = MachineKey("another", 8);
  EXPECT_EQ(After(Table::kRecordMachines, key, [&] { Delete(Table::kRecordMachines, key); }),
            "record 8: record_machines does not have it\n");
  const std::string extra = MachineKey("a third", 8);
  Put(Table::kRecordMachines, extra, "");
  EXPECT_EQ(rollcall_.Verify(), "record_machines: record 8: records does not say the same\n");
}

TEST_F(RecordCheckTest, NamesAColumnThatSaysSomethingElseOrIsNotThere) {
  const std::string key = storage::EncodeColumnKey(0, RecordColumn::kClassification);
  const auto change = [&](const std::string& value) {
    return After(Table::kRecordColumns, key, [&] { Put(Table::kRecordColumns, key, value); });
  };
  const std::vector<uint64_t> values(storage::kRecordsOfBlock,
                                     *records().words().Find("org.clearlinux/heartbeat/ping"));
  EXPECT_EQ(change(storage::EncodeColumn(values)),
            "record_columns: block 0: column classification: 1 values are not those of the "
            "records\n");
  EXPECT_EQ(change(storage::EncodeColumn({values.data(), 5})),
            "record_columns: block 0: column classification is too short\n");
  EXPECT_THAT(change("?"), HasSubstr("record_columns: row 000000000000000005: decode a column"));
  EXPECT_EQ(After(Table::kRecordColumns, key, [&] { Delete(Table::kRecordColumns, key); }),
            "record_columns: block 0: column classification is not there\n");
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(RecordCheckTest, NamesGroupsThatCannotBeRead) {
  const std::vector<uint64_t> numbers(storage::kRecordsOfBlock, 1);
  const std::vector<std::string> texts{"6.1"};
  const std::string key = EncodeKey(storage::RecordGroupsKey{0, 5});
  Put(Table::kRecordGroups, key, storage::EncodeRecordGroups(texts, numbers));
  EXPECT_EQ(rollcall_.Verify(), "");
  Put(Table::kRecordGroups, key, storage::EncodeRecordGroups({}, numbers));
  EXPECT_THAT(rollcall_.Verify(), HasSubstr("decode groups of records"));
  Delete(Table::kRecordGroups, key);
  Put(Table::kRecordGroups, EncodeKey(storage::RecordGroupsKey{9, 5}),
      storage::EncodeRecordGroups(texts, numbers));
  EXPECT_THAT(rollcall_.Verify(), HasSubstr("not a key")) << "of a block that is not full";
}

TEST_F(RecordCheckTest, NamesAHeadThatIsWrongOrNotThere) {
  const std::string key = storage::EncodeBlockKey(0);
  EXPECT_EQ(After(Table::kRecordColumns, key, [&] { Delete(Table::kRecordColumns, key); }),
            "record_columns: block 0: its head is not there\n");
  storage::BlockHead head;
  ASSERT_TRUE(DecodeBlockHead(Get(Table::kRecordColumns, key), head).ok());
  head.last_capture -= std::chrono::seconds(1);
  EXPECT_EQ(After(Table::kRecordColumns, key,
                  [&] { Put(Table::kRecordColumns, key, EncodeBlockHead(head)); }),
            "record_columns: block 0: a record's time is not within its head's\n");
}

TEST_F(RecordCheckTest, NamesAWordWhoseHashLeadsElsewhere) {
  const uint32_t ref = *records().words().Find("41000");
  const std::string key = storage::EncodeDictionaryKey(ref);
  EXPECT_THAT(After(Table::kRecordWords, key, [&] { Put(Table::kRecordWords, key, "41001"); }),
              HasSubstr("its hash does not lead to it\n"));
  const std::string hash = storage::EncodeKey(records().words().HashOf("41000"));
  EXPECT_THAT(After(Table::kRecordWords, hash, [&] { Put(Table::kRecordWords, hash, "\1"); }),
              HasSubstr("1 has another hash\n"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

}  // namespace
}  // namespace rollcall::test
