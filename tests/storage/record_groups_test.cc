#include "storage/record_groups.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;

using Numbers = std::vector<uint64_t>;
using Texts = std::vector<std::string>;

TEST(RecordGroups, AreWrittenAsTheFormatSays) {
  EXPECT_EQ(ToHex(EncodeRecordGroups(Texts{"6.1"}, Numbers(kRecordsOfBlock, 1))),
            ToHex(FormatExample("record_groups: all records in 6.1")));
  EXPECT_EQ(ToHex(EncodeRecordGroups({}, Numbers(kRecordsOfBlock, 0))),
            ToHex(FormatExample("record_groups: no record in any")));
  EXPECT_EQ(ToHex(EncodeKey(RecordGroupsKey{2, 0x0102030405060708})),
            ToHex(FormatExample("key of record_groups: block 2, view 0102030405060708")));
}

TEST(RecordGroups, AreReadAsTheyWereWritten) {
  std::mt19937_64 random(5);
  for (const size_t count : {size_t{1}, size_t{7}, size_t{300}, size_t{70}}) {
    Texts texts;
    for (size_t i = 0; i < count; ++i)
      texts.push_back(std::string(random() % 20, 'x') + std::to_string(i));
    Numbers numbers(kRecordsOfBlock);
    for (uint64_t& number : numbers) number = random() % (count + 1);
    const auto groups = DecodeRecordGroups(EncodeRecordGroups(texts, numbers));
    ASSERT_TRUE(groups.ok()) << groups.status().message();
    EXPECT_EQ(groups->texts, texts);
    Numbers read;
    groups->numbers.CopyTo(read);
    EXPECT_EQ(read, numbers);
  }
}

TEST(RecordGroups, OtherBytesAreDamage) {
  const auto code = [](const std::string& bytes) {
    return DecodeRecordGroups(bytes).status().code();
  };
  const std::string whole = EncodeRecordGroups(Texts{"6.1", "6.2"}, Numbers(kRecordsOfBlock, 2));
  EXPECT_EQ(code(whole), Code::kOk);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(code(whole.substr(0, size)), Code::kDataLoss) << size;
  }
  EXPECT_EQ(code(EncodeRecordGroups(Texts{"6.1"}, Numbers(kRecordsOfBlock, 2))), Code::kDataLoss)
      << "a group without a text";
  EXPECT_EQ(code(EncodeRecordGroups(Texts{"6.1"}, Numbers(7, 1))), Code::kDataLoss);
  std::mt19937_64 random(6);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    const auto groups = DecodeRecordGroups(bytes);
    if (!groups.ok()) continue;
    for (size_t slot = 0; slot < kRecordsOfBlock; slot += 1'000) {
      ASSERT_LE(groups->numbers[slot], groups->texts.size());
    }
  }
}

TEST(RecordGroups, KeysAreReadBackAndSortByBlock) {
  const RecordGroupsKey key{7, UINT64_MAX - 1};
  EXPECT_EQ(DecodeRecordGroupsKey(EncodeKey(key)), key);
  EXPECT_LT(EncodeKey(key), EncodeGroupsOfBlock(8));
  EXPECT_GT(EncodeKey(key), EncodeGroupsOfBlock(7));
  EXPECT_EQ(DecodeRecordGroupsKey(EncodeKey(key) + "x"), std::nullopt);
  EXPECT_EQ(DecodeRecordGroupsKey("1234567"), std::nullopt);
}

}  // namespace
}  // namespace rollcall::storage
