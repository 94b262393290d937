// The disk fails under a store for a moment, in every way that RocksDB asks it for something.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "storage/transaction.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/log_capture.h"

namespace rollcall::storage {
namespace {

using Operation = test::FaultyDisk::Operation;

constexpr size_t kValueBytes = 64 * 1024;

class DiskFaultsTest : public test::StoreTest {
 protected:
  DiskFaultsTest() {
    Close();
    options_ = OptionsFor(directory());
    options_.disk = disk_;
    OpenWith(options_);
  }

  // Stores a further row; it is remembered where it was answered Ok.
  Status TryPut() {
    const std::string key = "key-" + std::to_string(++serial_);
    // Not to be packed, so that there is much to write out.
    std::string value(kValueBytes, '\0');
    for (char& c : value)
      c = static_cast<char>((random_ = random_ * 6364136223846793005u + 1) >> 56);
    Transaction transaction(store());
    transaction.Put(serial_ % 2 == 0 ? Table::kChunks : Table::kParked, key, value);
    const Status status = transaction.Commit();
    if (status.ok()) answered_[key] = value;
    return status;
  }
  bool Await(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(25);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  // A store that was given up keeps its files, and RocksDB's threads, until its process ends. So
  // what it left is read in a copy.
  void OpenWhatItLeft() {
    Close();
    std::filesystem::copy(directory(), next_.path());
    options_.directory = next_.path();
    options_.read_only = true;
    OpenWith(options_);
  }
  // The rows that were answered and are not there.
  std::string Lost() {
    std::string lost;
    for (const auto& [key, value] : answered_) {
      const Table table = std::stoi(key.substr(4)) % 2 == 0 ? Table::kChunks : Table::kParked;
      if (Get(table, key) != value) lost += key + " ";
    }
    return lost;
  }

  const test::TempDir next_;
  const std::shared_ptr<test::FaultyDisk> disk_ = std::make_shared<test::FaultyDisk>();
  StoreOptions options_;
  std::map<std::string, std::string> answered_;
  int serial_ = 0;
  uint64_t random_ = 1;
};

TEST_F(DiskFaultsTest, AfterAnyFaultThatPassesTheStoreIsWritableAgainAndHasAllThatWasAnswered) {
  const auto broken = [] { return rocksdb::IOStatus::IOError("Input/output error"); };
  const auto full = [] { return rocksdb::IOStatus::NoSpace("No space left on device"); };
  const auto many = [] { return rocksdb::IOStatus::IOError("Too many open files"); };
  const test::FaultyDisk::Fault faults[] = {
      {Operation::kAppend, ".log", broken()},    {Operation::kAppend, ".log", full()},
      {Operation::kSync, ".log", broken()},      {Operation::kCreate, ".log", many()},
      {Operation::kCreate, ".log", full()},      {Operation::kAppend, ".sst", broken()},
      {Operation::kAppend, ".sst", full()},      {Operation::kSync, ".sst", broken()},
      {Operation::kSync, ".sst", full()},        {Operation::kCreate, ".sst", many()},
      {Operation::kCreate, ".sst", full()},      {Operation::kOpen, ".sst", many()},
      {Operation::kRead, ".sst", broken()},      {Operation::kAppend, "MANIFEST", broken()},
      {Operation::kAppend, "MANIFEST", full()},  {Operation::kSync, "MANIFEST", broken()},
      {Operation::kSyncDirectory, "", broken()},
  };
  for (const auto& fault : faults) {
    SCOPED_TRACE(std::to_string(static_cast<int>(fault.operation)) + " " + fault.in_name + " " +
                 fault.status.ToString());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(TryPut().ok());
    disk_->Break(fault);
    // Enough for a log, for tables to be written out, and for a compaction.
    bool refused = false;
    for (int i = 0; i < 200 && !(refused && disk_->hits() > 0); ++i) refused |= !TryPut().ok();
    EXPECT_TRUE(Await([&] { return disk_->hits() > 0; }));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    disk_->Heal();
    EXPECT_TRUE(Await([&] { return TryPut().ok(); })) << store().Writable().message();
    EXPECT_FALSE(store().GivenUp());
    EXPECT_EQ(Lost(), "");
    Close();
    OpenWith(options_);
    EXPECT_EQ(Lost(), "");
  }
}

TEST_F(DiskFaultsTest, AMakingThatFailsAnywhereIsToldAndTheNextOneGoesOn) {
  const rocksdb::IOStatus statuses[] = {rocksdb::IOStatus::IOError("Input/output error"),
                                        rocksdb::IOStatus::NoSpace("No space left on device")};
  for (const Operation operation : {Operation::kCreate, Operation::kAppend, Operation::kSync}) {
    for (const rocksdb::IOStatus& status : statuses) {
      int hits = 1;
      int failed = 0;
      for (int after = 0; hits > 0; after += 1 + after / 4) {
        SCOPED_TRACE(std::to_string(static_cast<int>(operation)) + " " + status.ToString() +
                     " after " + std::to_string(after));
        const test::TempDir directory;
        StoreOptions options = OptionsFor(directory.path() + "/store");
        options.disk = disk_;
        disk_->Break({operation, "", status, false, after});
        {
          const auto made = Store::Open(options);
          hits = disk_->hits();
          disk_->Heal();
          // What fails once there is a store is another test's.
          if (made.ok()) continue;
        }
        ++failed;
        // As in another process: this one may keep what it could not close.
        const test::TempDir left;
        std::filesystem::copy(options.directory, left.path() + "/store");
        options.directory = left.path() + "/store";
        OpenWith(options);
        ASSERT_TRUE(TryPut().ok());
        Close();
      }
      EXPECT_GT(failed, 3);
    }
  }
}

TEST_F(DiskFaultsTest,
       AWriteIsRefusedAtOnceWhileTheDiskFailsAndTheLogSaysOnceWhyAndOnceThatItIsOver) {
  const test::LogCapture log;
  ASSERT_TRUE(TryPut().ok());
  disk_->Break({Operation::kSync, ".log", rocksdb::IOStatus::IOError("Input/output error")});
  for (int i = 0; i < 100; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(TryPut().ok());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  }
  EXPECT_NE(store().Writable().message().find("Input/output error"), std::string::npos);
  disk_->Heal();
  // The line follows the state.
  EXPECT_TRUE(Await([&] { return log.text().find("writable again") != std::string::npos; }));
  EXPECT_TRUE(store().Writable().ok());
  const std::string text = log.text();
  const auto count = [&](const std::string& part) {
    size_t n = 0;
    for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("not writable: "), 1u) << text;
  EXPECT_EQ(count("writable again"), 1u) << text;
}

TEST_F(DiskFaultsTest, ADiskThatFailsForLongIsGivenUpAndTheNextStartHasAllThatWasAnswered) {
  Close();
  options_.disk_patience = std::chrono::milliseconds(300);
  OpenWith(options_);
  ASSERT_TRUE(TryPut().ok());
  disk_->Break({Operation::kSync, ".log", rocksdb::IOStatus::IOError("Input/output error")});
  EXPECT_FALSE(TryPut().ok());
  EXPECT_TRUE(Await([&] { return store().NeedsRestart(); }));
  EXPECT_NE(store().GivenUp().value_or("").find("Input/output error"), std::string::npos);
  EXPECT_FALSE(TryPut().ok());
  disk_->Heal();
  OpenWhatItLeft();
  EXPECT_EQ(Lost(), "");
}

TEST_F(DiskFaultsTest, ARecoveryThatDoesNotComeBackIsGivenUpHoldsNobodyUpAndCanBeEnded) {
  Close();
  options_.disk_patience = std::chrono::milliseconds(300);
  OpenWith(options_);
  // Its background work fails first, and then its recovery from that hangs.
  disk_->Break({Operation::kAppend, ".sst", rocksdb::IOStatus::IOError("Input/output error")});
  EXPECT_TRUE(Await([&] { return !TryPut().ok() || disk_->hits() > 0; }));
  disk_->Break({Operation::kAppend, ".sst", rocksdb::IOStatus::IOError("too late"), true});
  EXPECT_TRUE(Await([&] { return store().NeedsRestart(); }));
  EXPECT_FALSE(TryPut().ok());
  EXPECT_EQ(Lost(), "");
  EXPECT_FALSE(store().EndWriting());
  disk_->Heal();
  OpenWhatItLeft();
  EXPECT_EQ(Lost(), "");
}

TEST_F(DiskFaultsTest, BelowTheFloorOnlyWhatGivesRoomBackIsWritten) {
  Close();
  options_.min_free_bytes = uint64_t{1} << 60;
  EXPECT_TRUE(Stores::Open(options_).ok());  // what is stored can be read
  OpenWith(options_);
  const Status status = TryPut();
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_NE(status.message().find("--min-free-bytes wants"), std::string::npos) << status.message();
  EXPECT_EQ(store().Writable().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::storage
