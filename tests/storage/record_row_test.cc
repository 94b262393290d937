#include "storage/record_row.h"

#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;
using std::chrono::seconds;

// 2026-03-07 12:00:00, by `date -u -d ... +%s`.
constexpr UnixSeconds kNoonOfRow{seconds(1'772'884'800)};

RecordRow Example() {
  RecordRow row;
  row.version = 4;
  row.severity = 1;
  row.external = true;
  row.payload_version = 1;
  row.reception = kNoonOfRow;
  row.capture = kNoonOfRow - seconds(60);
  for (uint32_t i = 0; i < row.words.size(); ++i) row.words[i] = {i + 1};
  row.machine_id = "66c196ce4222dd761470da5e7e35f6f1";
  row.event_id = "N/A";
  row.payload = "hello\n";
  return row;
}

void ExpectSame(const RecordRow& a, const RecordRow& b) {
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.severity, b.severity);
  EXPECT_EQ(a.external, b.external);
  EXPECT_EQ(a.payload_version, b.payload_version);
  EXPECT_EQ(a.capture, b.capture);
  EXPECT_EQ(a.reception, b.reception);
  EXPECT_EQ(a.words, b.words);
  EXPECT_EQ(a.stack, b.stack);
  EXPECT_EQ(a.machine_id, b.machine_id);
  EXPECT_EQ(a.event_id, b.event_id);
  EXPECT_EQ(a.is_packed, b.is_packed);
  EXPECT_EQ(a.payload, b.payload);
}

TEST(RecordRow, IsTheBytesOfTheFormat) {
  EXPECT_EQ(ToHex(EncodeRecordRow(Example())), ToHex(FormatExample("records")));
  EXPECT_EQ(ToHex(EncodeKey(RecordId{65'537})),
            ToHex(FormatExample("key of records: record 65537")));
  EXPECT_EQ(
      ToHex(EncodeKey(RecordMachineKey{0x0102030405060708, {12}})),
      ToHex(FormatExample("key of record_machines: machine hash 0102030405060708, record 12")));
}

TEST(RecordRow, EveryFieldIsReadBack) {
  RecordRow row = Example();
  const auto check = [&] {
    const std::string bytes = EncodeRecordRow(row);
    RecordRow back;
    ASSERT_TRUE(DecodeRecordRow(bytes, back).ok());
    ExpectSame(row, back);
  };
  check();
  row.external = false;
  row.is_packed = true;
  row.version = 0;
  row.severity = 4;
  row.payload_version = INT32_MIN;
  row.capture = UnixSeconds(seconds(253'402'300'799));  // the end of year 9999
  row.words[8] = {UINT32_MAX};
  row.stack = {UINT32_MAX};
  check();
  row.capture = UnixSeconds();
  row.payload_version = INT32_MAX;
  row.payload = {};
  const std::string zeros(1000, '\0');
  row.payload = zeros;
  check();
  // Ids that nearly are 32 hexadecimal digits.
  for (const char* id :
       {"", "66C196CE4222DD761470DA5E7E35F6F1", "66c196ce4222dd761470da5e7e35f6f",
        "66c196ce4222dd761470da5e7e35f6fg", "00000000000000000000000000000000", "\xc3\xbc"}) {
    row.machine_id = id;
    row.event_id = id;
    check();
  }
}

TEST(RecordRow, AnIdOf32DigitsTakes17Bytes) {
  RecordRow row = Example();
  const size_t with = EncodeRecordRow(row).size();
  row.machine_id = "";
  EXPECT_EQ(with - EncodeRecordRow(row).size(), 16U);
}

TEST(RecordRow, OtherBytesAreDamage) {
  const std::string good = EncodeRecordRow(Example());
  RecordRow row;
  // All that comes before the payload has to be there.
  for (size_t n = 0; n < good.size() - 6; ++n) {
    EXPECT_EQ(DecodeRecordRow(good.substr(0, n), row).code(), Code::kDataLoss) << n;
  }
  EXPECT_FALSE(DecodeRecordRow(std::string("\x80\x02") + good.substr(1), row).ok()) << "a flag";
  std::mt19937 random(5);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes(random() % 60, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (!DecodeRecordRow(bytes, row).ok()) continue;
    EXPECT_GE(row.capture.time_since_epoch().count(), 0);
    EXPECT_GE(row.reception.time_since_epoch().count(), 0);
  }
}

TEST(RecordRow, TheNewestOfAMachineComeFirst) {
  EXPECT_LT(EncodeKey(RecordMachineKey{7, {13}}), EncodeKey(RecordMachineKey{7, {12}}));
  EXPECT_LT(EncodeKey(RecordMachineKey{7, {1}}), EncodeKey(RecordMachineKey{8, {UINT64_MAX}}));
  const RecordMachineKey key{UINT64_MAX, {12}};
  EXPECT_EQ(DecodeRecordMachineKey(EncodeKey(key)), key);
  EXPECT_FALSE(DecodeRecordMachineKey(std::string(15, '\1')).has_value());
  EXPECT_FALSE(DecodeRecordMachineKey(std::string(17, '\1')).has_value());
  EXPECT_FALSE(DecodeRecordKey(std::string(8, '\0')).has_value()) << "record 0";
  EXPECT_FALSE(DecodeRecordKey(std::string(7, '\1')).has_value());
  EXPECT_EQ(DecodeRecordKey(EncodeKey(RecordId{12})), RecordId{12});
}

}  // namespace
}  // namespace rollcall::storage
