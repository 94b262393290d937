// The configuration file: how its lines are read, what is refused and where, and who wins.
#include "cli/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "cli/help.h"
#include "cli/option_table.h"
#include "tests/cli/other_value.h"
#include "tests/support/temp_dir.h"

namespace rollcall::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// What is wrong with a file, or "good".
std::string FileSays(const std::string& text) {
  const Result<ConfigFile> file = ConfigFile::Parse("x.conf", text);
  return file.ok() ? "good" : file.status().message();
}

std::string Value(const std::string& text, std::string_view flag) {
  const Result<ConfigFile> file = ConfigFile::Parse("x.conf", text);
  EXPECT_TRUE(file.ok()) << file.status().message();
  const std::string* const value = file.ok() ? file->Find(flag) : nullptr;
  return value == nullptr ? "(none)" : *value;
}

TEST(ConfigFileTest, AValueStandsBehindItsFlagWithOrWithoutASign) {
  for (const char* line :
       {"listen-addr = :80", "listen-addr=:80", "listen-addr :80", "  listen-addr\t=\t:80  \r",
        "listen-addr  =:80", "listen-addr :80\n\n"}) {
    EXPECT_EQ(Value(line, "listen-addr"), ":80") << line;
  }
  EXPECT_EQ(Value("app-list-url = http://h/?a=b#c", "app-list-url"), "http://h/?a=b#c");
  EXPECT_EQ(Value("app-list-url http://h/?a=b", "app-list-url"), "http://h/?a=b");
  EXPECT_EQ(Value("app-list-url =", "app-list-url"), "");
  EXPECT_EQ(Value("data-dir = /a b/c", "data-dir"), "/a b/c");
}

TEST(ConfigFileTest, CommentsAndEmptyLinesSayNothing) {
  EXPECT_EQ(Value("\n# retention = x\n  # and\n\t\nretention = 7\n#", "retention"), "7");
  EXPECT_EQ(Value("# all\n", "retention"), "(none)");
  EXPECT_EQ(Value("", "retention"), "(none)");
}

TEST(ConfigFileTest, ASwitchNeedsNoValue) {
  EXPECT_EQ(Value("no-store", "no-store"), "true");
  EXPECT_EQ(Value("no-store = false", "no-store"), "false");
  EXPECT_EQ(FileSays("no-store = perhaps"), "x.conf:1: no-store: 'perhaps' is not true or false");
}

TEST(ConfigFileTest, AFlagThatMayBeRepeatedStandsInSeveralLines) {
  EXPECT_EQ(Value("scrape-target = a=http://h/\nscrape-target b=http://i/\n", "scrape-target"),
            "a=http://h/ b=http://i/");
  EXPECT_EQ(FileSays("scrape-target = a=http://h/\n\nscrape-target = a=http://i/\n"),
            "x.conf:3: scrape-target: two targets have the name 'a'");
}

TEST(ConfigFileTest, WhatIsWrongIsToldWithItsLine) {
  EXPECT_EQ(FileSays("retention = 1\nretension = 2\n"),
            "x.conf:2: 'retension' is not a flag of serve; did you mean retention?");
  EXPECT_EQ(FileSays("\n\nretention = x\n"),
            "x.conf:3: retention: 'x' is not a whole number of months from 0 to 1200");
  EXPECT_EQ(FileSays("retention"),
            "x.conf:1: retention: a value is missing; write retention = VALUE");
  EXPECT_EQ(FileSays("retention = 1\n#\nretention = 1"),
            "x.conf:3: retention: stands in line 1 already");
  EXPECT_THAT(FileSays("--retention = 1"),
              StartsWith("x.conf:1: '--retention' is not a flag of serve"));
  EXPECT_THAT(FileSays("= 1"), StartsWith("x.conf:1: '' is not a flag"));
  EXPECT_THAT(FileSays("config = y.conf"), StartsWith("x.conf:1: 'config' is not a flag of serve"));
  EXPECT_THAT(FileSays("sources = 5"), StartsWith("x.conf:1: 'sources' is not a flag of serve"));
}

TEST(ConfigFileTest, RandomBytesAreGoodOrRefusedInOnePrintableLine) {
  std::mt19937 random(3);
  const std::vector<std::string> words{"retention", "=",  " ", "\n", "#",    "no-store",
                                       "13",        "\t", "x", "\r", "\x01", std::string(1, '\0')};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += words[random() % words.size()];
    const std::string says = FileSays(text);
    EXPECT_TRUE(says == "good" || says.starts_with("x.conf:")) << says;
    for (const char c : says) EXPECT_TRUE(c >= ' ' && c <= '~') << says;
  }
}

