#include "storage/record_column.h"

#include <gmock/gmock.h>

#include <random>

#include "tests/storage/format_examples.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr UnixSeconds kNoonOfColumn{seconds(1'772'884'800)};

using Values = std::vector<uint64_t>;

ColumnView Decoded(const std::string& bytes) {
  Result<ColumnView> view = ColumnView::Decode(bytes);
  EXPECT_TRUE(view.ok()) << view.status().message();
  return view.ok() ? *view : ColumnView();
}

Values CopyOf(const ColumnView& view) {
  Values values;
  view.CopyTo(values);
  return values;
}

// The slots that are left of `bits`.
std::vector<size_t> Slots(const BlockBits& bits) {
  std::vector<size_t> slots;
  bits.ForEach([&](size_t slot) { slots.push_back(slot); });
  return slots;
}

// Columns of all widths, with and without a dictionary, of a full block and of few values.
std::vector<Values> Columns() {
  std::mt19937_64 random(7);
  std::vector<Values> columns;
  for (const size_t size : {size_t{1}, size_t{3}, size_t{64}, size_t{1'000}, kRecordsOfBlock}) {
    for (const uint64_t base : {uint64_t{0}, uint64_t{1} << 62}) {
      for (const uint64_t range : {uint64_t{1}, uint64_t{4}, uint64_t{256}, uint64_t{257},
                                   uint64_t{70'000}, uint64_t{1} << 33, uint64_t{1} << 62}) {
        Values any(size);
        for (uint64_t& v : any) v = base + random() % range;
        columns.push_back(any);
        // Few distinct ones, far from each other.
        Values few;
        for (int i = 0; i < 300; ++i) few.push_back(base + random() % range);
        for (uint64_t& v : any) v = few[random() % few.size()];
        columns.push_back(std::move(any));
      }
    }
  }
  return columns;
}

TEST(RecordColumnTest, IsTheBytesOfTheFormat) {
  const auto hex = [](const Values& values) { return ToHex(EncodeColumn(values)); };
  EXPECT_EQ(hex({1, 1, 4, 2}), ToHex(FormatExample("column of records: 1, 1, 4, 2")));
  EXPECT_EQ(hex({5, 5, 5}), ToHex(FormatExample("column of records: 5, 5, 5")));
  EXPECT_EQ(hex({300, 7, 300, 7, 7}), ToHex(FormatExample("column of records: 300, 7, 300, 7, 7")));
}

TEST(RecordColumnTest, EveryValueIsReadBack) {
  for (const Values& values : Columns()) {
    const ColumnView view = Decoded(EncodeColumn(values));
    ASSERT_EQ(CopyOf(view), values);
    for (size_t slot = 0; slot < values.size(); slot += 1 + values.size() / 100) {
      ASSERT_EQ(view[slot], values[slot]);
      if (!view.distinct().empty()) {
        ASSERT_EQ(view.distinct()[view.code(slot)], values[slot]);
      }
    }
  }
}

TEST(RecordColumnTest, AFewDistinctValuesTakeAByteEach) {
  std::mt19937_64 random(9);
  const Values machines{random(), random(), random(), random()};
  Values values(kRecordsOfBlock);
  for (uint64_t& v : values) v = machines[random() % machines.size()];
  EXPECT_LT(EncodeColumn(values).size(), kRecordsOfBlock + 64);
  EXPECT_LT(EncodeColumn(Values(kRecordsOfBlock, 1'772'884'800)).size(), 16U);
}

// Against a loop over the values.
TEST(RecordColumnTest, AFilterKeepsTheSlotsThatHaveTheValue) {
  std::mt19937_64 random(11);
  for (const Values& values : Columns()) {
    const ColumnView stored = Decoded(EncodeColumn(values));
    const ColumnView in_memory = ColumnView::Of(nullptr, values);
    for (const uint64_t wanted : {values.front(), values.back(), values.front() + 1,
                                  values.front() - 1, uint64_t{0}, UINT64_MAX}) {
      BlockBits before = BlockBits::FirstOf(values.size());
      for (size_t i = 0; i < BlockBits::kWords; ++i) before.word(i) &= random() | random();
      BlockBits equal = before;
      BlockBits above = before;
      for (size_t slot = 0; slot < values.size(); ++slot) {
        if (values[slot] != wanted) equal.Remove(slot);
        if (values[slot] <= wanted) above.Remove(slot);
      }
      for (const ColumnView* const view : {&stored, &in_memory}) {
        BlockBits kept = before;
        view->KeepEqual(wanted, kept);
        ASSERT_EQ(kept, equal);
        kept = before;
        view->KeepAbove(wanted, kept);
        ASSERT_EQ(kept, above);
      }
    }
  }
}

TEST(RecordColumnTest, OtherBytesAreDamage) {
  for (const Values& values : {Values{1, 1, 4, 2}, Values{300, 7, 300, 7, 7}, Values{5, 5, 5}}) {
    const std::string good = EncodeColumn(values);
    for (size_t n = 0; n < good.size(); ++n) {
      EXPECT_EQ(ColumnView::Decode(good.substr(0, n)).status().code(), Code::kDataLoss) << n;
    }
    EXPECT_FALSE(ColumnView::Decode(good + '\0').ok());
  }
  EXPECT_FALSE(ColumnView::Decode(std::string("\x06\x01\0\0\0\0", 6)).ok()) << "width 3";
  EXPECT_FALSE(ColumnView::Decode(std::string("\3\2\1\7\0\1", 6)).ok()) << "not in the dictionary";
  EXPECT_FALSE(ColumnView::Decode(std::string("\3\2\2\7\0\0\1", 7)).ok()) << "twice the same";
  EXPECT_FALSE(ColumnView::Decode(std::string("\0\0\5", 3)).ok()) << "no values";
  EXPECT_FALSE(ColumnView::Decode("\x03\x81\x80\x04\x01").ok()) << "too many";
  std::mt19937 random(13);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes(random() % 30, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % (i % 2 == 0 ? 8 : 256));
    const Result<ColumnView> view = ColumnView::Decode(bytes);
    if (view.ok()) {
      EXPECT_EQ(CopyOf(*view).size(), view->size());
    }
  }
}

TEST(BlockHeadTest, IsTheBytesOfTheFormat) {
  BlockBits absent;
  absent.Add(3);
  absent.Add(4);
  const BlockHead head{0,
                       kRecordsOfBlock,
                       kRecordsOfBlock - 2,
                       kNoonOfColumn,
                       kNoonOfColumn + seconds(5),
                       kNoonOfColumn - seconds(60),
                       kNoonOfColumn,
                       std::make_shared<const BlockBits>(absent)};
  EXPECT_EQ(ToHex(EncodeBlockHead(head)), ToHex(FormatExample("head of a block of records")));
}

TEST(BlockHeadTest, AbsentSlotsAreReadBack) {
  std::mt19937_64 random(17);
  for (int round = 0; round < 50; ++round) {
    BlockBits absent;
    for (size_t i = 0; i < BlockBits::kWords; ++i) {
      absent.word(i) = round == 0 ? 0 : random() & (round % 2 == 0 ? random() : ~uint64_t{0});
    }
    if (round == 3) absent.Add(kRecordsOfBlock - 1);
    BlockHead head;
    if (absent.Any()) head.absent = std::make_shared<const BlockBits>(absent);
    BlockHead back;
    ASSERT_TRUE(DecodeBlockHead(EncodeBlockHead(head), back).ok());
    ASSERT_EQ(back.count, kRecordsOfBlock - absent.Count());
    ASSERT_EQ(back.absent != nullptr, absent.Any());
    if (back.absent) {
      ASSERT_EQ(*back.absent, absent);
    }
    BlockBits present = BlockBits::FirstOf(kRecordsOfBlock);
    present.RemoveAll(absent);
    ASSERT_EQ(back.Present(), present);
  }
}

TEST(BlockHeadTest, OtherBytesAreDamage) {
  BlockHead head;
  const std::string good = EncodeBlockHead(head);
  for (size_t n = 0; n < good.size(); ++n)
    EXPECT_FALSE(DecodeBlockHead(good.substr(0, n), head).ok());
  EXPECT_FALSE(DecodeBlockHead(good + '\3', head).ok()) << "half a stretch";
  EXPECT_FALSE(DecodeBlockHead(good + std::string("\3\0", 2), head).ok()) << "an empty one";
  EXPECT_FALSE(DecodeBlockHead(good + std::string("\0\x80\x80\x04", 4), head).ok()) << "all";
  EXPECT_FALSE(DecodeBlockHead(good + "\1\x80\x80\x04", head).ok()) << "one more than all";
}

TEST(BlockBitsTest, AreWalkedFromBothEnds) {
  BlockBits bits;
  for (const size_t slot : {size_t{0}, size_t{63}, size_t{64}, size_t{5'000}, kRecordsOfBlock - 1})
    bits.Add(slot);
  EXPECT_THAT(Slots(bits), ElementsAre(0, 63, 64, 5'000, kRecordsOfBlock - 1));
  std::vector<size_t> backwards;
  bits.ForEachBackwards([&](size_t slot) {
    backwards.push_back(slot);
    return backwards.size() < 3;
  });
  EXPECT_THAT(backwards, ElementsAre(kRecordsOfBlock - 1, 5'000, 64));
  EXPECT_EQ(bits.Count(), 5U);
  bits.KeepOnly(BlockBits::FirstOf(64));
  EXPECT_THAT(Slots(bits), ElementsAre(0, 63));
  bits.RemoveAll(BlockBits::FirstOf(kRecordsOfBlock));
  EXPECT_FALSE(bits.Any());
  EXPECT_THAT(Slots(BlockBits::FirstOf(0)), IsEmpty());
  EXPECT_EQ(BlockBits::FirstOf(65).Count(), 65U);
}

TEST(RecordIdTest, ABlockIs65536Ids) {
  EXPECT_EQ(BlockOf({1}), 0U);
  EXPECT_EQ(BlockOf({65'536}), 0U);
  EXPECT_EQ(BlockOf({65'537}), 1U);
  EXPECT_EQ(SlotOf({65'537}), 0U);
  EXPECT_EQ(IdAt(1, 0), RecordId{65'537});
}

}  // namespace
}  // namespace rollcall::storage
