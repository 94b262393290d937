// Who reaches the listeners of the binary, and how: TLS with other people's clients, tokens and
// users, and what it says when nobody would have to log in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/certificates.h"
#include "tests/support/file_tree.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

class AccessTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_.path() + "/" + name; }
  std::vector<std::string> Tls(const std::string& prefix) const {
    return {"--" + prefix + "tls-cert-file", Path("cert.pem"), "--" + prefix + "tls-key-file",
            Path("key.pem")};
  }
  void WritePair(const Pair& pair) {
    pair.WriteCertificate(Path("cert.pem"));
    pair.WriteKey(Path("key.pem"));
  }
  // Runs a program, with what it reads from a file where one is named.
  Finished Run(const std::vector<std::string>& args) {
    ChildOptions options;
    options.args = args;
    return RunToEnd(options);
  }
  Finished Shell(const std::string& line) { return Run({"/bin/sh", "-c", line}); }
  Finished Token(std::vector<std::string> args) {
    args.insert(args.begin(), "token");
    args.insert(args.end(), {"--tokens-file", Path("tokens")});
    return RunToEnd(std::move(args));
  }
  static std::string Line(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }

  TempDir dir_;
};

TEST_F(AccessTest, CurlAndOpensslSpeakTlsWithIt) {
  const Pair first = Pair::Make("first", nullptr, 3600, "DNS:localhost");
  WritePair(first);
  RollcallProcess rollcall(RollcallProcess::Serving(Path("data"), Tls("")));
  const std::string port = std::to_string(rollcall.public_port());
  const std::string url = "https://localhost:" + port;
  const auto curl = [&](const std::string& args) {
    return Shell("curl -sS --cacert " + Path("cert.pem") + " -w '%{http_code} %{http_version}' " +
                 args + " " + url + "/");
  };
  EXPECT_EQ(curl("-H 'X-Cluster-ID: a' --data-binary 'cozy_cluster_info 1'").out, "200 1.1");
  EXPECT_EQ(curl("--tls-max 1.2 -H 'X-Cluster-ID: b' --data-binary 'cozy_cluster_info 1'").out,
            "200 1.1");
  EXPECT_EQ(curl("--http2 -o /dev/null").out, "200 1.1") << "it offers both, and takes ours";
  EXPECT_NE(curl("--tls-max 1.1").code, 0);
  EXPECT_EQ(rollcall.Private().Metric("rollcall_sources"), 2);

  const std::string s_client = "openssl s_client -connect localhost:" + port + " -CAfile " +
                               Path("cert.pem") + " -quiet -verify_return_error ";
  const std::string ask =
      "printf 'GET /readyz HTTP/1.1\\r\\nHost: t\\r\\nConnection: close\\r\\n\\r\\n' | ";
  for (const char* how : {"-tls1_2", "-tls1_3", "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
                          "-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384", "-alpn http/1.1",
                          "-max_send_frag 512", "-ign_eof"}) {
    EXPECT_THAT(Shell(ask + s_client + how).out, HasSubstr("ready")) << how;
  }
  for (const char* how : {"-tls1_1 -cipher ALL:@SECLEVEL=0", "-tls1_2 -cipher AES128-SHA",
                          "-alpn h2", "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA"}) {
    const Finished refused = Shell(ask + s_client + how);
    EXPECT_THAT(refused.err, HasSubstr("alert")) << how;
    EXPECT_THAT(refused.out, Not(HasSubstr("ready"))) << how;
  }
  // Another certificate, without a restart.
  WritePair(Pair::Make("second", nullptr, 3600, "DNS:localhost"));
  rollcall.process().Signal(SIGHUP);
  ASSERT_TRUE(rollcall.process().AwaitErr("is read again"));
  EXPECT_THAT(Shell("openssl s_client -connect localhost:" + port + " </dev/null").out,
              HasSubstr("CN = second"));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(AccessTest, APrivateListenerForOtherMachinesWantsALogin) {
  const auto refusal = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"--private-listen-addr", "0.0.0.0:0"});
    const Finished run = RunToEnd(RollcallProcess::Serving(Path("data"), std::move(args)));
    EXPECT_EQ(run.code, 2) << run.err;
    return run.err;
  };
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("--tokens-file"), HasSubstr("--users-file"),
                                 HasSubstr("--private-tls-client-ca-file"),
                                 HasSubstr("--private-without-login")));
  EXPECT_FALSE(std::filesystem::exists(Path("data"))) << "nothing was begun";
  RollcallProcess open(RollcallProcess::Serving(
      Path("data"), {"--private-listen-addr", "0.0.0.0:0", "--private-without-login"}));
  EXPECT_EQ(open.Private().Get("/metrics").status, 200);
  EXPECT_EQ(open.Stop(), 0);
}

