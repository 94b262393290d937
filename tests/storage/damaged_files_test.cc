// What a start says of a store whose files are not what was stored: it refuses, names the file and
// the place, and changes nothing. Only the torn tail of a write that nobody was told of is normal.
#include <filesystem>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>

#include "storage/file_check.h"
#include "storage/log_scan.h"
#include "storage/synced_sizes.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/file_tree.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;
using rollcall::test::Contents;
using rollcall::test::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kRows = 100;

class DamagedFilesTest : public rollcall::test::StoreTest {
 protected:
  // Rows in a log alone, each synced, of some 100 KiB together; then a kill.
  DamagedFilesTest() {
    for (int i = 0; i < kRows; ++i) Put(Table::kPeaks, KeyOf(i), std::string(1000, 'p'));
    copy_ = killed_.path() + "/store";
    fs::copy(directory(), copy_, fs::copy_options::recursive);
    Close();
  }

  static std::string KeyOf(int i) { return "key " + std::to_string(1000 + i); }

  // The latest log of the killed store.
  fs::path Log() const {
    const auto files = ListStoreFiles(copy_);
    return PathOf(copy_, LogName(files->logs.back()));
  }
  static void Write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  void ChangeLog(const std::function<void(std::string&)>& change) {
    std::string bytes = rollcall::test::FileBytes(Log());
    change(bytes);
    Write(Log(), bytes);
  }

  Status Start(bool read_only = false) const {
    StoreOptions options = OptionsFor(copy_);
    options.read_only = read_only;
    const auto opened = Stores::Open(options);
    return opened.ok() ? Status::Ok() : opened.status();
  }
  // Refused, to write and to read, again and again, and nothing changed.
  void ExpectRefused(const ::testing::Matcher<std::string>& message) const {
    const auto before = Contents(copy_);
    for (const bool read_only : {false, true, false}) {
      const Status status = Start(read_only);
      EXPECT_EQ(status.code(), Code::kDataLoss) << status.message();
      EXPECT_THAT(status.message(),
                  AllOf(message, HasSubstr("open store " + copy_), HasSubstr("nothing was changed"),
                        HasSubstr("rollcall repair --data-dir " + copy_)));
      EXPECT_TRUE(Contents(copy_) == before);
    }
  }
  // How many of the rows are there after a start.
  int RowsAfterStart() const {
    const auto opened = Stores::Open(OptionsFor(copy_));
    EXPECT_TRUE(opened.ok()) << opened.status().message();
    if (!opened.ok()) return -1;
    int rows = 0;
    for (int i = 0; i < kRows; ++i) {
      rows += (*opened)->store().Get(Table::kPeaks, KeyOf(i))->has_value() ? 1 : 0;
    }
    return rows;
  }

  TempDir killed_;
  std::string copy_;
};

TEST_F(DamagedFilesTest, AfterAKillAllIsThere) { EXPECT_EQ(RowsAfterStart(), kRows); }

TEST_F(DamagedFilesTest, WhatIsInTheLogAloneIsReadWithoutAChangeOfTheDirectory) {
  const auto before = Contents(copy_);
  StoreOptions options = OptionsFor(copy_);
  options.read_only = true;
  {
    const auto opened = Stores::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    EXPECT_EQ(*(*opened)->store().Get(Table::kPeaks, KeyOf(kRows - 1)), std::string(1000, 'p'));
    EXPECT_EQ(Start().message(), "open store " + copy_ + ": in use by another process");
    EXPECT_TRUE(Start(true).ok()) << "readers share";
  }
  EXPECT_TRUE(Contents(copy_) == before);
}

TEST_F(DamagedFilesTest, AFlippedBitInTheLogIsRefused) {
  ChangeLog([](std::string& log) { log[log.size() / 2] ^= 4; });
  ExpectRefused(AllOf(HasSubstr(Log().filename().string() + ": at byte "),
                      HasSubstr("a checksum that is not right"),
                      HasSubstr(" whole records after it")));
}

TEST_F(DamagedFilesTest, AFlippedBitInTheLastRecordIsRefused) {
  ChangeLog([](std::string& log) { log.back() ^= 1; });
  ExpectRefused(HasSubstr("a checksum that is not right, 0 whole records after it"));
}

