// Options: from the command line, the environment or the default; what is refused and how; and the
// texts that are made from the one table.
#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <sstream>

#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/option_value.h"
#include "tests/cli/other_value.h"
#include "tests/support/file_tree.h"
#include "tests/support/rounds.h"

namespace rollcall::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Args = std::vector<std::string>;

constexpr unsigned kAllUsers = kServe | kDemo | kVerify | kImport | kExport | kClock | kRepair |
                               kFleet | kRecords | kToken | kBackup | kRestore | kForget | kShow;

// The refusal of a command line, or "taken".
std::string ServeSays(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("serve", args, env);
  return options.ok() ? "taken" : options.status().message();
}

Options Serve(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("serve", args, env);
  EXPECT_TRUE(options.ok()) << options.status().message();
  return options.ok() ? *options : Options();
}

// What an option cannot do without.
Args CompanionsOf(std::string_view flag) {
  const std::map<std::string_view, Args> companions = {
      {"tls-cert-file", {"--tls-key-file=k"}},
      {"tls-key-file", {"--tls-cert-file=c"}},
      {"private-tls-cert-file", {"--private-tls-key-file=k"}},
      {"private-tls-key-file", {"--private-tls-cert-file=c"}},
      {"private-tls-client-ca-file", {"--private-tls-cert-file=c", "--private-tls-key-file=k"}},
      {"proxy-protocol", {"--trusted-proxies=10.0.0.1"}}};
  const auto found = companions.find(flag);
  return found == companions.end() ? Args() : found->second;
}

TEST(OptionTableTest, EveryOptionIsReadFromItsFlagFromItsVariableAndElseHasItsDefault) {
  for (const OptionSpec& spec : OptionTable()) {
    SCOPED_TRACE(spec.flag);
    const std::string other = OtherValue(spec);
    Options expected;
    ASSERT_TRUE(spec.set(other, expected).ok());
    ASSERT_NE(spec.show(expected), spec.DefaultText());

    if ((spec.users & kDemo) == 0) {
      continue;  // of import or of serve alone, which have tests of their own
    }

    const auto shown = [&](Args args, const Environment& env) {
      const bool is_set = !args.empty() || !env.empty();
      const Args companions = is_set ? CompanionsOf(spec.flag) : Args();
      args.insert(args.begin(), companions.begin(), companions.end());
      // serve does not know the flags of demo; demo knows those of serve.
      const Result<Options> options = ParseOptions("demo", args, env);
      return options.ok() ? spec.show(*options) : options.status().message();
    };
    const std::string flag = "--" + std::string(spec.flag);
    // A switch takes a value only in the same word.
    const auto given = [&](const std::string& value) {
      return spec.value_name.empty() ? Args{flag + "=" + value} : Args{flag, value};
    };
    EXPECT_EQ(shown({}, {}), spec.DefaultText());
    EXPECT_EQ(shown(given(other), {}), spec.show(expected));
    EXPECT_EQ(shown({flag + "=" + other}, {}), spec.show(expected));
    EXPECT_EQ(shown({}, {{spec.VariableName(), other}}), spec.show(expected));
    if (!CompanionsOf(spec.flag).empty()) continue;  // one is not set without the other
    EXPECT_EQ(shown(given(spec.DefaultText()), {{spec.VariableName(), other}}), spec.DefaultText());
  }
}

TEST(OptionTableTest, NoTwoOptionsShareAFlagAVariableOrAField) {
  std::set<std::string> variables;
  std::set<std::string_view> flags;
  for (const OptionSpec& spec : OptionTable()) {
    EXPECT_TRUE(flags.insert(spec.flag).second) << spec.flag;
    EXPECT_TRUE(variables.insert(spec.VariableName()).second) << spec.flag;
    Options changed;
    ASSERT_TRUE(spec.set(OtherValue(spec), changed).ok());
    for (const OptionSpec& another : OptionTable()) {
      EXPECT_EQ(another.show(changed) != another.DefaultText(), another.flag == spec.flag)
          << spec.flag << " changes " << another.flag;
    }
  }
}

TEST(OptionTableTest, EveryOptionIsDescribedInFull) {
  for (const OptionSpec& spec : OptionTable()) {
    SCOPED_TRACE(spec.flag);
    EXPECT_TRUE(spec.users != 0 && spec.users <= kAllUsers);
    EXPECT_TRUE(spec.meaning.ends_with('.'));
    EXPECT_FALSE(spec.reason.empty() || spec.reason.ends_with('.'));
    EXPECT_EQ(spec.value_name.empty(),
              spec.flag == "strict" || spec.flag == "no-store" || spec.flag == "dry-run" ||
                  spec.flag == "no-own-samples" || spec.flag == "records" ||
                  spec.flag == "private-without-login" || spec.flag == "machine");
    EXPECT_FALSE(spec.allowed.empty());
  }
}

