// The options that say how the listeners are reached, and by whom.
#include "cli/access_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rollcall::cli {
namespace {

using testing::HasSubstr;

using Args = std::vector<std::string>;

// The refusal of a command line, or "taken".
std::string AccessSays(const Args& args) {
  const Result<Options> options = ParseOptions("serve", args, {});
  return options.ok() ? "taken" : options.status().message();
}

TEST(AccessOptionsTest, APrivateListenerBeyondLoopbackWantsALogin) {
  const auto says = [](const char* address, Args more = {}) {
    more.insert(more.begin(), {"--private-listen-addr", address});
    return AccessSays(more);
  };
  for (const char* address :
       {"127.0.0.1:8082", "127.9.9.9:1", "[::1]:8082", "localhost:8082", "LOCALHOST:8082", ""}) {
    EXPECT_EQ(says(address), "taken") << address;
  }
  for (const char* address : {":8082", "0.0.0.0:8082", "[::]:8082", "10.0.0.1:8082", "host:8082",
                              "localhost.example:8082", "[fe80::1%lo]:8082"}) {
    EXPECT_THAT(says(address), HasSubstr("--private-without-login")) << address;
    EXPECT_EQ(says(address, {"--private-without-login"}), "taken");
    EXPECT_EQ(says(address, {"--tokens-file", "t"}), "taken");
    EXPECT_EQ(says(address, {"--users-file", "u"}), "taken");
    EXPECT_EQ(says(address, {"--private-tls-cert-file=c", "--private-tls-key-file=k",
                             "--private-tls-client-ca-file=a"}),
              "taken");
    EXPECT_THAT(says(address, {"--private-tls-cert-file=c", "--private-tls-key-file=k"}),
                HasSubstr("--private-without-login"))
        << "TLS alone lets everyone in";
  }
}

TEST(AccessOptionsTest, WhatTlsAndProxiesNeedIsSaid) {
  EXPECT_THAT(AccessSays({"--tls-cert-file=c"}), HasSubstr("one needs the other"));
  EXPECT_THAT(AccessSays({"--private-tls-client-ca-file=a"}), HasSubstr("--private-tls-cert-file"));
  EXPECT_THAT(AccessSays({"--proxy-protocol=both"}), HasSubstr("--trusted-proxies"));
  EXPECT_THAT(AccessSays({"--proxy-protocol=all"}), HasSubstr("one of public, private, both"));
  EXPECT_THAT(AccessSays({"--trusted-proxies=10.0.0.0/40"}), HasSubstr("'10.0.0.0/40'"));
}

TEST(TokenOptionsTest, TakesAWordANameAndTheFile) {
  const auto says = [](Args args) {
    args.push_back("--tokens-file=t");
    const auto options = ParseOptions("token", args, {});
    return options.ok() ? options->token.word + " " + options->token.name
                        : options.status().message();
  };
  EXPECT_EQ(says({"add", "grafana"}), "add grafana");
  EXPECT_EQ(says({"list"}), "list ");
  EXPECT_EQ(says({"revoke", "a.b-c_1"}), "revoke a.b-c_1");
  EXPECT_THAT(says({}), HasSubstr("a word is missing"));
  EXPECT_THAT(says({"revok", "x"}), HasSubstr("did you mean revoke"));
  EXPECT_THAT(says({"add"}), HasSubstr("a name is missing"));
  EXPECT_THAT(says({"list", "x"}), HasSubstr("list: one word"));
  EXPECT_THAT(says({"add", "a b"}), HasSubstr("'a b' is not a name"));
  EXPECT_THAT(says({"add", "a", "--scopes", "write"}), HasSubstr("'write'"));
  EXPECT_THAT(ParseOptions("token", Args{"list"}, {}).status().message(),
              HasSubstr("--tokens-file is missing"));
}

}  // namespace
}  // namespace rollcall::cli
