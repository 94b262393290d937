#include "storage/outbox_row.h"

#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;

constexpr UnixMilliseconds kReceived{std::chrono::milliseconds(1'772'884'805'250)};
// A frame of zstd by its specification: magic, a single segment of 4 bytes, one raw block.
const std::string kFrame = rollcall::test::FromHex("28 b5 2f fd 20 04 21 00 00 61 20 31 0a");

TEST(OutboxRow, IsTheBytesOfTheFormat) {
  EXPECT_EQ(ToHex(EncodeOutboxKey(258)), ToHex(FormatExample("key of outbox: number 258")));
  const OutboxRow row{kReceived, {1}, "c1", kFrame};
  EXPECT_EQ(ToHex(EncodeOutboxRow(row)), ToHex(FormatExample("outbox")));
  const std::string bytes = EncodeOutboxRow(row);
  const ParkedRow parked{kReceived + std::chrono::seconds(1), 400, "no", bytes};
  EXPECT_EQ(ToHex(EncodeParkedRow(parked)), ToHex(FormatExample("outbox_parked")));
}

TEST(OutboxRow, IsReadBack) {
  const std::string bytes = FormatExample("outbox_parked");
  ParkedRow parked;
  ASSERT_TRUE(DecodeParkedRow(bytes, parked).ok());
  EXPECT_EQ(parked.http_status, 400U);
  EXPECT_EQ(parked.reason, "no");
  OutboxRow row;
  ASSERT_TRUE(DecodeOutboxRow(parked.outbox_row, row).ok());
  EXPECT_EQ(row, (OutboxRow{kReceived, {1}, "c1", kFrame}));
}

TEST(OutboxRow, KeysSortAsTheirNumbersAndHaveOneSize) {
  EXPECT_LT(EncodeOutboxKey(255), EncodeOutboxKey(256));
  EXPECT_EQ(DecodeOutboxKey(EncodeOutboxKey(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(DecodeOutboxKey(std::string(7, '\1')), std::nullopt);
  EXPECT_EQ(DecodeOutboxKey(std::string(9, '\1')), std::nullopt);
}

TEST(OutboxRow, CutShortInFrontOfTheBodyItIsDataLoss) {
  const std::string bytes = FormatExample("outbox");
  OutboxRow row;
  for (size_t size = 0; size < bytes.size() - kFrame.size(); ++size) {
    EXPECT_EQ(DecodeOutboxRow(bytes.substr(0, size), row).code(), Code::kDataLoss) << size;
  }
  EXPECT_TRUE(DecodeOutboxRow(bytes.substr(0, bytes.size() - kFrame.size()), row).ok());
  EXPECT_EQ(DecodeOutboxRow(std::string("\0\xff\xff\x7f\0", 5), row).code(), Code::kDataLoss);
}

TEST(OutboxRow, RandomBytesAreReadOrRefusedAndNeverMore) {
  std::mt19937 random(11);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    OutboxRow row;
    ParkedRow parked;
    if (DecodeOutboxRow(bytes, row).ok()) {
      EXPECT_LE(row.source_id.size() + row.packed_body.size(), bytes.size());
    }
    if (DecodeParkedRow(bytes, parked).ok()) {
      EXPECT_LE(parked.reason.size() + parked.outbox_row.size(), bytes.size());
    }
  }
}

}  // namespace
}  // namespace rollcall::storage
