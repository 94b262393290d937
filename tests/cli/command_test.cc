// Which command runs, and what is answered without running one.
#include "cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <vector>

#include "cli/help.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Commands that answer with the number of words they got.
int RunFirst(std::span<char*> args) { return 10 + static_cast<int>(args.size()); }
int RunSecond(std::span<char*> args) { return 20 + static_cast<int>(args.size()); }

constexpr std::array<Command, 2> kCommands{{
    {"serve", "Serve it", "Serves.\nAll of it.\n", RunFirst},
    {"verify", "Verify it", "", RunSecond},
}};

struct Answer {
  int exit_code;
  std::string out;
  std::string err;
};

Answer Call(std::vector<std::string> words) {
  std::vector<char*> args;
  for (std::string& word : words) {
    args.push_back(word.data());
  }
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = Dispatch(kCommands, args, out, err);
  return {exit_code, out.str(), err.str()};
}

TEST(DispatchTest, ACommandRunsWithTheWordsThatFollowItsName) {
  EXPECT_EQ(Call({"serve"}).exit_code, 10);
  EXPECT_EQ(Call({"verify", "--data-dir", "x"}).exit_code, 22);
}

TEST(DispatchTest, FlagsAloneAreForTheFirstCommand) {
  EXPECT_EQ(Call({"--data-dir", "x"}).exit_code, 12);
  EXPECT_EQ(Call({"-forward-url=http://x/"}).exit_code, 11);
  EXPECT_THAT(Call({"--data-dir", "x", "--help"}).out, StartsWith("usage: rollcall serve "));
}

TEST(DispatchTest, NoArgumentsAreAnsweredWithTheHelpOnStderr) {
  const Answer answer = Call({});
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err, HelpOnAll(kCommands));
}

TEST(DispatchTest, HelpIsAnsweredOnStdoutHoweverItIsAskedFor) {
  for (const char* word : {"help", "--help", "-h"}) {
    const Answer answer = Call({word});
    EXPECT_EQ(answer.exit_code, 0);
    EXPECT_EQ(answer.out, HelpOnAll(kCommands));
    EXPECT_EQ(answer.err, "");
  }
  EXPECT_THAT(HelpOnAll(kCommands), HasSubstr("\n  serve     Serve it\n  verify    Verify it\n"));
}

TEST(DispatchTest, TheHelpOfACommandIsAnsweredAndTheCommandDoesNotRun) {
  const std::vector<std::vector<std::string>> lines{{"help", "serve"},
                                                    {"serve", "--help"},
                                                    {"serve", "-h"},
                                                    {"serve", "--retention", "x", "--help"}};
  for (const std::vector<std::string>& words : lines) {
    const Answer answer = Call(words);
    EXPECT_EQ(answer.exit_code, 0);
    EXPECT_THAT(answer.out,
                StartsWith("usage: rollcall serve [--flag value ...]\n\nServes.\nAll of it.\n"));
    EXPECT_EQ(answer.err, "");
  }
}

TEST(DispatchTest, TheVersionIsOneLine) {
  for (const char* word : {"version", "--version"}) {
    const Answer answer = Call({word});
    EXPECT_EQ(answer.exit_code, 0);
    EXPECT_EQ(answer.out, "rollcall " ROLLCALL_VERSION "\n");
  }
}

TEST(DispatchTest, TheLicencesOfAllThatIsInsideAreTold) {
  const Answer answer = Call({"version", "--licenses"});
  EXPECT_EQ(answer.exit_code, 0);
  std::istringstream lines(answer.out);
  std::string version;
  std::string commit;
  std::getline(lines, version);
  std::getline(lines, commit);
  EXPECT_EQ(version, "rollcall " ROLLCALL_VERSION);
  EXPECT_THAT(commit, testing::MatchesRegex("commit ([0-9a-f]{40}(-dirty)?|unknown)"));
  EXPECT_THAT(answer.out, HasSubstr("Apache License\n"));
  for (const char* package : {"libc6-dev", "libstdc\\+\\+-12-dev", "librocksdb-dev", "libssl-dev",
                              "libre2-dev", "libjs-chart.js", "libcpp-httplib-dev"}) {
    EXPECT_THAT(answer.out, testing::ContainsRegex("\n" + std::string(package) + " [0-9]"))
        << package;
  }
  EXPECT_THAT(answer.out, HasSubstr("Facebook"));
  EXPECT_THAT(answer.out, testing::Not(HasSubstr("had no file of its copyrights")));
}

TEST(DispatchTest, TheOptionsArePrintedAsMarkdown) {
  EXPECT_EQ(Call({"help", "--markdown"}).out, OptionsAsMarkdown());
}

TEST(DispatchTest, WhatIsNotACommandIsAnsweredWithThoseThatAre) {
  const auto refused = [](std::vector<std::string> words, const std::string& line) {
    const Answer answer = Call(std::move(words));
    EXPECT_EQ(answer.exit_code, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(answer.err, line + "\n");
  };
  refused({"sirve"},
          "rollcall: 'sirve' is not a command; did you mean serve?; allowed: serve, verify, help, "
          "version");
  refused({""}, "rollcall: '' is not a command; allowed: serve, verify, help, version");
  refused({"help", "a\nb"},
          "rollcall: 'a\\x0ab' is not a command; allowed: serve, verify, help, version");
  refused({"help", "--data-dir"},
          "rollcall: '--data-dir' is not a command; allowed: serve, verify, help, version");
  refused({"help", "serve", "now"},
          "rollcall help: unexpected argument 'now'; allowed: one command, or --markdown, --man, "
          "--bash, --zsh");
  refused({"version", "--license"},
          "rollcall version: unexpected argument '--license'; allowed: --licenses, or nothing");
}

}  // namespace
}  // namespace rollcall::cli
