// How the process's file descriptors are shared out.
#include "cli/descriptors.h"

#include <gtest/gtest.h>

#include <utility>

namespace rollcall::cli {
namespace {

struct Shares {
  int tables;
  size_t connections;
  std::string said;
};

Shares SharesOf(uint64_t limit) {
  Options options;
  std::string said = ShareDescriptors(limit, options);
  return {options.store.max_open_files, options.server.front.max_connections, std::move(said)};
}

TEST(DescriptorsTest, TheStoreHasWhatItNeedsAndTheFrontWhatIsLeftOfTheLimit) {
  for (const uint64_t limit : {64, 256, 1024, 4096, 20'000, 20'500}) {
    const Shares shares = SharesOf(limit);
    EXPECT_LE(static_cast<uint64_t>(shares.tables) + shares.connections +
                  std::min(limit / 2, uint64_t{64}),
              limit)
        << limit;
    EXPECT_GE(shares.tables, 16) << limit;
    EXPECT_GE(shares.connections, 16u) << limit;
    EXPECT_NE(
        shares.said.find("connections at a time, not --max-connections 20000: the limit of file "
                         "descriptors is " +
                         std::to_string(limit)),
        std::string::npos)
        << shares.said;
  }
  EXPECT_EQ(SharesOf(256).tables, 96);
  EXPECT_EQ(SharesOf(20'000).tables, 512);
  EXPECT_EQ(SharesOf(20'000).connections, 19'424u);
}

TEST(DescriptorsTest, AHighLimitChangesNothingAndIsNotSpokenOf) {
  const Shares shares = SharesOf(1'000'000);
  EXPECT_EQ(shares.tables, 512);
  EXPECT_EQ(shares.connections, 20'000u);
  EXPECT_EQ(shares.said, "");
}

}  // namespace
}  // namespace rollcall::cli
