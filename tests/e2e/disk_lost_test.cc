// The disk dies under a running server.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/small_disk.h"

namespace rollcall::test {
namespace {

constexpr int kTryAgain = 75;  // EX_TEMPFAIL: a supervisor starts it again

TEST(DiskLostTest, ADiskThatStaysDeadEndsTheServerForASupervisorAndNothingAnsweredIsLost) {
  const std::unique_ptr<SmallDisk> disk = SmallDisk::Make(160, "ext4");
  if (!disk) GTEST_SKIP() << "this system lets the test mount no filesystem of its own";
  ChildOptions options =
      RollcallProcess::Serving(disk->inside() + "/data", {"--min-free-bytes", "1000000"});
  options.prepare = disk->Enter();
  const auto post = [](const RollcallProcess& rollcall, int source) {
    return rollcall.Public()
        .Post("source-" + std::to_string(source), "cozy_cluster_info 1\n")
        .status;
  };
  {
    RollcallProcess rollcall(options);
    for (int i = 0; i < 20; ++i) ASSERT_EQ(post(rollcall, i), 200);
    ASSERT_TRUE(disk->Die());
    EXPECT_EQ(post(rollcall, 20), 503);
    EXPECT_EQ(rollcall.Private().Get("/readyz").status, 503);
    EXPECT_EQ(rollcall.process().Wait(), kTryAgain);
    const std::string err = rollcall.process().err();
    EXPECT_NE(err.find("only another start can make it writable"), std::string::npos) << err;
    EXPECT_NE(err.find("Input/output error"), std::string::npos) << err;
  }
  ASSERT_TRUE(disk->Revive());
  RollcallProcess rollcall(options);
  EXPECT_EQ(post(rollcall, 20), 200);
  EXPECT_EQ(rollcall.Stop(), 0);
  ChildOptions verify = RollcallOptions({"verify", "--data-dir", disk->inside() + "/data"});
  verify.prepare = disk->Enter();
  const Finished verified = RunToEnd(verify);
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_NE(verified.out.find("against 21 reports"), std::string::npos) << verified.out;
}

}  // namespace
}  // namespace rollcall::test
