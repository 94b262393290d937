// Backups of an open store, and stores that are made of them.
#include "storage/backup.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <stop_token>

#include "storage/store_files.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/file_tree.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;
using rollcall::test::Contents;
using rollcall::test::TempDir;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BackupTest : public rollcall::test::StoreTest {
 protected:
  // A row of 100 KiB that does not pack, in a table file of its own.
  void Add(const std::string& key) {
    std::string value(100'000, '\0');
    for (char& c : value) c = static_cast<char>(random_());
    Put(Table::kPeaks, key, value);
    ASSERT_TRUE(store().Flush().ok());
  }
  Result<Backup> Make(uint32_t keep = 0) {
    return MakeBackup(store(), {.directory = backups(), .keep = keep, .bytes_per_second = 0},
                      [this](uint64_t done, uint64_t all) { told_.emplace_back(done, all); });
  }
  Result<Backup> Restore(const std::string& into, uint32_t id = 0) {
    return RestoreBackup(backups(), id, into, 0, [](uint64_t, uint64_t) {});
  }
  std::vector<std::string> List() {
    const auto backups_there = ListBackups(backups());
    EXPECT_TRUE(backups_there.ok()) << backups_there.status().message();
    std::vector<std::string> texts;
    for (const Backup& backup : *backups_there) {
      texts.push_back(std::to_string(backup.id) + backup.damage);
    }
    return texts;
  }
  // The keys of peaks of a store.
  static std::string KeysIn(const std::string& directory) {
    StoreOptions options = OptionsFor(directory);
    options.create_if_missing = false;
    const auto opened = Store::Open(options);
    if (!opened.ok()) return opened.status().message();
    std::string keys;
    for (Scan scan = (*opened)->NewScan(Table::kPeaks, "", ""); scan.Valid(); scan.Next()) {
      keys += std::string(scan.key());
    }
    return keys;
  }
  // A table file that backups share.
  fs::path SharedFile() const {
    for (const auto& entry : fs::directory_iterator(backups() + "/shared_checksum")) {
      if (entry.file_size() > 50'000) return entry.path();
    }
    return {};
  }
  uint64_t BytesOfBackups() const {
    uint64_t bytes = 0;
    for (const auto& [_, content] : Contents(backups())) bytes += content.size();
    return bytes;
  }

  std::string backups() const { return dir_.path() + "/backups"; }
  std::string target() const { return dir_.path() + "/restored"; }

  std::vector<std::pair<uint64_t, uint64_t>> told_;

 private:
  TempDir dir_;
  std::mt19937 random_{1};
};

TEST_F(BackupTest, ARestoredStoreHasWhatTheOtherHadThen) {
  Add("a");
  Put(Table::kPeaks, "b", "in the log alone");
  const auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(made->id, 1U);
  EXPECT_EQ(made->made_by, "format 5, rollcall " ROLLCALL_VERSION);
  Add("c");
  const auto restored = Restore(target());
  ASSERT_TRUE(restored.ok()) << restored.status().message();
  EXPECT_EQ(restored->id, 1U);
  EXPECT_EQ(KeysIn(target()), "ab");
  EXPECT_EQ(Get(Table::kPeaks, "c").size(), 100'000U) << "the store goes on";
  EXPECT_FALSE(fs::exists(target() + "/RESTORING"));
}

TEST_F(BackupTest, AFurtherOneCostsWhatHasChanged) {
  for (const char* key : {"a", "b"}) Add(key);
  ASSERT_TRUE(Make().ok());
  const uint64_t first = BytesOfBackups();
  EXPECT_GT(first, 200'000U);
  Add("c");
  told_.clear();
  ASSERT_TRUE(Make().ok());
  EXPECT_LT(BytesOfBackups() - first, 250'000U);
  EXPECT_LT(told_.back().second, 200'000U) << "of what is shared nothing is copied";
  EXPECT_EQ(told_.back().first, told_.back().second);
  ASSERT_TRUE(Restore(target(), 1).ok());
  EXPECT_EQ(KeysIn(target()), "ab");
}

TEST_F(BackupTest, SoManyStayAsAreWanted) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Make(3).ok());
  EXPECT_THAT(List(), ElementsAre("2", "3", "4"));
  const auto left = PruneBackups(backups(), 1);
  ASSERT_TRUE(left.ok()) << left.status().message();
  EXPECT_THAT(List(), ElementsAre("4"));
  EXPECT_THAT(PruneBackups(backups(), 0)->size(), 1U) << "one stays";
}

TEST_F(BackupTest, VerifyNamesAFileThatIsDamaged) {
  Add("a");
  ASSERT_TRUE(Make().ok());
  const fs::path file = SharedFile();
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(50'000);
    damaged << "damage";
  }
  const auto verified = VerifyBackups(backups(), 0, [](uint64_t, uint64_t) {});
  ASSERT_TRUE(verified.ok());
  ASSERT_EQ(verified->size(), 1U);
  EXPECT_THAT(verified->front().damage, HasSubstr(file.filename().string()));
  // Its size is right, so only who reads it notices: a restore does, and leaves nothing.
  EXPECT_THAT(List(), ElementsAre("1"));
  const Status status = Restore(target()).status();
  EXPECT_EQ(status.code(), Code::kDataLoss) << status.message();
  std::string left;
  for (const auto& [name, _] : Contents(target())) left += name;
  EXPECT_EQ(left, "LOCK");
  EXPECT_FALSE(fs::exists(target() + "/RESTORING"));
}

TEST_F(BackupTest, AFileThatIsMissingIsNamedAndTheNewestWholeOneIsRestored) {
  Add("a");
  ASSERT_TRUE(Make().ok());
  const fs::path old = SharedFile();
  ASSERT_TRUE(store().Compact().ok());
  Add("b");
  ASSERT_TRUE(Make().ok());
  const std::string private_file = backups() + "/private/2/CURRENT";
  ASSERT_TRUE(fs::remove(private_file));
  EXPECT_THAT(List(), ElementsAre("1", AllOf(HasSubstr("2"), HasSubstr("CURRENT"))));
  EXPECT_EQ(Restore(target(), 2).status().code(), Code::kDataLoss);
  ASSERT_TRUE(Restore(target()).ok());
  EXPECT_EQ(KeysIn(target()), "a");
  EXPECT_TRUE(fs::exists(old));
}

TEST_F(BackupTest, WhatIsThereIsNotOverwritten) {
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(Restore(directory()).status().message(),
              "restore into " + directory() + ": it is not empty");
  const TempDir other;
  std::ofstream(other.path() + "/notes.txt") << "ours";
  EXPECT_EQ(Restore(other.path()).status().code(), Code::kFailedPrecondition);
  const auto into_others = MakeBackup(store(), {.directory = other.path()}, [](auto, auto) {});
  EXPECT_THAT(into_others.status().message(), HasSubstr("it holds something else than backups"));
  EXPECT_THAT(MakeBackup(store(), {.directory = directory()}, [](auto, auto) {}).status().message(),
              HasSubstr("a store is there"));
  EXPECT_EQ(fs::file_size(other.path() + "/notes.txt"), 4U);
  EXPECT_EQ(ListBackups(other.path()).status().code(), Code::kFailedPrecondition);
  EXPECT_EQ(Restore(target(), 7).status().code(), Code::kNotFound);
  EXPECT_FALSE(fs::exists(target()));
}

TEST_F(BackupTest, ARestoreThatWasInterruptedIsNoStoreUntilItIsDoneAgain) {
  Add("a");
  ASSERT_TRUE(Make().ok());
  // At each place: before anything was moved, in the middle, and before its mark was taken away.
  for (const bool has_tables : {false, true}) {
    fs::create_directories(target() + "/RESTORING");
    if (has_tables) std::ofstream(target() + "/000123.sst") << "half";
    EXPECT_THAT(KeysIn(target()), HasSubstr("a restore into it was not ended"));
    StoreOptions options = OptionsFor(target());
    EXPECT_EQ(Store::Open(options).status().code(), Code::kFailedPrecondition)
        << "and none is made";
    ASSERT_TRUE(Restore(target()).ok());
    EXPECT_EQ(KeysIn(target()), "a");
    fs::remove_all(target());
  }
}

TEST_F(BackupTest, WhatACrashLeftOfOneIsNoBackupAndGoesWithTheNext) {
  Add("a");
  ASSERT_TRUE(Make().ok());
  fs::create_directories(backups() + "/private/2");
  std::ofstream(backups() + "/private/2/MANIFEST-000005") << "half";
  std::ofstream(backups() + "/shared_checksum/000099_sABC_10.sst") << "half";
  std::ofstream(backups() + "/meta/2.tmp") << "half";
  EXPECT_THAT(List(), ElementsAre("1"));
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(List(), ElementsAre("1", "2"));
  EXPECT_FALSE(fs::exists(backups() + "/shared_checksum/000099_sABC_10.sst"));
}

TEST_F(BackupTest, OneThatIsStoppedIsNotThere) {
  Add("a");
  std::stop_source stop;
  stop.request_stop();
  const auto made = MakeBackup(
      store(), {.directory = backups()}, [](auto, auto) {}, stop.get_token());
  EXPECT_EQ(made.status().code(), Code::kUnavailable) << made.status().message();
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_TRUE(Make().ok());
}

TEST_F(BackupTest, OneOfANewerFormatIsRefusedWithWhatToDo) {
  ASSERT_TRUE(Make().ok());
  const std::string meta = backups() + "/meta/1";
  std::string text = Contents(backups())["meta/1"];
  // RocksDB writes it in hexadecimal digits.
  const auto hex = [](const std::string& bytes) {
    std::string digits;
    for (const unsigned char c : bytes) {
      char two[3];
      std::snprintf(two, sizeof two, "%02X", c);
      digits += two;
    }
    return digits;
  };
  const size_t at = text.find(hex("format 5"));
  ASSERT_NE(at, std::string::npos) << text;
  text.replace(at, hex("format 5").size(), hex("format 9"));
  std::ofstream(meta, std::ios::trunc) << text;
  const Status status = Restore(target()).status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), AllOf(HasSubstr("format 9"), HasSubstr("reads format 1 to 5"),
                                      HasSubstr("restore it with that version")));
}

}  // namespace
}  // namespace rollcall::storage
