// The binary's command line: what it answers, on which stream, and with which exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/rollcall_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(CommandLineTest, HelpAndVersionAreOnStdoutWithExitCode0) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"--help"},
                                             {"-h"},
                                             {"help"},
                                             {"help", "serve"},
                                             {"help", "demo"},
                                             {"help", "verify"},
                                             {"help", "--markdown"},
                                             {"serve", "--help"},
                                             {"demo", "-h"},
                                             {"verify", "--help"},
                                             {"serve", "--no-such-flag", "--help"}}) {
    const Finished run = RunToEnd(args);
    EXPECT_EQ(run.code, 0) << args[0];
    EXPECT_NE(run.out, "") << args[0];
    EXPECT_EQ(run.err, "") << args[0];
  }
  for (const char* version : {"--version", "version"}) {
    const Finished run = RunToEnd({version});
    EXPECT_EQ(run.code, 0);
    EXPECT_EQ(run.out, "rollcall " ROLLCALL_VERSION "\n");
  }
  EXPECT_THAT(RunToEnd({"help", "serve"}).out,
              AllOf(HasSubstr("--data-dir"), HasSubstr("ROLLCALL_DATA_DIR")));
}

TEST(CommandLineTest, WhatIsNotUnderstoodIsOneLineOnStderrWithExitCode2) {
  struct Case {
    std::vector<std::string> args;
    std::string names;    // what is wrong
    std::string allowed;  // and what is allowed
  };
  for (const Case& one :
       std::vector<Case>{{{"srve"}, "srve", "did you mean serve?"},
                         {{"--no-such-flag"}, "--no-such-flag", "rollcall help serve"},
                         {{"-no-such-flag=1"}, "-no-such-flag=1", "rollcall help serve"},
                         {{"help", "srve"}, "srve", "serve"},
                         {{"serve", "--no-such-flag"}, "--no-such-flag", ""},
                         {{"serve", "extra"}, "extra", ""},
                         {{"serve", "--data-dir"}, "--data-dir", ""},
                         {{"serve", "--data-dir", ""}, "data-dir", "the path of a directory"},
                         {{"serve", "--listen-addr", "nowhere"}, "nowhere", "host:port"},
                         {{"serve", "--listen-addr", "127.0.0.1:65536"}, "65536", "0 to 65535"},
                         {{"serve", "--max-body-bytes", "-1"}, "-1", ""},
                         {{"serve", "--retention", "13x"}, "13x", ""},
                         {{"serve", "--log-level", "loud"}, "loud", "debug, info, warning, error"},
                         {{"serve", "--app-list-url", "ftp://x"}, "ftp://x", "http or https"},
                         {{"serve", "--sources", "3"}, "--sources", "of demo"},
                         {{"export", "--server", "http://h:x"}, "http://h:x", "port"},
                         {{"export", "--from", "2026", "--to", "2025"}, "2025", "nothing lies"},
                         {{"demo", "--sources", "0"}, "sources", "1"},
                         {{"demo", "--months", "121"}, "121", "120"},
                         {{"verify", "--listen-addr", ":1"}, "--listen-addr", ""}}) {
    const Finished run = RunToEnd(one.args);
    EXPECT_EQ(run.code, 2) << one.args.back();
    EXPECT_EQ(run.out, "") << one.args.back();
    EXPECT_THAT(run.err,
                AllOf(StartsWith("rollcall"), HasSubstr(one.names), HasSubstr(one.allowed)));
    EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
  }
}

TEST(CommandLineTest, WithoutACommandTheHelpIsOnStderr) {
  const Finished run = RunToEnd(std::vector<std::string>{});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("usage: rollcall COMMAND"));
}

TEST(CommandLineTest, AVariableWithABadValueIsNamedByItsName) {
  ChildOptions options = RollcallOptions({"serve"});
  options.variables["ROLLCALL_RETENTION"] = "for ever";
  const Finished run = RunToEnd(options);
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, AllOf(HasSubstr("ROLLCALL_RETENTION"), HasSubstr("for ever")));
}

TEST(CommandLineTest, AHugeArgumentIsRefusedInOneShortLine) {
  const Finished run = RunToEnd({"serve", "--listen-addr", std::string(100'000, 'x')});
  EXPECT_EQ(run.code, 2);
  EXPECT_LT(run.err.size(), 2000U);
}

}  // namespace
}  // namespace rollcall::test