TEST(OptionTableTest, WhatZeroDoesIsSaidExactlyWhereZeroIsTaken) {
  for (const OptionSpec& spec : OptionTable()) {
    Options options;
    const bool is_text =
        spec.show(options) != "0" && spec.allowed.find(" from ") == std::string::npos;
    const bool is_address = spec.value_name == "ADDRESS";
    const std::string zero = is_text || is_address ? "" : "0";
    EXPECT_EQ(spec.set(zero, options).ok(), !spec.zero.empty()) << spec.flag;
  }
}

TEST(ServeOptionsTest, DefaultsAreThoseOfTheContractAndOfTheFront) {
  const Options options = Serve({});
  EXPECT_EQ(options.server.front.public_address, ":8081");
  EXPECT_EQ(options.server.front.private_address, "127.0.0.1:8082");
  EXPECT_EQ(options.server.max_report_bytes, 10'485'760u);
  EXPECT_EQ(options.server.retention.report_months, 13u);
  EXPECT_EQ(options.server.retention.peaks_months, 0u);
  EXPECT_EQ(options.server.app_list.url, "declared");
  EXPECT_EQ(options.server.app_list.interval, hours(1));
}

TEST(ServeOptionsTest, ValuesArriveInTheirUnits) {
  const Options options =
      Serve({"--header-timeout", "1500ms", "--idle-timeout=5m", "--max-body-bytes", "2MiB",
             "--max-header-bytes", "4k", "--retention", "007", "--shutdown-grace", "0"});
  EXPECT_EQ(options.server.front.header_timeout, milliseconds(1500));
  EXPECT_EQ(options.server.front.idle_timeout, minutes(5));
  EXPECT_EQ(options.server.max_report_bytes, 2'097'152u);
  EXPECT_EQ(options.server.front.max_header_bytes, 4096u);
  EXPECT_EQ(options.server.retention.report_months, 7u);
  EXPECT_EQ(options.process.shutdown_grace, seconds(0));
}

TEST(ServeOptionsTest, TheLastOfAFlagCounts) {
  EXPECT_EQ(Serve({"--data-dir", "a", "--retention=1", "--data-dir=b"}).store.directory, "b");
}

TEST(ServeOptionsTest, AnEmptyValueIsAValueAndDoesNotSwallowTheNextFlag) {
  const Options options = Serve({"--app-list-url=", "--private-listen-addr", "", "--retention=2"});
  EXPECT_EQ(options.server.app_list.url, "");
  EXPECT_EQ(options.server.front.private_address, "");
  EXPECT_EQ(options.server.retention.report_months, 2u);
  EXPECT_EQ(Serve({}, {{"ROLLCALL_APP_LIST_URL", ""}}).server.app_list.url, "");
}

TEST(ServeOptionsTest, AValueMayHoldAnEqualsSign) {
  EXPECT_EQ(Serve({"--app-list-url=http://h/?a=b"}).server.app_list.url, "http://h/?a=b");
  EXPECT_EQ(Serve({"--data-dir", "a=b"}).store.directory, "a=b");
}

