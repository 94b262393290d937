#include "parse/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

TEST(Utf8Test, ACutLeavesWholeCharacters) {
  const std::string text = "aé€😀z";  // of 1, 2, 3, 4 and 1 bytes
  const size_t wanted[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (size_t most = 0; most < std::size(wanted); ++most) {
    EXPECT_EQ(CutUtf8(text, most), text.substr(0, wanted[most])) << most;
  }
  EXPECT_EQ(CutUtf8("", 3), "");
}

}  // namespace
}  // namespace rollcall
