// A store whose files were damaged, as an operator meets it: serve refuses, verify says so, repair
// saves what is whole and keeps what was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RepairTest : public ::testing::Test {
 protected:
  static constexpr int kReports = 300;

  // Answered reports, the second half of them in the log alone; then a kill.
  RepairTest() {
    for (int half = 0; half < 2; ++half) {
      RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
      HttpClient client = rollcall.Public();
      for (int i = half * kReports / 2; i < (half + 1) * kReports / 2; ++i) {
        const std::string n = std::to_string(i);
        EXPECT_EQ(client.Post("c" + n, "cozy_cluster_info 1\ncozy_nodes_count " + n + "\n").status,
                  200);
      }
      half == 0 ? static_cast<void>(rollcall.Stop()) : rollcall.Kill();
    }
  }

  Finished Run(std::vector<std::string> args) const {
    args.insert(args.end(), {"--data-dir", dir_.path()});
    return RunToEnd(std::move(args));
  }
  // The latest one; others may only wait to be deleted.
  fs::path Log() const {
    fs::path log;
    for (const auto& entry : fs::directory_iterator(dir_.path())) {
      if (entry.path().extension() == ".log") log = std::max(log, entry.path());
    }
    return log;
  }
  void ChangeLog(const std::function<void(std::string&)>& change) const {
    std::string bytes = Contents(dir_.path())[Log().filename().string()];
    change(bytes);
    std::ofstream(Log(), std::ios::binary | std::ios::trunc) << bytes;
  }
  // How many of the reports there are.
  int Stored() const {
    const Finished exported = Run({"export", "--match", "cozy_nodes_count"});
    EXPECT_EQ(exported.code, 0) << exported.err;
    return static_cast<int>(std::count(exported.out.begin(), exported.out.end(), '\n'));
  }
  void ExpectToldByAllAndUnchanged(const std::string& what) const {
    const auto before = Contents(dir_.path());
    for (const char* const command : {"serve", "verify", "export"}) {
      const Finished run = Run({command});
      EXPECT_EQ(run.code, 1) << command;
      EXPECT_THAT(run.err, AllOf(HasSubstr(what), HasSubstr("rollcall repair --data-dir")));
    }
    const Finished dry = Run({"repair", "--dry-run"});
    EXPECT_EQ(dry.code, 1);
    EXPECT_THAT(dry.out, AllOf(StartsWith("damaged: "), HasSubstr(what), HasSubstr("would do: ")));
    EXPECT_TRUE(Contents(dir_.path()) == before);
  }

  TempDir dir_;
};

TEST_F(RepairTest, ASoundStoreIsLeftAsItIs) {
  const auto before = Contents(dir_.path());
  const Finished run = Run({"repair"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "nothing is damaged\n");
  EXPECT_TRUE(Contents(dir_.path()) == before);
  EXPECT_EQ(Stored(), kReports);
}

TEST_F(RepairTest, OfAFlippedBitOneReportIsLostAndTheLogIsKept) {
  ChangeLog([](std::string& log) { log[log.size() / 2] ^= 16; });
  ExpectToldByAllAndUnchanged(Log().filename().string() + ": at byte ");
  const std::string damaged = Contents(dir_.path())[Log().filename().string()];
  const std::string name = Log().filename().string();
  const Finished run = Run({"repair"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("done: " + name + ": "), HasSubstr(" whole records kept, "),
                             HasSubstr(" bytes in 1 place cannot be read"),
                             ContainsRegex("the files as they were: .*/damaged-[0-9TZ]+\n")));
  bool is_kept = false;
  for (const auto& [path, bytes] : Contents(dir_.path())) {
    is_kept |= path.starts_with("damaged-") && path.ends_with(name) && bytes == damaged;
  }
  EXPECT_TRUE(is_kept);
  EXPECT_GE(Stored(), kReports - 1);
  RollcallProcess again(RollcallProcess::Serving(dir_.path()));
  EXPECT_EQ(again.Public().Post("new", "cozy_cluster_info 1\n").status, 200);
  EXPECT_EQ(again.Stop(), 0);
}

TEST_F(RepairTest, WithoutCurrentEverythingIsSaved) {
  fs::remove(dir_.path() + "/CURRENT");
  ExpectToldByAllAndUnchanged("CURRENT");
  const Finished run = Run({"repair"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("done: CURRENT names MANIFEST-"));
  EXPECT_EQ(Verify(dir_.path()), "");
  EXPECT_EQ(Stored(), kReports);
}

TEST_F(RepairTest, ALogThatIsGoneIsToldAndTheStoreGoesOnWithoutIt) {
  const std::string name = Log().filename().string();
  fs::remove(Log());
  ExpectToldByAllAndUnchanged(name + " is missing");
  const Finished run = Run({"repair"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("nothing of it is left"));
  EXPECT_EQ(Stored(), kReports / 2);
  RollcallProcess again(RollcallProcess::Serving(dir_.path()));
  EXPECT_EQ(again.Stop(), 0);
}

TEST_F(RepairTest, ADataDirectoryThatVanishedIsAnErrorAtTheEnd) {
  RollcallProcess rollcall(RollcallProcess::Serving(dir_.path()));
  EXPECT_EQ(rollcall.Public().Post("new", "cozy_cluster_info 1\n").status, 200);
  for (const auto& entry : fs::directory_iterator(dir_.path())) fs::remove_all(entry.path());
  EXPECT_EQ(rollcall.Stop(), 1);
  EXPECT_THAT(rollcall.process().err(), HasSubstr("data directory " + dir_.path() + " is gone"));
}

}  // namespace
}  // namespace rollcall::test
