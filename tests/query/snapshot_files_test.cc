#include "query/snapshot_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "tests/support/cozystack.h"
#include "tests/support/instant.h"
#include "tests/support/log_capture.h"
#include "tests/support/temp_dir.h"

namespace rollcall::query {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

class SnapshotFilesTest : public ::testing::Test {
 protected:
  static MonthSnapshot Snapshot(const std::string& month, int64_t clusters,
                                const std::string& collected_at = "2026-04-01T07:01:00Z") {
    MonthSnapshot snapshot;
    snapshot.month = *Month::Parse(month);
    snapshot.collected_at = test::InstantAt(collected_at);
    snapshot.counts.sources = clusters;
    snapshot.counts.figures = {{.total = 0, .average = 0, .report_total = {}},
                               {.total = 0, .average = 0, .report_total = {}}};
    snapshot.breakdowns = {{{"kafka", 3}}};
    return snapshot;
  }
  // "42 clusters, kafka=3", or "none" and what was logged.
  std::string Read(const std::string& month, const Fleet& fleet = CozystackFleet()) {
    const test::LogCapture log;
    const auto snapshot = files_.Read(fleet, *Month::Parse(month));
    if (!snapshot) return "none " + log.text();
    return std::to_string(snapshot->counts.sources) +
           " clusters, kafka=" + std::to_string(snapshot->breakdowns.at(0).at("kafka")) +
           log.text();
  }
  fs::path PathOf(const std::string& month) const { return fs::path(folder_) / (month + ".json"); }
  void WriteText(const std::string& month, const std::string& text) {
    fs::create_directories(folder_);
    std::ofstream(PathOf(month)) << text;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  test::TempDir dir_;
  const std::string folder_ = dir_.path() + "/a/b";
  SnapshotFiles files_{folder_};
};

TEST_F(SnapshotFilesTest, WhatIsWrittenIsReadAndNothingElseIsLeftInTheDirectory) {
  EXPECT_EQ(Read("2026-03"), "none ");
  ASSERT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-03", 42)).ok());
  EXPECT_EQ(Read("2026-03"), "42 clusters, kafka=3");
  EXPECT_EQ(Read("2026-02"), "none ");
  ASSERT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-03", 43)).ok());
  EXPECT_EQ(Read("2026-03"), "43 clusters, kafka=3");
  EXPECT_THAT(Names(), ::testing::ElementsAre("2026-03.json"));
  struct stat info {};
  ASSERT_EQ(stat(PathOf("2026-03").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0644u);
}

TEST_F(SnapshotFilesTest, ASnapshotCollectedBeforeItsMonthEndedDoesNotCount) {
  const auto read = [&](const std::string& collected_at) {
    EXPECT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-03", 1, collected_at)).ok());
    return Read("2026-03");
  };
  EXPECT_EQ(read("2026-03-31T23:59:59Z"), "none ");
  EXPECT_EQ(read("2026-04-01T00:00:00Z"), "1 clusters, kafka=3");
}

TEST_F(SnapshotFilesTest, ASnapshotOfZerosDoesNotCount) {
  ASSERT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-03", 0)).ok());
  EXPECT_EQ(Read("2026-03"), "none ");
}

TEST_F(SnapshotFilesTest, ADamagedFileIsNamedInTheLogAndDoesNotCount) {
  const std::string aside =
      "none warning snapshot " + PathOf("2026-03").string() + " is left aside: ";
  WriteText("2026-03", "");
  EXPECT_THAT(Read("2026-03"), HasSubstr(aside + "parse month snapshot: not JSON"));
  WriteText("2026-03", "{\"month\":\"2026-03\"");
  EXPECT_THAT(Read("2026-03"), HasSubstr(aside));
  WriteText("2026-03", std::string(5'000'000, 'x'));
  EXPECT_THAT(Read("2026-03"), HasSubstr(aside + "parse month snapshot: 1048577 bytes"));
  ASSERT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-02", 7)).ok());
  fs::rename(PathOf("2026-02"), PathOf("2026-03"));
  EXPECT_EQ(Read("2026-03"), aside + "it is of 2026-02\n");
}

TEST_F(SnapshotFilesTest, WhatIsNoFileIsNamedInTheLogAndDoesNotCount) {
  fs::create_directories(PathOf("2026-03"));
  EXPECT_EQ(Read("2026-03"), "none warning snapshot of 2026-03: read " +
                                 PathOf("2026-03").string() + ": Is a directory\n");
  ASSERT_EQ(mkfifo(PathOf("2026-02").c_str(), 0600), 0);
  EXPECT_THAT(Read("2026-02"), HasSubstr("none warning snapshot")) << "and it is not waited for";
}

TEST_F(SnapshotFilesTest, AFailureToWriteLeavesTheOldFileAndNothingElse) {
  ASSERT_TRUE(files_.Write(CozystackFleet(), Snapshot("2026-03", 42)).ok());
  fs::create_directories(PathOf("2026-04") / "in the way");
  const Status status =
      files_.Write(CozystackFleet(), Snapshot("2026-04", 1, "2026-05-01T00:00:00Z"));
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr("rename to"));
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("2026-03.json", "2026-04.json"));
  EXPECT_EQ(Read("2026-03"), "42 clusters, kafka=3");
  const SnapshotFiles below_a_file(PathOf("2026-03").string());
  EXPECT_THAT(below_a_file.Write(CozystackFleet(), Snapshot("2026-03", 1)).message(),
              ::testing::StartsWith("make "));
}

TEST_F(SnapshotFilesTest, AnotherFleetsFilesAreInAFolderOfItsName) {
  Fleet other = CozystackFleet();
  other.ref = FleetRef{7};
  other.name = "other";
  ASSERT_TRUE(files_.Write(other, Snapshot("2026-03", 5)).ok());
  EXPECT_EQ(Read("2026-03"), "none ");
  EXPECT_EQ(Read("2026-03", other), "5 clusters, kafka=3");
  EXPECT_TRUE(fs::exists(fs::path(folder_) / "other" / "2026-03.json"));
}

TEST(SnapshotFiles, WithoutADirectoryThereAreNoneAndNoneIsWritten) {
  const SnapshotFiles none("");
  EXPECT_TRUE(none.Write(CozystackFleet(), MonthSnapshot()).ok());
  EXPECT_FALSE(none.Read(CozystackFleet(), *Month::Parse("2026-03")));
}

}  // namespace
}  // namespace rollcall::query
