// A view of records goes on where retention drops files under it.
#include "records/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "records/record_list.h"
#include "records/record_pruner.h"
#include "tests/records/record_fleet.h"

namespace rollcall::records {
namespace {

class OfRecordsNowTest : public ::testing::Test {
 protected:
  // A full block that is past its time, and some records after it that are not.
  OfRecordsNowTest() {
    std::vector<Record> records(storage::kRecordsOfBlock + 10, SomeRecord());
    for (size_t i = 0; i < storage::kRecordsOfBlock; ++i) {
      records[i].reception = kNow - std::chrono::days(100);
    }
    fleet_.Add(std::move(records));
  }
  void Prune() {
    RecordPruner pruner(fleet_.stores(), {}, kNow);
    const Result<bool> more = pruner.Step(std::chrono::hours(1), false);
    ASSERT_TRUE(more.ok()) << more.status().message();
  }

  RecordFleet fleet_;
};

TEST_F(OfRecordsNowTest, WhatFailsBecauseFilesWereDroppedIsMadeAgainOfWhatIsLeft) {
  int calls = 0;
  const auto page =
      OfRecordsNow(fleet_.stores().records(), {}, [&](const Source& source) -> Result<RecordPage> {
        if (++calls == 1) {
          Prune();
          return Status::DataLoss("a file is not there");
        }
        return ListRecords(source, {.filter = {}, .below = {}, .limit = 100});
      });
  ASSERT_TRUE(page.ok()) << page.status().message();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(page->records.size(), 10u);
}

TEST_F(OfRecordsNowTest, AnyOtherFailureIsTold) {
  int calls = 0;
  const auto page =
      OfRecordsNow(fleet_.stores().records(), {}, [&](const Source&) -> Result<RecordPage> {
        ++calls;
        return Status::DataLoss("damaged");
      });
  EXPECT_EQ(page.status().code(), Code::kDataLoss);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace rollcall::records
