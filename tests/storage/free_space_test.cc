#include "storage/free_space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace rollcall::storage {
namespace {

using ::testing::EndsWith;

constexpr uint64_t kMiB = 1024 * 1024;
constexpr uint64_t kMuch = uint64_t{1} << 50;

TEST(FreeSpaceTest, WhatIsRefusedNamesTheFloorAndWhatItWouldTakeToGoOn) {
  const test::TempDir dir;
  EXPECT_THAT(FreeSpace(dir.path(), kMuch).Check(0).message(),
              EndsWith(" MiB left, --min-free-bytes wants 1073741824 MiB"));
  // Above the floor, and not by enough.
  EXPECT_THAT(FreeSpace(dir.path(), kMiB).Check(kMuch).message(),
              EndsWith(" MiB left, --min-free-bytes wants 1 MiB and 2147483648 MiB more to go on"));
}

TEST(FreeSpaceTest, ThereIsRoomAboveTheFloorAndNothingIsAskedWithoutOne) {
  const test::TempDir dir;
  EXPECT_TRUE(FreeSpace(dir.path(), kMiB).Check(0).ok());
  EXPECT_TRUE(FreeSpace(dir.path(), 0).Check(kMuch).ok());
}

}  // namespace
}  // namespace rollcall::storage
