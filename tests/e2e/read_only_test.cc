// verify and export on a disk that cannot be written: they read what files and log have, and change
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <memory>
#include <string>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/file_tree.h"
#include "tests/support/small_disk.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

constexpr int kReports = 20;

class ReadOnlyTest : public ::testing::Test {
 protected:
  // Answered reports, half of them in the log alone.
  void SetUp() override {
    disk_ = SmallDisk::Make(160);
    if (!disk_) GTEST_SKIP() << "this system lets the test mount no filesystem of its own";
    for (int half = 0; half < 2; ++half) {
      ChildOptions options = RollcallProcess::Serving(data_dir(), {"--min-free-bytes", "0"});
      options.prepare = disk_->Enter();
      RollcallProcess rollcall(options);
      for (int i = half * kReports / 2; i < (half + 1) * kReports / 2; ++i) {
        const std::string n = std::to_string(i);
        EXPECT_EQ(rollcall.Public()
                      .Post("c" + n, "cozy_cluster_info 1\ncozy_nodes_count " + n + "\n")
                      .status,
                  200);
      }
      half == 0 ? static_cast<void>(rollcall.Stop()) : rollcall.Kill();
    }
  }

  std::string data_dir() const { return disk_->inside() + "/data"; }
  // The disk as the child sees it cannot be written.
  std::function<bool()> EnterReadOnly() const {
    return [enter = disk_->Enter(), path = disk_->inside()] {
      return enter() && unshare(CLONE_NEWNS) == 0 &&
             mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
    };
  }
  Finished Run(const char* command, std::function<bool()> prepare) const {
    ChildOptions options = RollcallOptions({command, "--data-dir", data_dir()});
    options.prepare = std::move(prepare);
    return RunToEnd(options);
  }
  void ExpectReadAndUnchanged(const std::function<bool()>& prepare) const {
    const auto before = Contents(disk_->outside());
    const Finished verify = Run("verify", prepare);
    EXPECT_EQ(verify.code, 0) << verify.out << verify.err;
    EXPECT_THAT(verify.out, HasSubstr(" against " + std::to_string(kReports) + " reports"));
    EXPECT_THAT(verify.out, HasSubstr("; 0 differences\n"));
    const Finished exported = Run("export", prepare);
    EXPECT_EQ(exported.code, 0) << exported.err;
    EXPECT_EQ(std::count(exported.out.begin(), exported.out.end(), '\n'), 2 * kReports);
    EXPECT_TRUE(Contents(disk_->outside()) == before);
  }

  std::unique_ptr<SmallDisk> disk_;
};

TEST_F(ReadOnlyTest, AStoreOnADiskThatCannotBeWrittenIsVerifiedAndExported) {
  const Finished serve = Run("serve", EnterReadOnly());
  EXPECT_EQ(serve.code, 1) << "the disk can be written";
  EXPECT_THAT(serve.err, HasSubstr("Read-only file system"));
  ExpectReadAndUnchanged(EnterReadOnly());
}

TEST_F(ReadOnlyTest, AStoreOnADiskWithoutAByteLeftIsVerifiedAndExported) {
  ASSERT_TRUE(disk_->FillAllBut(0));
  ExpectReadAndUnchanged(disk_->Enter());
}

}  // namespace
}  // namespace rollcall::test