class ConfiguredTest : public testing::Test {
 protected:
  std::string Name() const { return dir_.path() + "/rollcall.conf"; }
  void Write(const std::string& text) const { std::ofstream(Name(), std::ios::binary) << text; }
  // The retention that a command ends up with, or what is wrong.
  std::string Retention(std::vector<std::string> args, Environment env = {}) const {
    args.insert(args.begin(), {"--config", Name()});
    const Result<Options> options = ParseOptions("serve", args, env);
    return options.ok() ? std::to_string(options->server.retention.report_months)
                        : options.status().message();
  }

  test::TempDir dir_;
};

TEST_F(ConfiguredTest, TheFlagWinsOverTheEnvironmentAndThatOverTheFile) {
  Write("retention = 1\n");
  EXPECT_EQ(Retention({}), "1");
  EXPECT_EQ(Retention({}, {{"ROLLCALL_RETENTION", "2"}}), "2");
  EXPECT_EQ(Retention({"--retention", "3"}, {{"ROLLCALL_RETENTION", "2"}}), "3");
  EXPECT_EQ(Retention({"--retention", "3"}), "3");
  Write("");
  EXPECT_EQ(Retention({}), "13");
}

TEST_F(ConfiguredTest, ABadLineIsRefusedThoughItsFlagIsGivenOtherwise) {
  Write("retention = x\n");
  EXPECT_THAT(Retention({"--retention", "3"}), StartsWith("rollcall serve: " + Name() + ":1: "));
}

TEST_F(ConfiguredTest, TheVariableNamesTheFileToo) {
  Write("retention = 1\n");
  const Result<Options> options = ParseOptions("serve", {}, {{"ROLLCALL_CONFIG", Name()}});
  ASSERT_TRUE(options.ok()) << options.status().message();
  EXPECT_EQ(options->server.retention.report_months, 1u);
}

TEST_F(ConfiguredTest, AFileThatIsNotThereOrHasNoEndIsRefused) {
  EXPECT_THAT(Retention({}), HasSubstr(Name()));
  const std::vector<std::string> endless{"--config", "/dev/zero"};
  EXPECT_THAT(ParseOptions("serve", endless, {}).status().message(),
              HasSubstr("/dev/zero: more than 1048576 bytes"));
}

TEST_F(ConfiguredTest, OtherCommandsReadWhatIsTheirs) {
  Write("data-dir = /srv/x\nlisten-addr = :80\n");
  const std::vector<std::string> args{"--config", Name()};
  const Result<Options> verify = ParseOptions("verify", args, {});
  ASSERT_TRUE(verify.ok()) << verify.status().message();
  EXPECT_EQ(verify->store.directory, "/srv/x");
  const Result<Options> exported = ParseOptions("export", args, {});
  ASSERT_TRUE(exported.ok()) << exported.status().message();
  EXPECT_TRUE(exported->move.through_server) << "a server has the store of this file open";
}

// Each flag with another value than its default goes into the file and comes out of it.
TEST_F(ConfiguredTest, WhatIsPrintedAsAFileIsReadBack) {
  Options options;
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & kServe) == 0 || spec.flag == "config") continue;
    EXPECT_TRUE(spec.set(OtherValue(spec), options).ok());
    EXPECT_NE(spec.show(options), spec.DefaultText()) << spec.flag;
  }
  const Result<ConfigFile> file = ConfigFile::Parse("x.conf", OptionsAsConfig(options));
  ASSERT_TRUE(file.ok()) << file.status().message();
  for (const OptionSpec& spec : OptionTable()) {
    if ((spec.users & kServe) == 0 || spec.flag == "config") continue;
    const std::string* const value = file->Find(spec.flag);
    ASSERT_NE(value, nullptr) << spec.flag;
    EXPECT_EQ(*value, spec.show(options)) << spec.flag;
  }
}

TEST_F(ConfiguredTest, WithTheDefaultsEveryFlagIsAComment) {
  const std::string text = OptionsAsConfig(Options());
  const Result<ConfigFile> file = ConfigFile::Parse("x.conf", text);
  ASSERT_TRUE(file.ok()) << file.status().message();
  EXPECT_EQ(file->size(), 0u);
  for (const OptionSpec& spec : OptionTable()) {
    const bool stands = text.find("\n#" + std::string(spec.flag) + " =") != std::string::npos;
    EXPECT_EQ(stands, (spec.users & kServe) != 0 && spec.flag != "config") << spec.flag;
  }
  EXPECT_THAT(text, HasSubstr("\n#listen-addr = :8081\n"));
  EXPECT_THAT(text, HasSubstr("\n#private-hosts =\n"));
}

}  // namespace
}  // namespace rollcall::cli
