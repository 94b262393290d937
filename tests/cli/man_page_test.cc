// The manual page and the completions of shells, as the programs that read them see them.
#include "cli/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "cli/completion.h"
#include "cli/option_table.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;

const std::array<Command, 3> kPagedCommands{{
    {"serve", "Serve it", kServeHelp, nullptr},
    {"verify", "Verify it", kVerifyHelp, nullptr},
    {"config", "Check or print", kConfigHelp, nullptr, "check | print"},
}};

// What a program of the system says of a file.
struct Said {
  int code;
  std::string out;
  std::string err;
};

class ShellTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_.path() + "/" + name) << text;
    return dir_.path() + "/" + name;
  }
  static Said Run(std::vector<std::string> args) {
    test::ChildProcess process({.args = std::move(args),
                                .variables = {{"LC_ALL", "C"}},
                                .working_directory = {},
                                .prepare = {}});
    const int code = process.Wait();
    return {code, process.out(), process.err()};
  }
  // The words that bash offers for the last of a line's words.
  std::set<std::string> Offered(const std::string& line) const {
    const std::string script = Write("complete.bash", BashCompletion(kPagedCommands) + R"(
      read -ra COMP_WORDS <<<"$1"
      [[ $1 == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _rollcall rollcall "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\n' "${COMPREPLY[@]}"
    )");
    const Said said = Run({"/bin/bash", script, line});
    EXPECT_EQ(said.err, "");
    std::istringstream lines(said.out);
    std::set<std::string> words;
    for (std::string word; std::getline(lines, word);) {
      if (!word.empty()) words.insert(word);
    }
    return words;
  }

  test::TempDir dir_;
};

TEST_F(ShellTest, ManShowsEveryFlagAndFindsNothingToWarnOf) {
  const Said said = Run({"/usr/bin/man", "--warnings", "-l", "-Tascii",
                         Write("rollcall.1", ManPage(kPagedCommands))});
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.err, "");
  std::string shown;  // a bold letter is printed twice in the same place
  for (const char c : said.out) {
    if (c == '\b') {
      shown.pop_back();
    } else {
      shown += c;
    }
  }
  for (const OptionSpec& spec : OptionTable()) {
    for (const std::string& name : {"--" + std::string(spec.flag), spec.VariableName()}) {
      EXPECT_TRUE(shown.find(name) != std::string::npos) << name;
    }
  }
  EXPECT_TRUE(shown.find("\n         rollcall serve --listen-addr 127.0.0.1:9000 --data-dir") !=
              std::string::npos);
}

TEST_F(ShellTest, BashOffersCommandsThenTheFlagsOfTheCommand) {
  EXPECT_EQ(Offered("rollcall ver"), (std::set<std::string>{"verify", "version"}));
  std::set<std::string> of_verify;
  std::set<std::string> of_serve;
  for (const OptionSpec& spec : OptionTable()) {
    const std::string flag = "--" + std::string(spec.flag);
    if ((spec.users & kVerify) != 0) of_verify.insert(flag);
    if ((spec.users & kServe) != 0) of_serve.insert(flag);
  }
  EXPECT_EQ(Offered("rollcall verify "), of_verify);
  EXPECT_EQ(Offered("rollcall --"), of_serve);
  EXPECT_EQ(Offered("rollcall config check --"), of_serve);
  EXPECT_EQ(Offered("rollcall config ch"), (std::set<std::string>{"check"}));
}

TEST_F(ShellTest, BashOffersTheValuesOfAFlag) {
  EXPECT_EQ(Offered("rollcall serve --log-level "),
            (std::set<std::string>{"debug", "info", "warning", "error"}));
  EXPECT_EQ(Offered("rollcall serve --retention "), std::set<std::string>());
  const std::string file = Write("a.conf", "");
  EXPECT_EQ(Offered("rollcall serve --config " + dir_.path() + "/a."),
            (std::set<std::string>{file}));
  EXPECT_EQ(Offered("rollcall serve --data-dir " + dir_.path() + "/a."), std::set<std::string>());
}

TEST_F(ShellTest, ZshReadsItsCompletionAndItHasEveryFlag) {
  const std::string text = ZshCompletion(kPagedCommands);
  EXPECT_THAT(text, testing::StartsWith("#compdef rollcall\n"));
  for (const OptionSpec& spec : OptionTable()) {
    const bool is_there = text.find("--" + std::string(spec.flag) +
                                    (spec.value_name.empty() ? "[" : "=[")) != std::string::npos;
    EXPECT_EQ(is_there, (spec.users & (kServe | kVerify)) != 0) << spec.flag;
  }
  const Said said = Run({"/usr/bin/zsh", "-n", Write("_rollcall", text)});
  EXPECT_EQ(said.code, 0) << "zsh is wanted";
  EXPECT_EQ(said.err, "");
}

}  // namespace
}  // namespace rollcall::cli
