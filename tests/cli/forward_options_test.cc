// The options of forwarding, and flags as programs in Go take them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/options.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;

using Args = std::vector<std::string>;

// "URL USER PASSWORD-FILE TOKEN-FILE store?", or the refusal.
std::string ForwardSays(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("serve", args, env);
  if (!options.ok()) return options.status().message();
  const forward::ForwarderOptions& forward = options->server.forward;
  return forward.url + " " + forward.credentials.username + " " +
         forward.credentials.password_file + " " + forward.credentials.bearer_token_file +
         (options->server.no_store ? " no store" : "");
}

TEST(ForwardOptionsTest, NothingIsForwardedUnlessItIsSaid) {
  EXPECT_EQ(ForwardSays({}), "   ");
  EXPECT_EQ(ForwardSays({"--forward-url", ""}), "   ");
  EXPECT_EQ(ForwardSays({"--forward-url", "http://vm:8428/import"}), "http://vm:8428/import   ");
  EXPECT_EQ(
      ForwardSays({}, {{"ROLLCALL_FORWARD_URL", "http://vm/"}, {"ROLLCALL_NO_STORE", "true"}}),
      "http://vm/    no store");
}

TEST(ForwardOptionsTest, OneDashIsAsGoodAsTwo) {
  EXPECT_EQ(ForwardSays({"-forward-url=http://vm/", "-no-store"}), "http://vm/    no store");
  EXPECT_EQ(ForwardSays({"-forward-url", "http://vm/", "--no-store=false"}), "http://vm/   ");
  EXPECT_THAT(ForwardSays({"-nope=1"}), HasSubstr("'-nope=1' is not a flag"));
  EXPECT_THAT(ForwardSays({"-f"}), HasSubstr("'-f' is not a flag"));
}

TEST(ForwardOptionsTest, AWordBehindAFlagIsItsValueWhateverItLooksLike) {
  EXPECT_THAT(ForwardSays({"--data-dir", "-no-store"}), HasSubstr("'-no-store' is not the path"));
}

TEST(ForwardOptionsTest, CredentialsAreAUserWithAPasswordOrAToken) {
  const Args url{"--forward-url=http://vm/"};
  const auto with = [&](Args more) {
    more.insert(more.begin(), url[0]);
    return ForwardSays(more);
  };
  EXPECT_EQ(with({"--forward-username=u", "--forward-password-file=p"}), "http://vm/ u p ");
  EXPECT_EQ(with({"--forward-bearer-token-file=t"}), "http://vm/   t");
  EXPECT_THAT(with({"--forward-username=u"}), HasSubstr("one needs the other"));
  EXPECT_THAT(with({"--forward-password-file=p"}), HasSubstr("one needs the other"));
  EXPECT_THAT(
      with({"--forward-username=u", "--forward-password-file=p", "--forward-bearer-token-file=t"}),
      HasSubstr("one of them"));
  EXPECT_THAT(with({"--forward-username=a:b"}), HasSubstr("without a colon"));
}

TEST(ForwardOptionsTest, WithoutAStoreThereMustBeSomewhereToForwardTo) {
  EXPECT_THAT(ForwardSays({"--no-store"}), HasSubstr("--no-store: it needs --forward-url"));
}

TEST(ForwardOptionsTest, WhatIsNoUrlIsRefused) {
  for (const char* const url : {"vm:8428", "ftp://vm/", "http://", "http://v m/", "http://h:port/",
                                "http://me:secret@h/"}) {
    EXPECT_THAT(ForwardSays({"--forward-url", url}), HasSubstr("--forward-url: parse URL")) << url;
  }
}

}  // namespace
}  // namespace rollcall::cli
