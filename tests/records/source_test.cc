// A view of records goes on where retention drops files under it.
#include "records/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

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
  const auto count =
      OfRecordsNow(fleet_.stores().records(), {}, [&](const Source& source) -> Result<uint64_t> {
        if (++calls == 1) {
          Prune();
          return Status::DataLoss("a file is not there");
        }
        uint64_t records = 0;
        for (storage::RecordScan scan = source.Scan(); scan.NextBlock();) {
          records += scan.head().count;
        }
        return records;
      });
  ASSERT_TRUE(count.ok()) << count.status().message();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(*count, 10u);
}

TEST_F(OfRecordsNowTest, AnyOtherFailureIsTold) {
  int calls = 0;
  const auto count =
      OfRecordsNow(fleet_.stores().records(), {}, [&](const Source&) -> Result<uint64_t> {
        ++calls;
        return Status::DataLoss("damaged");
      });
  EXPECT_EQ(count.status().code(), Code::kDataLoss);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace rollcall::records