TEST_F(AccessTest, TokensAreMadeListedUsedAndRevoked) {
  const Finished added = Token({"add", "grafana"});
  EXPECT_EQ(added.code, 0) << added.err;
  const std::string reader = Line(added.out);
  EXPECT_THAT(reader, MatchesRegex("rct_[A-Za-z0-9_-]+"));
  EXPECT_THAT(Token({"add", "grafana"}).err, HasSubstr("a token has the name grafana"));
  const std::string importer =
      Line(Token({"add", "nightly", "--scopes", "import,read", "--valid-days", "0"}).out);
  EXPECT_THAT(Token({"list"}).out,
              MatchesRegex("grafana\tread\t20[-0-9T:]+Z\nnightly\tread,import\tnever\n"));
  const std::string kept = FileBytes(Path("tokens"));
  EXPECT_THAT(kept, AllOf(HasSubstr("grafana"), Not(HasSubstr(reader)), Not(HasSubstr("rct_"))));
  EXPECT_EQ(Token({"add", "a/b"}).code, 2);
  EXPECT_EQ(Token({"revoke", "nobody"}).code, 1);

  RollcallProcess rollcall(
      RollcallProcess::Serving(Path("data"), {"--tokens-file", Path("tokens")}));
  const auto status = [&](const std::string& target, const std::string& token) {
    return rollcall.Private()
        .Get(target, token.empty() ? "" : "Authorization: Bearer " + token + "\r\n")
        .status;
  };
  EXPECT_EQ(status("/metrics", ""), 401);
  EXPECT_EQ(status("/metrics", "rct_guess"), 401);
  EXPECT_EQ(status("/metrics", reader), 200);
  EXPECT_EQ(status("/hosts", reader), 200);
  EXPECT_EQ(status("/healthz", ""), 200) << "probes have no login";
  EXPECT_EQ(status("/readyz", ""), 200);
  EXPECT_EQ(rollcall.Public().Get("/").status, 200) << "what is public stays so";

  // The commands that ask a server.
  const std::string server = "http://127.0.0.1:" + std::to_string(rollcall.private_port());
  std::ofstream(Path("history.txt")) << "cozy_cluster_info{cluster_id=\"a\"} 1 1770000000000\n";
  const auto import = [&](const std::string& token) {
    std::ofstream(Path("token")) << token << "\n";
    return RunToEnd(
        {"import", Path("history.txt"), "--server", server, "--server-token-file", Path("token")});
  };
  EXPECT_THAT(import(reader).err, AllOf(HasSubstr("403"), HasSubstr("may only read")));
  EXPECT_EQ(import(importer).code, 0);
  const Finished exported =
      RunToEnd({"export", "--server", server, "--server-token-file", Path("token")});
  EXPECT_THAT(exported.out, HasSubstr("cozy_cluster_info"));
  EXPECT_THAT(RunToEnd({"export", "--server", server}).err, HasSubstr("401"));

  EXPECT_EQ(Token({"revoke", "grafana"}).code, 0);
  rollcall.process().Signal(SIGHUP);
  ASSERT_TRUE(rollcall.process().AwaitErr("tokens: 1,"));
  EXPECT_EQ(status("/metrics", reader), 401);
  EXPECT_EQ(status("/metrics", importer), 200);
  EXPECT_THAT(rollcall.process().err(),
              AllOf(HasSubstr("a wrong token from 127.0.0.1"), Not(HasSubstr("rct_"))));
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(AccessTest, CommandsReachAServerThatSpeaksTlsAndWantsAToken) {
  WritePair(Pair::Make("private"));
  std::ofstream(Path("token")) << Token({"add", "cli"}).out;
  std::vector<std::string> args = Tls("private-");
  args.insert(args.end(), {"--tokens-file", Path("tokens")});
  RollcallProcess rollcall(RollcallProcess::Serving(Path("data"), args));
  EXPECT_THAT(rollcall.process().out(), HasSubstr("Metrics  https://localhost:"));
  ChildOptions clock = RollcallOptions(
      {"clock", "--server", "https://127.0.0.1:" + std::to_string(rollcall.private_port()),
       "--server-token-file", Path("token")});
  clock.variables["SSL_CERT_FILE"] = Path("cert.pem");
  const Finished run = RunToEnd(clock);
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(rollcall.Stop(), 0);
}

TEST_F(AccessTest, BadFilesAreNamedBeforeAnythingIsServed) {
  const auto refusal = [&](const std::vector<std::string>& args) {
    const Finished run = RunToEnd(RollcallProcess::Serving(Path("data"), args));
    EXPECT_EQ(run.code, 1) << run.err;
    return run.err;
  };
  std::ofstream(Path("bad")) << "one two\n";
  EXPECT_THAT(refusal({"--tokens-file", Path("bad")}), HasSubstr(Path("bad") + ": line 1"));
  EXPECT_THAT(refusal({"--tokens-file", Path("none")}), HasSubstr(Path("none")));
  EXPECT_THAT(refusal({"--users-file", Path("bad")}), HasSubstr(Path("bad") + ": line 1"));
  EXPECT_THAT(refusal({"--tls-cert-file", Path("bad"), "--tls-key-file", Path("bad")}),
              AllOf(HasSubstr("TLS of the public listener"), HasSubstr(Path("bad"))));
}

}  // namespace
}  // namespace rollcall::test