TEST(ServeOptionsTest, WhatIsWrongAndWhatIsAllowedIsSaidInOneLine) {
  const std::string months = " is not a whole number of months from 0 to 1200";
  const std::string duration =
      " is not a duration from 1ms to 1h (a whole number with ms, s, m or h)";
  const std::string size = " is not a size from 1 to 1GiB (bytes, or with KiB, MiB or GiB)";
  const std::string address =
      " is not an address (host:port, :port for all addresses, [v6]:port; port from 0 to 65535)";
  struct Case {
    std::string flag, value, message;
  };
  std::vector<Case> cases;
  for (const char* value : {"abc", "", "-1", "+1", "1201", "1.5", "1 ", " 1", "0x10", "13 months",
                            "18446744073709551616", "99999999999999999999999"}) {
    cases.push_back({"--retention", value, months});
  }
  for (const char* value : {"10", "10S", "s", "", "-1s", "1.5s", "1h30m", "0", "0ms", "61m", "1d",
                            "10 s", "18446744073709551615h"}) {
    cases.push_back({"--header-timeout", value, duration});
  }
  for (const char* value : {"0", "10MB", "10 MiB", "MiB", "", "-5", "1.5MiB", "2GiB", "1TiB",
                            "18446744073709551615GiB", "KiB1"}) {
    cases.push_back({"--max-body-bytes", value, size});
  }
  for (const char* value : {"", "8081", ":", ":65536", ":-1", ":http", "::1:80", "[::1:80",
                            "a b:80", "[]:80", "h:", "http://h:80", ":080000"}) {
    cases.push_back({"--listen-addr", value, address});
  }
  for (const char* value : {"", "INFO", "trace", "verbose"}) {
    cases.push_back({"--log-level", value, " is not one of debug, info, warning, error"});
  }
  for (const char* value : {"", "--retention", "-x"}) {
    cases.push_back(
        {"--data-dir", value,
         " is not the path of a directory (write ./-name for one that begins with a dash)"});
  }
  for (const Case& c : cases) {
    const std::string want = "rollcall serve: " + c.flag + ": '" + c.value + "'" + c.message;
    EXPECT_EQ(ServeSays({c.flag, c.value}), want);
    EXPECT_EQ(ServeSays({c.flag + "=" + c.value}), want);
  }
}

TEST(ServeOptionsTest, AUrlHasTheGrammarOfTheClientThatAsksIt) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ftp://h/", "parse URL \"ftp://h/\": the scheme is not http or https"},
      {"example.org", "parse URL \"example.org\": want http://host or https://host"},
      {"http://h:0/", "parse URL \"http://h:0/\": the port is not a number in 1..65535"},
      {"https://a/ b",
       "parse URL \"https://a/ b\": the path has a blank or a byte that is not ASCII"},
      {"http://me:secret@h/", "parse URL: a user name or password has no place in it"}};
  for (const auto& [url, message] : cases) {
    EXPECT_EQ(ServeSays({"--app-list-url", url}), "rollcall serve: --app-list-url: " + message);
  }
}

TEST(ServeOptionsTest, ABadVariableIsNamedAsAVariable) {
  EXPECT_EQ(
      ServeSays({}, {{"ROLLCALL_RETENTION", "abc"}}),
      "rollcall serve: ROLLCALL_RETENTION: 'abc' is not a whole number of months from 0 to 1200");
  EXPECT_EQ(ServeSays({"--retention", "1"}, {{"ROLLCALL_RETENTION", "abc"}}), "taken");
}

TEST(ServeOptionsTest, WhatIsNotAFlagIsAnsweredWithTheOneThatWasMeant) {
  const std::string list = "; 'rollcall help serve' lists what it takes";
  EXPECT_EQ(ServeSays({"--datadir", "x"}),
            "rollcall serve: '--datadir' is not a flag; did you mean --data-dir?" + list);
  EXPECT_THAT(ServeSays({"--datadir=x"}), StartsWith("rollcall serve: '--datadir' is not a flag"));
  EXPECT_EQ(ServeSays({"-d"}), "rollcall serve: '-d' is not a flag" + list);
  EXPECT_THAT(ServeSays({"--"}), testing::AnyOf("taken", StartsWith("rollcall serve: ")));
  EXPECT_EQ(ServeSays({"now"}), "rollcall serve: unexpected argument 'now'" + list);
  EXPECT_THAT(ServeSays({"--retention", "1", "2"}),
              StartsWith("rollcall serve: unexpected argument '2'"));
  EXPECT_EQ(ServeSays({"--retention"}),
            "rollcall serve: --retention: a value is missing; write --retention VALUE");
}

TEST(ServeOptionsTest, FlagsOfOtherCommandsAreRefusedAndTheirVariablesIgnored) {
  EXPECT_THAT(ServeSays({"--sources", "5"}),
              HasSubstr("'--sources' is not a flag of serve but of demo;"));
  EXPECT_EQ(ServeSays({}, {{"ROLLCALL_SOURCES", "many"}}), "taken");
  const Result<Options> verify = ParseOptions("verify", Args{"--retention", "1"}, {});
  ASSERT_FALSE(verify.ok());
  EXPECT_EQ(verify.status().message(),
            "rollcall verify: '--retention' is not a flag of verify but of serve, demo; 'rollcall "
            "help verify' lists what it takes");
}

