// The options by which hosts are scraped and their samples kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/option_checks.h"
#include "cli/options.h"

namespace rollcall::cli {
namespace {

using hosts::Target;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

using Args = std::vector<std::string>;

Options ServeWith(const Args& args, const Environment& env = {}) {
  const Result<Options> options = ParseOptions("serve", args, env);
  EXPECT_TRUE(options.ok()) << options.status().message();
  return options.ok() ? *options : Options();
}
std::vector<Target> Targets(const Args& args, const Environment& env = {}) {
  return ServeWith(args, env).server.scraper.targets;
}
std::string HostsSay(const std::string& target) {
  const Result<Options> options = ParseOptions("serve", Args{"--scrape-target", target}, {});
  return options.ok() ? "taken" : options.status().message();
}

TEST(HostsOptionsTest, NothingIsScrapedUnlessItIsSaid) { EXPECT_THAT(Targets({}), IsEmpty()); }

TEST(HostsOptionsTest, TheFlagMayBeGivenSeveralTimes) {
  EXPECT_THAT(Targets({"--scrape-target", "a=http://127.0.0.1:9/uptime", "--log-level", "debug",
                       "--scrape-target=b=https://edge.example/metrics?x=1&y=2"}),
              ElementsAre(Target{"a", "http://127.0.0.1:9/uptime"},
                          Target{"b", "https://edge.example/metrics?x=1&y=2"}));
}

TEST(HostsOptionsTest, InTheVariableTargetsHaveBlanksBetweenThem) {
  const Environment env{{"ROLLCALL_SCRAPE_TARGET", " a=http://h/1  b=http://h/2 "}};
  EXPECT_THAT(Targets({}, env), ElementsAre(Target{"a", "http://h/1"}, Target{"b", "http://h/2"}));
  EXPECT_THAT(Targets({"--scrape-target", "c=http://h/3"}, env),
              ElementsAre(Target{"c", "http://h/3"}))
      << "the flag wins";
}

TEST(HostsOptionsTest, ATargetIsANameAndAUrl) {
  EXPECT_EQ(HostsSay("edge-1.example_a=http://h/"), "taken");
  EXPECT_EQ(HostsSay(std::string(64, 'a') + "=http://h/"), "taken");
  for (const std::string bad :
       {"http://h/", "=http://h/", "edge", "a/b=http://h/", "rollcall=http://h/"}) {
    EXPECT_THAT(HostsSay(bad),
                StartsWith("rollcall serve: --scrape-target: '" + bad + "' is not NAME=URL"))
        << bad;
  }
  EXPECT_THAT(HostsSay(std::string(65, 'a') + "=http://h/"), HasSubstr("is not NAME=URL"));
  for (const char* const bad : {"a=", "a=ftp://h/", "a=http://", "a=http://u:p@h/"}) {
    EXPECT_THAT(HostsSay(bad), StartsWith("rollcall serve: --scrape-target: '")) << bad;
  }
  EXPECT_THAT(HostsSay("a=http://h/ b=http://h/ a=http://g/"),
              HasSubstr("two targets have the name 'a'"));
}

TEST(HostsOptionsTest, ThereAreAtMostAsManyTargetsAsThreads) {
  std::string targets;
  for (size_t i = 0; i < kMostTargets; ++i) targets += "t" + std::to_string(i) + "=http://h/ ";
  EXPECT_EQ(HostsSay(targets), "taken");
  EXPECT_THAT(HostsSay(targets + "more=http://h/"), HasSubstr("more than 200 targets"));
}

TEST(HostsOptionsTest, DefaultsAreThoseOfTheContract) {
  const Options options = ServeWith({});
  EXPECT_EQ(options.server.scraper.interval, std::chrono::minutes(1));
  EXPECT_EQ(options.server.retention.host_samples, std::chrono::hours(24));
  EXPECT_FALSE(options.server.scraper.no_own_samples);
}

}  // namespace
}  // namespace rollcall::cli
