// That nobody waits for the writer, and that what it says is so.
#include "records/record_writer.h"

#include <gmock/gmock.h>

#include <future>
#include <set>

#include "records/record_walk.h"
#include "storage/transaction.h"
#include "tests/records/records_fixture.h"

namespace rollcall::records {
namespace {

using std::chrono::seconds;
using test::Heartbeat;
using test::kRecordNoon;
using ::testing::HasSubstr;

class RecordWriterTest : public test::RecordsTest {
 protected:
  // Submits, and returns what became of it; the record is then in `stored_`.
  Status Write(Record record) {
    std::promise<Status> told;
    const Status queued =
        writer_->Submit(std::move(record), [&](const Status& status, const Record& stored) {
          stored_ = stored;
          told.set_value(status);
        });
    return queued.ok() ? told.get_future().get() : queued;
  }

  Record stored_;
};

TEST_F(RecordWriterTest, WhatIsToldToBeStoredIs) {
  Record record = Heartbeat();
  record.reception = {};
  ASSERT_TRUE(Write(record).ok());
  EXPECT_EQ(stored_.id, RecordId{1});
  EXPECT_EQ(stored_.reception, kRecordNoon) << "when it was stored";
  EXPECT_EQ(**records().Read({1}), stored_);
  EXPECT_EQ(Count("stored"), 1U);
  Open();
  EXPECT_EQ(**records().Read({1}), stored_) << "on disk";
}

TEST_F(RecordWriterTest, NobodyWaitsWhileTheStoreIsBusyAndAllShareACommit) {
  std::atomic<int> told{0};
  std::set<uint64_t> ids;  // the writer's thread
  {
    const storage::Transaction busy(stores_->store());
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(writer_
                      ->Submit(Heartbeat(),
                               [&](const Status& status, const Record& stored) {
                                 EXPECT_TRUE(status.ok());
                                 ids.insert(stored.id.value);
                                 told.fetch_add(1);
                                 told.notify_all();
                               })
                      .ok());
    }
    EXPECT_EQ(told.load(), 0);
  }
  for (int seen = told.load(); seen < 1'000; seen = told.load()) told.wait(seen);
  EXPECT_EQ(ids.size(), 1'000U);
  EXPECT_EQ(records().count(), 1'000U);
  // The thread may have taken some before the others came.
  EXPECT_THAT(registry_.WriteText(),
              ::testing::ContainsRegex("rollcall_records_per_commit_count [12]\n"));
}

TEST_F(RecordWriterTest, AWalkBesideItSeesAllUpToSomeMomentAndNothingElse) {
  constexpr uint64_t kRecords = 3'000;
  std::atomic<uint64_t> told{0};
  std::thread sender([&] {
    for (uint64_t i = 0; i < kRecords; ++i) {
      EXPECT_TRUE(writer_->Submit(Heartbeat(), [&](const Status&, const Record&) { ++told; }).ok());
    }
  });
  for (uint64_t before = 0; before < kRecords; before = told) {
    RecordWalk walk(records(), {});
    uint64_t expected = 0;
    for (;;) {
      const Result<std::optional<Record>> record = walk.Next();
      ASSERT_TRUE(record.ok()) << record.status().message();
      if (!record->has_value()) break;
      if (expected == 0) expected = (*record)->id.value;
      ASSERT_EQ((*record)->id.value, expected--);
    }
    EXPECT_EQ(expected, 0U) << "down to the first";
  }
  sender.join();
}

TEST_F(RecordWriterTest, WhatIsQueuedAtTheEndIsStored) {
  std::thread end;
  {
    const storage::Transaction busy(stores_->store());
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(writer_->Submit(Heartbeat(), nullptr).ok());
    end = std::thread([this] { writer_.reset(); });
  }
  end.join();
  Open();
  EXPECT_EQ(records().count(), 500U);
}

TEST_F(RecordWriterTest, AFullQueueTakesNoMoreAndSaysSo) {
  Record record = Heartbeat();
  record.payload.assign(kMaxRecordPayload, 'x');
  uint64_t taken = 0;
  {
    const storage::Transaction busy(stores_->store());
    Status status;
    // Some the thread may have taken out already.
    for (; status.ok() && taken < 100; taken += status.ok() ? 1 : 0) {
      status = writer_->Submit(record, nullptr);
    }
    EXPECT_EQ(status.code(), Code::kUnavailable);
    EXPECT_THAT(status.message(), HasSubstr("bytes of records are queued"));
    EXPECT_GE(taken, 60U);
  }
  writer_.reset();
  EXPECT_EQ(Count("stored"), taken);
  EXPECT_EQ(Count("dropped"), 1U);
}

TEST_F(RecordWriterTest, WithoutRoomOnTheDiskNothingIsStoredAndItIsTold) {
  Open(uint64_t{1} << 60);
  EXPECT_EQ(Write(Heartbeat()).code(), Code::kUnavailable);
  EXPECT_EQ(records().count(), 0U);
  EXPECT_EQ(Count("failed"), 1U);
  Open();
  EXPECT_EQ(records().count(), 0U);
}

TEST_F(RecordWriterTest, AClockThatWasNeverSetDatesNothing) {
  clock_.Set(UnixSeconds(seconds(100'000)));
  const Status status = Write(Heartbeat());
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("was never set"));
  EXPECT_EQ(records().count(), 0U);
}

}  // namespace
}  // namespace rollcall::records
