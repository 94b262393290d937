// The scripts in `scripts`: what Prometheus 3 gives, over all functions, operators and
// aggregations.
#include "tests/query/promql/script.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/query/promql/script_runner.h"

namespace rollcall::promql::test {
namespace {

ScriptOutcome RunText(const std::string& text) {
  const auto steps = ParseScript(text);
  if (!steps.ok()) return {0, {steps.status().message()}};
  return RunScript(*steps);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(ScriptTest, EveryEvaluationGivesWhatItsScriptSays) {
  size_t evaluations = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(ROLLCALL_SOURCE_DIR "/tests/query/promql/scripts")) {
    const ScriptOutcome outcome = RunText(ReadFile(file.path()));
    evaluations += outcome.evaluations;
    for (const std::string& failure : outcome.failures) {
      ADD_FAILURE() << file.path().filename().string() << " " << failure;
    }
    EXPECT_GT(outcome.evaluations, 0u) << file.path();
  }
  EXPECT_GE(evaluations, 900u);
}

constexpr const char* kLoad = "load 5m\n  a{i=\"1\"} 1 2 3\n  a{i=\"2\"} 4x2\n";

// The only failure of a script, or "".
std::string FailureOf(const std::string& evaluation) {
  const ScriptOutcome outcome = RunText(kLoad + evaluation);
  EXPECT_LE(outcome.failures.size(), 3u);
  return outcome.failures.empty() ? "" : outcome.failures[0];
}

TEST(ScriptTest, AScriptThatExpectsSomethingElseFails) {
  EXPECT_EQ(FailureOf("eval instant at 5m sum(a)\n  {} 6\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m sum(a)\n  {} 7\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m sum(a)\n  {i=\"1\"} 6\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m sum(a)\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m sum(b)\n  {} 6\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m a\n  a{i=\"1\"} 2\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m a\n  expect fail\n"), "");
  EXPECT_NE(FailureOf("eval_fail instant at 5m a\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m nosuch()\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m nosuch()\n  expect fail msg: else\n"), "");
  EXPECT_EQ(FailureOf("eval instant at 5m nosuch()\n  expect fail msg: unknown function\n"), "");
  EXPECT_NE(FailureOf("eval_ordered instant at 5m sort(a)\n  a{i=\"2\"} 4\n  a{i=\"1\"} 2\n"), "");
  EXPECT_EQ(FailureOf("eval_ordered instant at 5m sort(a)\n  a{i=\"1\"} 2\n  a{i=\"2\"} 4\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m 1 + 1\n  3\n"), "");
  EXPECT_NE(FailureOf("eval instant at 5m 'a'\n  expect string 'b'\n"), "");
  EXPECT_NE(FailureOf("eval range from 0 to 10m step 5m sum(a)\n  {} 5 6 8\n"), "");
  EXPECT_NE(FailureOf("eval range from 0 to 10m step 5m sum(a)\n  {} 5 6 _\n"), "");
  EXPECT_EQ(FailureOf("eval range from 0 to 15m step 5m sum(a)\n  {} 5+1x2 _\n"), "");
}

TEST(ScriptTest, WhatIsNoScriptIsRefusedWithItsLine) {
  const auto error = [](const char* text) {
    const auto steps = ParseScript(text);
    return steps.ok() ? "" : steps.status().message();
  };
  EXPECT_EQ(error("evil"), "line 1: no command: evil");
  EXPECT_EQ(error("\n\n  a 1"), "line 3: indented, but under nothing");
  EXPECT_EQ(error("load 0"), "line 1: load what distance?");
  EXPECT_EQ(error("load 5m\n  a 1 x"), "line 2: no value: x");
  EXPECT_EQ(error("load 5m\n  a 1x-2"), "line 2: no value: 1x-2");
  EXPECT_EQ(error("load 5m\n  a 1*2"), "line 2: no value: 1*2");
  EXPECT_EQ(error("clear\n  a 1"), "line 2: indented under `clear`");
  EXPECT_EQ(error("eval instant 5m a"), "line 1: not `instant at T` or `range from T to T step D`");
  EXPECT_EQ(error("eval instant at 5m a\n  expect nothing"), "line 2: expect what? nothing");
}

}  // namespace
}  // namespace rollcall::promql::test
