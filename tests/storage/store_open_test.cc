// What opening a directory answers where it is not, or no longer, a store: one status, one line.
#include <fstream>
#include <functional>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"
#include "tests/support/file_tree.h"

namespace rollcall::storage {
namespace {

namespace fs = std::filesystem;
using rollcall::test::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreOpenTest : public rollcall::test::StoreTest {
 protected:
  // Rows in several tables, on disk in files of their own.
  void Fill() {
    Commit([](Transaction& transaction) {
      for (int i = 0; i < 200; ++i) {
        const std::string key = "key " + std::to_string(i);
        transaction.Put(Table::kPeaks, key, std::string(100, 'p'));
        transaction.Merge(Table::kChunks, key, std::string(100, 'c'));
      }
    });
    ASSERT_TRUE(store().Compact().ok());
  }

  // The files of the closed store whose names a predicate takes.
  std::vector<fs::path> Files(const std::function<bool(const std::string&)>& wanted) const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory())) {
      if (wanted(entry.path().filename().string())) files.push_back(entry.path());
    }
    EXPECT_FALSE(files.empty());
    return files;
  }
  std::vector<fs::path> FilesLike(const std::string& part) const {
    return Files([&](const std::string& name) { return name.find(part) != std::string::npos; });
  }

  static void Overwrite(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  void ExpectOneLineOfDataLoss(const Status& status) const {
    EXPECT_EQ(status.code(), Code::kDataLoss) << status.message();
    EXPECT_THAT(status.message(), HasSubstr("open store " + directory() + ": damaged"));
    EXPECT_THAT(status.message(), Not(HasSubstr("\n")));
  }
};

Status StatusOf(const StoreOptions& options) {
  const auto opened = Store::Open(options);
  return opened.ok() ? Status::Ok() : opened.status();
}

TEST_F(StoreOpenTest, ANewStoreHasTheFormatsVersion) {
  EXPECT_EQ(*store().GetNumber("format_version"), 5U);
  EXPECT_EQ(kFormatVersion, 5U);
  EXPECT_EQ(Get(Table::kMeta, "format_version"), std::string("\5"));
}

TEST_F(StoreOpenTest, AStoreOfAnEarlierFormatIsOneOfThisWithTheRowsThatItHad) {
  for (const uint64_t version : {1, 2, 3, 4}) {
    PutNumber("format_version", version);
    Put(Table::kPeaks, "key", "value");
    Reopen();
    EXPECT_EQ(*store().GetNumber("format_version"), 5U);
    EXPECT_EQ(Get(Table::kPeaks, "key"), "value");
  }
}

TEST_F(StoreOpenTest, ANewerFormatIsRefusedWithBothVersions) {
  PutNumber("format_version", 6);
  Close();
  const Status status = OpenStatus();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(status.message(), "open store " + directory() +
                                  ": written in format 6, this program reads format 1 to 5; run "
                                  "that version or a later one, or restore a backup that was made "
                                  "before the upgrade");
}

TEST_F(StoreOpenTest, AStoreOfANewerFormatIsLeftAsItIs) {
  PutNumber("format_version", 7);
  Close();
  EXPECT_FALSE(OpenStatus().ok());
  EXPECT_THAT(OpenStatus().message(), HasSubstr("written in format 7"));
}

TEST_F(StoreOpenTest, AVersionThatIsNoNumberIsDataLoss) {
  Put(Table::kMeta, "format_version", "");
  Close();
  EXPECT_EQ(OpenStatus().code(), Code::kDataLoss);
}

TEST_F(StoreOpenTest, ADatabaseWithoutAVersionIsNotAStoreOfRollcall) {
  Put(Table::kPeaks, "key", "value");
  Commit([](Transaction& transaction) { transaction.Delete(Table::kMeta, "format_version"); });
  Close();
  const Status status = OpenStatus();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(status.message(), "open store " + directory() + ": not a store of rollcall");
}

TEST_F(StoreOpenTest, ACreationThatWasInterruptedGoesOn) {
  Commit([](Transaction& transaction) {
    transaction.Delete(Table::kMeta, "format_version");
    transaction.Delete(Table::kMeta, "hash_seed");
  });
  Reopen();
  EXPECT_EQ(*store().GetNumber("format_version"), 5U);
  EXPECT_NE(store().hash_seed(), 0U);
}

TEST_F(StoreOpenTest, AStoreIsMadeOnlyWhereThatIsAskedFor) {
  const TempDir dir;
  StoreOptions options = OptionsFor(dir.path() + "/deeper/still");
  options.create_if_missing = false;
  const Status status = StatusOf(options);
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("there is no store"));
  EXPECT_FALSE(fs::exists(dir.path() + "/deeper"));
  options.create_if_missing = true;
  EXPECT_TRUE(StatusOf(options).ok());
}

TEST_F(StoreOpenTest, AFileInThePlaceOfTheDirectoryIsNamed) {
  const TempDir dir;
  const std::string path = dir.path() + "/file";
  Overwrite(path, "text");
  for (const std::string& directory : {path, path + "/below"}) {
    for (const bool create : {true, false}) {
      StoreOptions options = OptionsFor(directory);
      options.create_if_missing = create;
      const Status status = StatusOf(options);
      EXPECT_EQ(status.code(), Code::kFailedPrecondition) << status.message();
      EXPECT_THAT(status.message(), HasSubstr(directory));
    }
  }
  EXPECT_EQ(fs::file_size(path), 4U);
}

