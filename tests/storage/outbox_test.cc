// The outbox on a real store: which reports are in it after any mix of batches, removals, restarts
// and want of room, and that its counts are exact.
#include "storage/outbox.h"

#include <gmock/gmock.h>

#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using Items = std::vector<Outbox::Item>;

constexpr UnixMilliseconds kNoonMs{std::chrono::hours(12)};

class OutboxTest : public rollcall::test::StoreTest {
 protected:
  Outbox& outbox() { return stores().outbox(); }

  // Puts reports with these bodies into one transaction, and commits it.
  void Append(const std::vector<std::string>& bodies) {
    Transaction transaction(store());
    for (const std::string& body : bodies) outbox().Append({kNoonMs, {1}, "c1", body}, transaction);
    const Result<uint64_t> dropped = outbox().MakeRoom(transaction);
    ASSERT_TRUE(dropped.ok()) << dropped.status().message();
    dropped_ += *dropped;
    ASSERT_TRUE(transaction.Commit().ok());
  }

  // The live reports' bodies, "a b", oldest first; what was read of them is in items_.
  std::string Live() {
    std::string text;
    items_.clear();
    const Status status =
        outbox().ReadOldest([&](const Outbox::Item& item, std::string_view value) {
          OutboxRow row;
          EXPECT_TRUE(DecodeOutboxRow(value, row).ok());
          text += (text.empty() ? "" : " ") + std::string(row.packed_body);
          items_.push_back(item);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status.message();
    ExpectCountsAreExact();
    return text;
  }
  std::string Parked() {
    std::string text;
    EXPECT_TRUE(outbox()
                    .ReadParked(0,
                                [&](uint64_t sequence, std::string_view value) {
                                  ParkedRow row;
                                  EXPECT_TRUE(DecodeParkedRow(value, row).ok());
                                  text += std::to_string(sequence) + ":" + std::string(row.reason) +
                                          " ";
                                  return true;
                                })
                    .ok());
    return text;
  }
  void Remove(size_t count) {
    Live();
    ASSERT_TRUE(outbox().Remove(std::span(items_).first(count)).ok());
  }
  void Park(const std::string& reason, UnixMilliseconds time = kNoonMs) {
    std::string first;
    ASSERT_TRUE(outbox()
                    .ReadOldest([&](const Outbox::Item&, std::string_view value) {
                      first = value;
                      return false;
                    })
                    .ok());
    Live();
    ASSERT_TRUE(outbox().Park(items_.at(0), {time, 400, reason, first}).ok());
  }
  void ExpectCountsAreExact() {
    uint64_t bytes = 0;
    for (const Outbox::Item& item : items_) bytes += item.bytes;
    EXPECT_EQ(outbox().size().reports, items_.size());
    EXPECT_EQ(outbox().size().bytes, bytes);
  }

  Items items_;
  uint64_t dropped_ = 0;
};

TEST_F(OutboxTest, GivesBackWhatWasPutInInItsOrderAcrossRestarts) {
  Append({"a", "b"});
  Append({"c"});
  EXPECT_EQ(Live(), "a b c");
  Reopen();
  EXPECT_EQ(Live(), "a b c");
  Append({"d"});
  EXPECT_EQ(Live(), "a b c d");
}

TEST_F(OutboxTest, ABatchThatIsAbandonedLeavesNothing) {
  Append({"a"});
  {
    Transaction transaction(store());
    outbox().Append({kNoonMs, {1}, "c1", "lost"}, transaction);
  }
  EXPECT_EQ(Live(), "a");
  Append({"b"});
  EXPECT_EQ(Live(), "a b");
  EXPECT_EQ(items_.back().sequence, 2U);
}

TEST_F(OutboxTest, WhatIsRemovedIsGoneAndItsNumbersAreNotGivenAgain) {
  Append({"a", "b", "c"});
  Remove(2);
  EXPECT_EQ(Live(), "c");
  Remove(1);
  EXPECT_EQ(Live(), "");
  Reopen();
  EXPECT_EQ(Live(), "");
  Append({"d"});
  EXPECT_EQ(Live(), "d");
  EXPECT_EQ(items_[0].sequence, 4U);
  Reopen();
  EXPECT_EQ(Live(), "d");
}

TEST_F(OutboxTest, RemovedRowsLeaveTheTableManyAtATime) {
  const std::string megabyte(1 << 20, 'x');
  for (int i = 0; i < 9; ++i) Append({megabyte});
  Remove(7);
  EXPECT_NE(Get(Table::kOutbox, EncodeOutboxKey(1)), "(none)");
  Remove(1);
  for (uint64_t i = 1; i <= 8; ++i)
    EXPECT_EQ(Get(Table::kOutbox, EncodeOutboxKey(i)), "(none)") << i;
  EXPECT_EQ(Live(), megabyte);
}

TEST_F(OutboxTest, RowsThatAnEarlierProcessLeftAreDeletedByTheNextRemoval) {
  Append({"a", "b", "c"});
  Remove(2);
  EXPECT_NE(Get(Table::kOutbox, EncodeOutboxKey(1)), "(none)");
  Reopen();
  Remove(1);
  EXPECT_EQ(Get(Table::kOutbox, EncodeOutboxKey(1)), "(none)");
  EXPECT_EQ(Get(Table::kOutbox, EncodeOutboxKey(3)), "(none)");
}

TEST_F(OutboxTest, AParkedReportStandsAsideWithItsReasonUntilItsTimeIsOver) {
  Append({"a", "b", "c"});
  Park("bad");
  EXPECT_EQ(Live(), "b c");
  Park("worse", kNoonMs + std::chrono::hours(1));
  EXPECT_EQ(Live(), "c");
  EXPECT_EQ(Parked(), "1:bad 2:worse ");
  Reopen();
  EXPECT_EQ(Parked(), "1:bad 2:worse ");
  EXPECT_EQ(outbox().size().parked_reports, 2U);
  EXPECT_EQ(*outbox().DropParkedBefore(kNoonMs), 0U);
  EXPECT_EQ(*outbox().DropParkedBefore(kNoonMs + std::chrono::minutes(1)), 1U);
  EXPECT_EQ(Parked(), "2:worse ");
  EXPECT_EQ(*outbox().DropParkedBefore(kNoonMs + std::chrono::hours(2)), 1U);
  EXPECT_EQ(outbox().size().parked_reports, 0U);
  EXPECT_EQ(outbox().size().parked_bytes, 0U);
}

TEST_F(OutboxTest, WhatIsRemovedTwiceCountsOnce) {
  Append({"a", "b", "c"});
  Live();
  const Items sent = items_;
  ASSERT_TRUE(outbox().Remove(std::span(sent).first(2)).ok());
  ASSERT_TRUE(outbox().Remove(sent).ok());
  EXPECT_EQ(Live(), "");
  EXPECT_EQ(outbox().size().bytes, 0U);
}

TEST_F(OutboxTest, AwaitRowsEndsWithAReportOrAStop) {
  std::stop_source stop;
  bool came = false;
  std::thread waiter([&] { came = outbox().AwaitRows(stop.get_token()); });
  Append({"a"});
  waiter.join();
  EXPECT_TRUE(came);
  Remove(1);
  std::thread stopped([&] { came = outbox().AwaitRows(stop.get_token()); });
  stop.request_stop();
  stopped.join();
  EXPECT_FALSE(came);
}

TEST_F(OutboxTest, TheOldestTimeIsThatOfTheOldestLiveReport) {
  EXPECT_EQ(outbox().OldestTime(), std::nullopt);
  Append({"a"});
  EXPECT_EQ(outbox().OldestTime(), kNoonMs);
}

TEST_F(OutboxTest, NumbersThatContradictOneAnotherAreDataLoss) {
  PutNumber("outbox_removed", 5);
  Close();
  EXPECT_EQ(OpenStatus().code(), Code::kDataLoss);
}

// A bound of 10 KiB: a row has 8 bytes of key and some 9 beside the body.
class FullOutboxTest : public OutboxTest {
 protected:
  static constexpr uint64_t kMaxBytes = 10 * 1024;

  FullOutboxTest() {
    Close();
    StoreOptions options = OptionsFor(directory());
    options.outbox_max_bytes = kMaxBytes;
    OpenWith(options);
  }
  uint64_t Total() { return outbox().size().bytes + outbox().size().parked_bytes; }
};

TEST_F(FullOutboxTest, TheOldestGoUntilTheRestFits) {
  for (char c = 'a'; c <= 'z'; ++c) Append({std::string(1000, c)});
  EXPECT_LE(Total(), kMaxBytes);
  const std::string live = Live();
  EXPECT_EQ(items_.size() + dropped_, 26U);
  EXPECT_GE(items_.size(), 9U);
  EXPECT_EQ(live.back(), 'z');
  EXPECT_EQ(items_.back().sequence, 26U);
  EXPECT_EQ(items_.front().sequence, dropped_ + 1);
}

TEST_F(FullOutboxTest, ParkedReportsGoFirst) {
  Append({std::string(4000, 'p'), std::string(3000, 'a')});
  Park("bad");
  Append({std::string(4000, 'b')});
  EXPECT_EQ(dropped_, 1U);
  EXPECT_EQ(Parked(), "");
  EXPECT_EQ(outbox().size().reports, 2U);
  EXPECT_LE(Total(), kMaxBytes);
}

TEST_F(FullOutboxTest, ABatchThatFailsDropsNothing) {
  Append({std::string(9000, 'a')});
  {
    Transaction transaction(store());
    outbox().Append({kNoonMs, {1}, "c1", std::string(9000, 'b')}, transaction);
    EXPECT_EQ(*outbox().MakeRoom(transaction), 1U);
  }
  EXPECT_EQ(Live(), std::string(9000, 'a'));
}

TEST_F(FullOutboxTest, ASingleReportLargerThanTheBoundIsKeptAlone) {
  Append({"a"});
  Append({std::string(20'000, 'b')});
  EXPECT_EQ(Live(), std::string(20'000, 'b'));
  EXPECT_EQ(dropped_, 1U);
}

}  // namespace
}  // namespace rollcall::storage