TEST_F(DamagedFilesTest, ALengthThatPointsBehindTheEndIsRefused) {
  // The last record: RocksDB takes it for one that was being written.
  ChangeLog([](std::string& log) {
    // 7 bytes of header, 15 of a batch of one row, the key.
    const size_t header = log.rfind("key ") - 15 - 7;
    ASSERT_EQ(log[header + 6], 1);
    log[header + 5] = 0x7f;
  });
  ExpectRefused(HasSubstr("whole records after it"));
}

TEST_F(DamagedFilesTest, ZerosInTheMiddleOfTheLogAreRefused) {
  ChangeLog([](std::string& log) { log.replace(40'000, 4096, 4096, '\0'); });
  ExpectRefused(HasSubstr(Log().filename().string() + ": at byte "));
}

TEST_F(DamagedFilesTest, ALogThatWasCutIsRefusedWhereverThatIs) {
  const std::string whole = rollcall::test::FileBytes(Log());
  for (const size_t size : {size_t{0}, size_t{40'000}, whole.size() - 300, whole.size() - 1}) {
    Write(Log(), whole.substr(0, size));
    ExpectRefused(HasSubstr(Log().filename().string() + ": " + std::to_string(size) + " bytes, " +
                            std::to_string(whole.size()) + " bytes were stored"));
  }
}

TEST_F(DamagedFilesTest, ALogThatIsGoneIsRefused) {
  const std::string name = Log().filename().string();
  const uint64_t bytes = fs::file_size(Log());
  fs::remove(Log());
  ExpectRefused(
      HasSubstr(name + " is missing; " + std::to_string(bytes) + " bytes were stored in it"));
}

TEST_F(DamagedFilesTest, ATornTailIsNormal) {
  const std::string whole = rollcall::test::FileBytes(Log());
  std::string next;
  AppendLogRecord(std::string(20'000, 'x'), next);
  for (const std::string& tail : {next.substr(0, 3), next.substr(0, 9'000), std::string(5000, '\0'),
                                  next.substr(0, 8'000) + std::string(12'007, '\0')}) {
    Write(Log(), whole + tail);
    EXPECT_EQ(Start(true).message(), "");
  }
  EXPECT_EQ(RowsAfterStart(), kRows);
}

TEST_F(DamagedFilesTest, WithoutTheSizesATornTailIsToldByWhatFollowsIt) {
  fs::remove(PathOf(copy_, kSyncedName));
  const std::string whole = rollcall::test::FileBytes(Log());
  Write(Log(), whole.substr(0, whole.size() - 1));
  EXPECT_EQ(Start(true).message(), "");
  ChangeLog([](std::string& log) { log[log.size() / 2] ^= 4; });
  ExpectRefused(HasSubstr("a checksum that is not right"));
}

TEST_F(DamagedFilesTest, AManifestThatWasCutIsRefused) {
  const uint64_t number = *ReadCurrent(copy_);
  const fs::path path = PathOf(copy_, ManifestName(number));
  const std::string whole = rollcall::test::FileBytes(path);
  Write(path, whole.substr(0, whole.size() - 10));
  ExpectRefused(HasSubstr(ManifestName(number) + ": " + std::to_string(whole.size() - 10) +
                          " bytes, " + std::to_string(whole.size()) + " bytes were stored"));
}

TEST_F(DamagedFilesTest, WithoutCurrentItIsRefusedAndNothingIsMadeInItsPlace) {
  fs::remove(PathOf(copy_, kCurrentName));
  ExpectRefused(
      AllOf(HasSubstr("it holds files of a store (MANIFEST-"), HasSubstr("but no CURRENT")));
  fs::remove(Log());
  ExpectRefused(HasSubstr("but no CURRENT"));
}

TEST_F(DamagedFilesTest, AnyOneFileOfAStoreIsEnoughToRefuse) {
  for (const char* const name : {"MANIFEST-000004", "000009.sst", "000011.log", "IDENTITY"}) {
    const TempDir dir;
    const std::string path = dir.path() + "/" + name;
    Write(path, "something");
    const auto opened = Stores::Open(OptionsFor(dir.path()));
    ASSERT_FALSE(opened.ok()) << name;
    EXPECT_THAT(opened.status().message(),
                HasSubstr("it holds files of a store (" + std::string(name) + ") but no CURRENT"));
    EXPECT_EQ(Contents(dir.path()).size(), 1U);
  }
}

TEST_F(DamagedFilesTest, AMakingThatWasInterruptedGoesOn) {
  // What a kill leaves between the files of a making; none of them was ever told of.
  const std::vector<std::map<std::string, std::string>> leftovers{
      {{"CREATING", ""}},
      {{"CREATING", ""}, {"LOCK", ""}, {"MANIFEST-000001", "half"}},
      {{"CREATING", ""}, {"MANIFEST-000001", "half"}, {"000001.dbtmp", "MANIF"}, {"SYNCED", ""}},
      {{"LOCK", ""}, {"notes.log", "not ours"}}};
  for (const auto& files : leftovers) {
    const TempDir dir;
    for (const auto& [name, text] : files) Write(dir.path() + "/" + name, text);
    const auto opened = Stores::Open(OptionsFor(dir.path()));
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    EXPECT_EQ(*(*opened)->store().GetNumber("format_version"), kFormatVersion);
    EXPECT_FALSE(fs::exists(dir.path() + "/CREATING"));
  }
}

TEST_F(DamagedFilesTest, AMakingWithRowsInItIsNotGoneOnWith) {
  const TempDir dir;
  Write(dir.path() + "/CREATING", "");
  Write(dir.path() + "/000009.sst", "rows");
  EXPECT_FALSE(Stores::Open(OptionsFor(dir.path())).ok());
  EXPECT_EQ(rollcall::test::FileBytes(dir.path() + "/000009.sst"), "rows");
}

TEST_F(DamagedFilesTest, AFileOfATableThatIsMissingOrCutIsNamedWithItsTable) {
  {
    const auto stores = Stores::Open(OptionsFor(copy_));
    ASSERT_TRUE((*stores)->store().Compact().ok());
  }
  const auto check = CheckFiles(copy_);
  ASSERT_TRUE(check.ok());
  ASSERT_TRUE(check->damages.empty());
  for (const auto& [id, family] : check->manifest->families) {
    if (family.name != "peaks") continue;
    const std::string name = TableName(family.files.begin()->first);
    const std::string whole = rollcall::test::FileBytes(PathOf(copy_, name));
    Write(PathOf(copy_, name), whole.substr(0, 100));
    ExpectRefused(HasSubstr(name + " of peaks: 100 bytes, " + std::to_string(whole.size()) +
                            " bytes were stored"));
    fs::remove(PathOf(copy_, name));
    ExpectRefused(HasSubstr(name + " of peaks: No such file"));
  }
}

TEST_F(DamagedFilesTest, TheManifestSaysWhatRocksDbSays) {
  Open();
  ASSERT_TRUE(store().Compact().ok());
  Put(Table::kSources, "a", "b");
  Reopen();
  Close();
  const auto check = CheckFiles(directory());
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check->status(directory()).message(), "");
  ASSERT_TRUE(check->manifest);
  EXPECT_EQ(check->manifest->families.size(), kTables.size());
  size_t files = 0;
  for (const auto& [id, family] : check->manifest->families) files += family.files.size();
  EXPECT_EQ(files, check->files.tables.size()) << "no table but those that count is there";
  EXPECT_LE(check->manifest->FirstNeededLog(), check->files.logs.back());
}

TEST(LogScan, FindsTheRecordsBehindADamageAndSaysWhichBytesAreNone) {
  std::string log;
  std::vector<std::string> records;
  for (int i = 0; i < 60; ++i) {
    records.push_back(std::to_string(i) + std::string(static_cast<size_t>(i) * 71, 'r'));
    AppendLogRecord(records.back(), log);
  }
  const TempDir dir;
  const std::string path = dir.path() + "/000001.log";
  const auto scan = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    std::vector<std::string> found;
    const auto result = ScanLog(path, [&](std::string_view record) { found.emplace_back(record); });
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result->records, found.size());
    // Each that is found was written.
    for (const std::string& one : found) {
      EXPECT_NE(std::find(records.begin(), records.end(), one), records.end());
    }
    return *result;
  };
  EXPECT_TRUE(scan(log).gaps.empty());
  EXPECT_EQ(scan(log).records, records.size());
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = log;
    damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
    const LogScan result = scan(damaged);
    // At most one is lost; none is where the bit is in the padding of a block.
    EXPECT_GE(result.records + 1, records.size());
    EXPECT_EQ(result.gaps.empty(), result.records == records.size());
  }
}

TEST(LogScan, TheChecksumIsCrc32c) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), 0xe3069283U);
}

}  // namespace
}  // namespace rollcall::storage
