#include "model/source_id.h"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

// The id, or in brackets why there is none.
std::string Parse(std::string_view text) {
  const Result<SourceId> id = SourceId::Parse(text);
  if (id.ok()) return id->text();
  EXPECT_EQ(id.status().code(), Code::kInvalidArgument);
  return "(" + id.status().message() + ")";
}

TEST(SourceId, TakesUuidsAndNames) {
  EXPECT_EQ(Parse("6099a6ff-87bd-463b-9deb-6b8dcdc7c47b"), "6099a6ff-87bd-463b-9deb-6b8dcdc7c47b");
  EXPECT_EQ(Parse("A.b_c-9"), "A.b_c-9");
  EXPECT_EQ(Parse("."), ".");
}

TEST(SourceId, BlanksAroundItAreTrimmed) {
  EXPECT_EQ(Parse(" \tc1\t  "), "c1");
  EXPECT_EQ(Parse("c 1"), "(byte 2 of the id is 0x20, only A-Z a-z 0-9 . _ - are allowed)");
}

TEST(SourceId, AnEmptyOneIsRefused) {
  EXPECT_EQ(Parse(""), "(the id is empty)");
  EXPECT_EQ(Parse(" \t "), "(the id is empty)");
}

TEST(SourceId, HasAtMost253BytesBlanksNotCounted) {
  const std::string longest(253, 'x');
  EXPECT_EQ(Parse(longest), longest);
  EXPECT_EQ(Parse("  " + longest + "  "), longest);
  EXPECT_EQ(Parse(longest + "x"), "(the id has 254 bytes, at most 253 are allowed)");
  EXPECT_EQ(Parse(std::string(1 << 20, 'x')),
            "(the id has 1048576 bytes, at most 253 are allowed)");
}

TEST(SourceId, OnlyTheAllowedBytesAreTaken) {
  const std::string allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string text = std::string("a") + c + "b";
    EXPECT_EQ(SourceId::Parse(text).ok(), allowed.find(c) != std::string::npos) << byte;
  }
  EXPECT_EQ(Parse("a\nb"), "(byte 2 of the id is 0x0a, only A-Z a-z 0-9 . _ - are allowed)");
  EXPECT_EQ(Parse("\xff"), "(byte 1 of the id is 0xff, only A-Z a-z 0-9 . _ - are allowed)");
}

TEST(SourceId, CaseMatters) {
  EXPECT_NE(*SourceId::Parse("c1"), *SourceId::Parse("C1"));
  EXPECT_EQ(*SourceId::Parse("c1"), *SourceId::Parse(" c1"));
}

}  // namespace
}  // namespace rollcall
