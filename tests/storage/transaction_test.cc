// What a transaction leaves behind, and whom it tells.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/storage/store_fixture.h"
#include "tests/support/small_disk.h"

namespace rollcall::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Takes part in the transactions of a store, and writes down what it is told.
class Witness final : private Participant {
 public:
  explicit Witness(Store& store) : participation_(store, *this) {}

  // What it was told since the last call.
  std::vector<std::string> Told() { return std::exchange(told_, {}); }

 private:
  void Save(Transaction& transaction) const override {
    told_.emplace_back("save");
    if (!transaction.empty()) transaction.Put(Table::kPeaks, "saved", "by the witness");
  }
  void Committed() override { told_.emplace_back("committed"); }
  void Abandoned() override { told_.emplace_back("abandoned"); }

  mutable std::vector<std::string> told_;
  const Participation participation_;
};

using TransactionTest = rollcall::test::StoreTest;

TEST_F(TransactionTest, WhatIsNotCommittedChangesNothing) {
  Witness witness(store());
  {
    Transaction transaction(store());
    EXPECT_TRUE(transaction.empty());
    transaction.Put(Table::kPeaks, "key", "value");
    EXPECT_FALSE(transaction.empty());
    EXPECT_GT(transaction.bytes(), 8U);
  }
  EXPECT_THAT(witness.Told(), ElementsAre("abandoned"));
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "");
}

TEST_F(TransactionTest, WhatItsParticipantsSaveIsCommittedWithIt) {
  Witness witness(store());
  Put(Table::kPeaks, "key", "value");
  EXPECT_THAT(witness.Told(), ElementsAre("save", "committed"));
  EXPECT_EQ(ScanText(Table::kPeaks, "", ""), "key=value saved=by the witness");
}

TEST_F(TransactionTest, AnEmptyOneIsCommittedAndWritesNothing) {
  Witness witness(store());
  const uint64_t before = store().sequence();
  EXPECT_TRUE(Transaction(store()).Commit().ok());
  EXPECT_EQ(store().sequence(), before);
  EXPECT_THAT(witness.Told(), ElementsAre("save", "committed"));
}

TEST_F(TransactionTest, ASecondCommitIsRefusedAndTellsNobody) {
  Witness witness(store());
  {
    Transaction transaction(store());
    transaction.Put(Table::kPeaks, "a", "1");
    ASSERT_TRUE(transaction.Commit().ok());
    witness.Told();
    transaction.Put(Table::kPeaks, "b", "2");
    EXPECT_EQ(transaction.Commit().code(), Code::kInternal);
  }
  EXPECT_THAT(witness.Told(), IsEmpty());
  EXPECT_EQ(Get(Table::kPeaks, "b"), "(none)");
}

TEST_F(TransactionTest, WhoNoLongerTakesPartIsToldNothing) {
  Witness stays(store());
  { const Witness leaves(store()); }
  Put(Table::kPeaks, "a", "1");
  EXPECT_THAT(stays.Told(), ElementsAre("save", "committed"));
}

TEST_F(TransactionTest, TheNextOneWaitsForItsEndAndNotForItsCommit) {
  std::atomic<bool> has_ended = false;
  std::jthread next;
  {
    Transaction transaction(store());
    next = std::jthread([&] {
      const Transaction waits(store());
      EXPECT_TRUE(has_ended);
    });
    transaction.Put(Table::kPeaks, "a", "1");
    EXPECT_TRUE(transaction.Commit().ok());
    has_ended = true;
  }
}

TEST_F(TransactionTest, OneInTurnWaitsForWhoHasTheTurnAndTheOthersDoNot) {
  std::atomic<bool> turn_is_over = false;
  std::jthread in_turn;
  {
    const Turn turn(store());
    in_turn = std::jthread([&] {
      const Transaction waits(store(), Turn(store()));
      EXPECT_TRUE(turn_is_over);
    });
    Put(Table::kPeaks, "a", "1");
    turn_is_over = true;
  }
}

}  // namespace
}  // namespace rollcall::storage