TEST(ServeOptionsTest, ABufferThatCannotHoldTheLargestBodyIsRefused) {
  EXPECT_EQ(ServeSays({"--max-buffered-bytes", "1MiB"}),
            "rollcall serve: --max-buffered-bytes: 1MiB is less than --max-body-bytes 10MiB: the "
            "largest body could never be taken");
  EXPECT_EQ(ServeSays({"--max-buffered-bytes", "10MiB"}), "taken");
}

TEST(ServeOptionsTest, HostileValuesMakeOneShortPrintableLine) {
  EXPECT_EQ(
      ServeSays({"--retention", "1\n\x1b[31m\xff"}),
      "rollcall serve: --retention: '1\\x0a\\x1b[31m\\xff' is not a whole number of months from "
      "0 to 1200");
  EXPECT_LT(ServeSays({"--retention", std::string(1 << 20, 'x')}).size(), 300u);
  EXPECT_LT(ServeSays({"--" + std::string(1 << 20, 'x')}).size(), 1500u);
}

TEST(ServeOptionsTest, RandomWordsAreTakenOrRefusedInOneLine) {
  std::mt19937 random(1);
  const Args words{
      "--retention", "--data-dir=", "--app-list-url", "",   "--", "-",  "-1",   "=", "--=",
      "--seed",      "{}",          "[1,2]",          "%%", "10", "++", "---x", "\n"};
  for (int round = 0; round < test::Rounds(3'000); ++round) {
    Args args(random() % 6);
    for (std::string& arg : args) {
      arg = words[random() % words.size()];
      if (random() % 4 == 0) {
        arg += static_cast<char>(random() % 256);
      }
    }
    const std::string says = ServeSays(args);
    EXPECT_TRUE(says == "taken" || says.starts_with("rollcall serve: ")) << says;
    EXPECT_EQ(says.find('\n'), std::string::npos) << says;
    EXPECT_EQ(says.find("read the command line"), std::string::npos) << says;
  }
}

TEST(DemoOptionsTest, DemoTakesItsOwnFlagsAndThoseOfServe) {
  const Result<Options> options =
      ParseOptions("demo", Args{"--sources=5", "--months", "2", "--listen-addr", ":0"},
                   {{"ROLLCALL_SEED", "9"}, {"ROLLCALL_INTERVAL", "15m"}});
  ASSERT_TRUE(options.ok()) << options.status().message();
  EXPECT_EQ(options->demo.sources, 5u);
  EXPECT_EQ(options->demo.months, 2u);
  EXPECT_EQ(options->demo.seed, 9u);
  EXPECT_EQ(options->demo.interval, minutes(15));
  EXPECT_EQ(options->server.front.public_address, ":0");
}

TEST(VerifyOptionsTest, VerifyReadsTheSameDataDirectoryAsServe) {
  EXPECT_EQ(ParseOptions("verify", {}, {})->store.directory, Serve({}).store.directory);
  EXPECT_EQ(ParseOptions("verify", {}, {{"ROLLCALL_DATA_DIR", "/d"}})->store.directory, "/d");
}

TEST(EnvironmentTest, OnlyOurVariablesAreReadAndOfTwoTheFirstCounts) {
  const char* variables[] = {
      "PATH=/bin", "ROLLCALL_SEED=1",       "ROLLCALL_SEED=2", "ROLLCALL_X", "=",
      "",          "ROLLCALL_DATA_DIR=a=b", "rollcall_seed=3", nullptr};
  const Environment want{{"ROLLCALL_SEED", "1"}, {"ROLLCALL_DATA_DIR", "a=b"}};
  EXPECT_EQ(ReadEnvironment(variables), want);
}

TEST(EnvironmentTest, VariablesThatNoOptionHasAreNamed) {
  EXPECT_THAT(UnknownVariables({{"ROLLCALL_DATA_DIR", ""}, {"ROLLCALL_SEED", "1"}}), IsEmpty());
  EXPECT_THAT(UnknownVariables({{"ROLLCALL_DATADIR", ""}, {"ROLLCALL_", ""}}),
              ElementsAre(StartsWith("'ROLLCALL_', which no option reads"),
                          "'ROLLCALL_DATADIR', which no option reads; did you mean "
                          "ROLLCALL_DATA_DIR?"));
}

TEST(OptionValueTest, WhatIsWrittenIsReadBack) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  for (const uint64_t bytes : {0UL, 1UL, 1023UL, 1024UL, 1536UL, 1UL << 20, 3UL << 30, kMost}) {
    EXPECT_EQ(*ParseSize(FormatSize(bytes), 0, kMost), bytes);
  }
  for (const int64_t ms : {0L, 1L, 999L, 1000L, 1500L, 60'000L, 90'000L, 3'600'000L, 86'400'000L}) {
    EXPECT_EQ(*ParseDuration(FormatDuration(milliseconds(ms)), milliseconds(0), hours(24)),
              milliseconds(ms));
  }
  EXPECT_EQ(FormatSize(1536), "1536");
  EXPECT_EQ(FormatSize(10 << 20), "10MiB");
  EXPECT_EQ(FormatDuration(milliseconds(90'000)), "90s");
  EXPECT_EQ(FormatDuration(hours(24)), "24h");
}

TEST(OptionValueTest, BoundsAreInclusive) {
  EXPECT_TRUE(ParseNumber("3", 3, 5, "").ok() && ParseNumber("5", 3, 5, "").ok());
  EXPECT_FALSE(ParseNumber("2", 3, 5, "").ok() || ParseNumber("6", 3, 5, "").ok());
  EXPECT_TRUE(ParseSize("1KiB", 1024, 1024).ok());
  EXPECT_TRUE(ParseDuration("1s", seconds(1), seconds(1)).ok());
}

TEST(OptionValueTest, AddressesOfEveryKindAreTaken) {
  for (const char* text : {":0", ":65535", "127.0.0.1:80", "localhost:1", "a-b.example:8",
                           "[::]:80", "[fe80::1%eth0]:80", "0.0.0.0:8081"}) {
    EXPECT_TRUE(IsListenAddress(text)) << text;
  }
}

TEST(HelpTest, TheHelpOfACommandHasEachOfItsOptionsAndNoOther) {
  for (const std::string_view name :
       {"serve", "demo", "verify", "import", "export", "repair", "fleet", "records"}) {
    const std::string help = HelpOn({name, "do it", "", nullptr});
    for (const OptionSpec& spec : OptionTable()) {
      const std::string head = "\n  --" + std::string(spec.flag) + " ";
      const bool is_used = (spec.users & OptionUserOf(name)) != 0;
      EXPECT_EQ(help.find(head) != std::string::npos, is_used) << name << spec.flag;
      EXPECT_EQ(help.find("[" + spec.VariableName() + "]") != std::string::npos, is_used);
    }
  }
}

TEST(HelpTest, AnOptionIsShownWithItsVariableMeaningRangeAndDefault) {
  EXPECT_THAT(
      HelpOn({"serve", "do it", "", nullptr}),
      HasSubstr("  --shutdown-grace DURATION    [ROLLCALL_SHUTDOWN_GRACE]\n"
                "      Time that requests in progress have after SIGTERM. 0: what is not "
                "answered yet is dropped.\n"
                "      Takes a duration from 0 to 10m (a whole number with ms, s, m or h).\n"
                "      Default 20s: less than the 30s after which Kubernetes kills.\n"));
}

TEST(HelpTest, ADefaultThatIsEmptyIsSaidToBe) {
  EXPECT_THAT(HelpOn({"export", "do it", "", nullptr}),
              HasSubstr("      Empty by default: nothing is left out.\n"));
}

TEST(HelpTest, LinesFitATerminal) {
  std::istringstream help(HelpOn({"demo", "do it", "", nullptr}));
  for (std::string line; std::getline(help, line);) {
    EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(HelpTest, TheMarkdownTableHasARowOfFourCellsForEveryOption) {
  std::istringstream table(OptionsAsMarkdown());
  std::string line;
  std::getline(table, line);
  EXPECT_EQ(line, "| Flag and variable | Default | Meaning | Commands |");
  std::getline(table, line);
  for (const OptionSpec& spec : OptionTable()) {
    ASSERT_TRUE(std::getline(table, line));
    const std::string value = spec.DefaultText();
    EXPECT_THAT(line, StartsWith("| `--" + std::string(spec.flag) + "` `" + spec.VariableName() +
                                 "` | " + (value.empty() ? "empty: " : "`" + value + "`: ")));
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 5);
  }
  EXPECT_FALSE(std::getline(table, line));
}

TEST(HelpTest, TheReadmeHoldsTheTableThatTheBinaryPrints) {
  const std::string readme = test::FileBytes(ROLLCALL_SOURCE_DIR "/src/cli/README.md");
  EXPECT_NE(readme.find(OptionsAsMarkdown()), std::string::npos)
      << "put the output of `rollcall help --markdown` into src/cli/README.md";
}

}  // namespace
}  // namespace rollcall::cli
