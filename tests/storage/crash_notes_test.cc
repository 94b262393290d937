#include "storage/crash_notes.h"

#include <gmock/gmock.h>

#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FormatExample;
using rollcall::test::ToHex;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const CrashFrameName kMain{"main()", "app"};
const CrashFrameName kAbort{"abort()", "libc.so.6"};

class CrashNotesTest : public rollcall::test::StoreTest {
 protected:
  CrashNotes& notes() { return stores().crash_notes(); }
};

TEST_F(CrashNotesTest, TheListAndTheNotesOutliveAStart) {
  EXPECT_THAT(notes().filter(), IsEmpty());
  ASSERT_TRUE(notes().SetFilter({kMain, kAbort}).ok());
  ASSERT_TRUE(notes().SetNote(kMain, {"see the tracker", true}).ok());
  ASSERT_TRUE(notes().SetNote(kAbort, {"", true}).ok());
  const uint64_t version = notes().version();
  ASSERT_TRUE(notes().SetFilter({kAbort}).ok());
  EXPECT_GT(notes().version(), version);
  for (const bool reopened : {false, true}) {
    if (reopened) Reopen();
    EXPECT_THAT(notes().filter(), ElementsAre(kAbort));
    EXPECT_THAT(notes().notes(), ElementsAre(Pair(kAbort, GuiltyNote{"", true}),
                                             Pair(kMain, GuiltyNote{"see the tracker", true})));
  }
}

TEST_F(CrashNotesTest, AnEmptyNoteGoes) {
  ASSERT_TRUE(notes().SetNote(kMain, {"x", false}).ok());
  ASSERT_TRUE(notes().SetNote(kMain, {}).ok());
  EXPECT_THAT(notes().notes(), IsEmpty());
  Reopen();
  EXPECT_THAT(notes().notes(), IsEmpty());
}

TEST_F(CrashNotesTest, WhatCannotBeStoredIsRefusedAndChangesNothing) {
  ASSERT_TRUE(notes().SetFilter({kMain}).ok());
  const std::string long_name(kMostFrameNameBytes + 1, 'f');
  for (const std::vector<CrashFrameName>& frames : std::vector<std::vector<CrashFrameName>>{
           {{"", "app"}},
           {{"a\nb", "app"}},
           {{"a", "x\r"}},
           {{long_name, ""}},
           {kAbort, kAbort},
           std::vector<CrashFrameName>(kMostFilteredFrames + 1, kMain)}) {
    EXPECT_EQ(notes().SetFilter(frames).code(), Code::kInvalidArgument);
  }
  EXPECT_THAT(notes().filter(), ElementsAre(kMain));
  EXPECT_EQ(notes().SetNote({"", "app"}, {"x", false}).code(), Code::kInvalidArgument);
  EXPECT_EQ(notes().SetNote(kMain, {std::string(kMostCommentBytes + 1, 'x'), false}).code(),
            Code::kInvalidArgument);
  EXPECT_THAT(notes().notes(), IsEmpty());
}

TEST_F(CrashNotesTest, ADamagedRowIsLeftOutAndTheStoreOpens) {
  ASSERT_TRUE(notes().SetFilter({kMain}).ok());
  Put(Table::kCrashNotes, "\1no end of the function", "");
  Put(Table::kCrashNotes, "\2f\nm", "\2unknown kind");
  Put(Table::kCrashNotes, "\3f\nm", "");
  Reopen();
  EXPECT_THAT(notes().filter(), ElementsAre(kMain));
  EXPECT_THAT(notes().notes(), IsEmpty());
}

TEST_F(CrashNotesTest, TheRowsAreTheBytesOfTheFormat) {
  ASSERT_TRUE(notes().SetFilter({kMain}).ok());
  ASSERT_TRUE(notes().SetNote(kMain, {"known", true}).ok());
  std::vector<std::string> rows;
  for (Scan scan = store().NewScan(Table::kCrashNotes, "", ""); scan.Valid(); scan.Next()) {
    rows.push_back(ToHex(scan.key()) + " = " + ToHex(scan.value()));
  }
  EXPECT_THAT(
      rows,
      ElementsAre(ToHex(FormatExample("key of crash_notes: main() of app is never guilty")) + " = ",
                  ToHex(FormatExample("key of crash_notes: a note of main() of app")) + " = " +
                      ToHex(FormatExample("crash_notes: hidden, known"))));
}

}  // namespace
}  // namespace rollcall::storage