TEST_F(StoreOpenTest, AStoreInUseIsRefusedAndGoesOn) {
  const Status status = OpenStatus();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_EQ(status.message(), "open store " + directory() + ": in use by another process");
  Put(Table::kPeaks, "key", "value");
  EXPECT_EQ(Get(Table::kPeaks, "key"), "value");
}

TEST_F(StoreOpenTest, ADamagedCurrentFileIsDataLoss) {
  Fill();
  Close();
  for (const char* const text : {"", "garbage", "MANIFEST-999999\n", "MANIFEST-\n"}) {
    Overwrite(directory() + "/CURRENT", text);
    SCOPED_TRACE(text);
    ExpectOneLineOfDataLoss(OpenStatus());
  }
}

TEST_F(StoreOpenTest, ADamagedManifestIsDataLoss) {
  Fill();
  Close();
  for (const fs::path& path : FilesLike("MANIFEST-")) Overwrite(path, std::string(300, 'x'));
  ExpectOneLineOfDataLoss(OpenStatus());
}

TEST_F(StoreOpenTest, AMissingManifestIsDataLoss) {
  Fill();
  Close();
  for (const fs::path& path : FilesLike("MANIFEST-")) fs::remove(path);
  ExpectOneLineOfDataLoss(OpenStatus());
}

TEST_F(StoreOpenTest, AMissingTableFileIsDataLoss) {
  Fill();
  Close();
  for (const fs::path& path : FilesLike(".sst")) fs::remove(path);
  ExpectOneLineOfDataLoss(OpenStatus());
}

TEST_F(StoreOpenTest, ATableFileCutShortIsDataLoss) {
  Fill();
  Close();
  for (const fs::path& path : FilesLike(".sst")) fs::resize_file(path, fs::file_size(path) / 2);
  ExpectOneLineOfDataLoss(OpenStatus());
}

TEST_F(StoreOpenTest, ADamagedTableFileIsDataLossAtTheLatestWhenItIsRead) {
  Fill();
  Close();
  for (const fs::path& path : FilesLike(".sst")) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(40);
    file << "damage";
  }
  const auto opened = Stores::Open(OptionsFor(directory()));
  if (!opened.ok()) {
    EXPECT_EQ(opened.status().code(), Code::kDataLoss) << opened.status().message();
    return;
  }
  Store& damaged = (*opened)->store();
  const auto value = damaged.Get(Table::kPeaks, "key 0");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.status().code(), Code::kDataLoss);
  EXPECT_THAT(value.status().message(), HasSubstr("read peaks"));
  Scan scan = damaged.NewScan(Table::kChunks, "", "");
  while (scan.Valid()) scan.Next();
  EXPECT_EQ(scan.status().code(), Code::kDataLoss);
}

TEST_F(StoreOpenTest, ADirectoryWithLockInItsNameIsNotInUse) {
  const TempDir dir;
  const StoreOptions options = OptionsFor(dir.path() + "/locks");
  ASSERT_TRUE(StatusOf(options).ok());
  for (const auto& entry : fs::directory_iterator(options.directory)) {
    if (entry.path().filename().string().starts_with("MANIFEST-")) fs::remove(entry.path());
  }
  const Status status = StatusOf(options);
  EXPECT_EQ(status.code(), Code::kDataLoss) << status.message();
  EXPECT_THAT(status.message(), Not(HasSubstr("in use")));
}

TEST_F(StoreOpenTest, OtherFilesInTheDirectoryDoNotMatter) {
  Overwrite(directory() + "/notes.txt", "ours");
  fs::create_directory(directory() + "/lost+found");
  Put(Table::kPeaks, "key", "value");
  Reopen();
  EXPECT_EQ(Get(Table::kPeaks, "key"), "value");
  EXPECT_TRUE(fs::exists(directory() + "/notes.txt"));
}

// Each example of FORMAT.md is used by a test of this folder.
TEST(FormatExamples, AreAllKnownToATest) {
  std::string tests;
  for (const auto& entry : fs::directory_iterator(ROLLCALL_SOURCE_DIR "/tests/storage")) {
    tests += rollcall::test::FileBytes(entry.path());
  }
  const auto examples = rollcall::test::ReadFormatExamples();
  EXPECT_GE(examples.size(), 20U);
  for (const auto& [name, lines] : examples) {
    EXPECT_FALSE(lines.empty()) << name;
    EXPECT_NE(tests.find('"' + name + '"'), std::string::npos) << name;
  }
}

TEST(TablesTest, TheFormatNamesEachTableAsItsRowDoes) {
  std::ifstream file(ROLLCALL_SOURCE_DIR "/storage/FORMAT.md");
  std::stringstream format;
  format << file.rdbuf();
  size_t last = 0;
  for (const TableRow& table : kTables) {
    const std::string row = "| `" + std::string(table.name) + "` | " + std::string(table.key) +
                            " | " + std::string(table.value) + " | ";
    const size_t at = format.str().find(row);
    EXPECT_NE(at, std::string::npos) << row;
    EXPECT_GT(at, last) << "in another order: " << row;
    last = at;
  }
}

}  // namespace
}  // namespace rollcall::storage
