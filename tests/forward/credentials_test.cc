#include "forward/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace rollcall::forward {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CredentialsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_.path() + "/" + name, std::ios::binary) << text;
    return dir_.path() + "/" + name;
  }
  static Status Refusal(const CredentialsOptions& options) {
    const Result<Credentials> made = Credentials::Make(options);
    return made.ok() ? Status::Ok() : made.status();
  }

  rollcall::test::TempDir dir_;
};

TEST_F(CredentialsTest, NoneAreNoHeader) { EXPECT_EQ(Credentials::Make({})->Authorization(), ""); }

// The example of RFC 7617.
TEST_F(CredentialsTest, AUserAndAPasswordAreBasic) {
  auto made = Credentials::Make({"Aladdin", Write("p", "open sesame\n"), ""});
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(made->Authorization(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_F(CredentialsTest, ATokenIsBearer) {
  auto made = Credentials::Make({"", "", Write("t", "abc.def\r\n")});
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(made->Authorization(), "Bearer abc.def");
}

TEST_F(CredentialsTest, AFileThatChangesIsReadAnewAndOneThatIsGoneIsRemembered) {
  const std::string path = Write("t", "one");
  auto made = Credentials::Make({"", "", path});
  ASSERT_TRUE(made.ok());
  Write("t", "two");
  EXPECT_EQ(made->Authorization(), "Bearer two");
  std::filesystem::remove(path);
  EXPECT_EQ(made->Authorization(), "Bearer two");
  Write("t", "three");
  EXPECT_EQ(made->Authorization(), "Bearer three");
}

TEST_F(CredentialsTest, WhatContradictsItselfIsRefused) {
  const std::string file = Write("f", "x");
  EXPECT_EQ(Refusal({"u", "", ""}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Refusal({"", file, ""}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Refusal({"u", file, file}).code(), Code::kInvalidArgument);
  EXPECT_EQ(Refusal({"a:b", file, ""}).code(), Code::kInvalidArgument);
}

TEST_F(CredentialsTest, AFileThatIsMissingEmptyHugeOrNoTokenIsNamedWithoutItsText) {
  for (const std::string& path :
       {dir_.path() + "/nowhere", dir_.path(), Write("empty", "\n"),
        Write("huge", std::string(1 << 20, 'x')), Write("lines", "secret\nX-Evil: 1"),
        Write("blank", "sec ret"), Write("binary", std::string("secret\0\xff", 8))}) {
    const Status status = Refusal({"", "", path});
    EXPECT_EQ(status.code(), Code::kFailedPrecondition) << path;
    EXPECT_THAT(status.message(), HasSubstr("read " + path + ": "));
    EXPECT_THAT(status.message(), Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace rollcall::forward
