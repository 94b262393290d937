// A kept answer is the one that an evaluation would give, whatever happened to the store meanwhile.
#include "query/result_cache.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <utility>

#include "ingest/erasure.h"
#include "ingest/importer.h"
#include "query/promql/parser.h"
#include "storage/retention.h"
#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using promql::Query;
using promql::QueryResult;
using promql::Steps;

constexpr int64_t kHour = 3'600'000;

class ResultCacheTest : public ::testing::Test {
 protected:
  void Report(UnixSeconds time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  void Import(const std::string& text) {
    ingest::ImportOptions options;
    options.fleet = kFirstFleet;
    options.id_label = CozystackFleet().id_label;
    options.latest = At("2026-12-31");
    const auto importer =
        ingest::Importer::Start(rollcall_.stores(), &rollcall_.ingester(), options);
    ASSERT_TRUE(importer.ok());
    ASSERT_TRUE((*importer)->Feed(text).ok());
    ASSERT_TRUE((*importer)->Finish().ok());
  }

  // For each series the sum of its samples in each step, by what an export has.
  QueryResult Evaluate(const Query& query) {
    steps_evaluated_ += query.steps.count();
    QueryResult result;
    for (const auto& [name, samples] : Exported(rollcall_.stores(), CozystackFleet())) {
      promql::ResultSeries series{promql::Labels({{"series", name}}), {}};
      for (size_t i = 0; i < query.steps.count(); ++i) {
        const int64_t at = query.steps.At(i);
        double sum = 0;
        bool any = false;
        for (const auto& [time, value] : samples) {
          if (time > at || time <= at - query.steps.step) continue;
          sum += std::strtod(value.c_str(), nullptr);
          any = true;
        }
        if (any) series.points.push_back({at, sum});
      }
      if (!series.points.empty()) result.series.push_back(std::move(series));
    }
    return result;
  }
  static std::string Text(const QueryResult& result) {
    std::string text;
    for (const promql::ResultSeries& series : result.series) {
      text += series.labels.ToString();
      for (const promql::Point& point : series.points) {
        text += " " + std::to_string(point.time) + "=" + NumberText(point.value);
      }
      text += "\n";
    }
    return text;
  }

  // Asks the cache, and returns how many steps had to be evaluated.
  size_t Ask(const std::string& text, const Steps& steps, int64_t lookback_ms = kHour) {
    const auto expr = promql::ParseExpr(text);
    EXPECT_TRUE(expr.ok());
    const Query query{**expr, steps, true, std::nullopt};
    promql::Budget budget({}, {});
    steps_evaluated_ = 0;
    const auto answer = cache_.Get(query, budget, [&](const Query& of) -> Result<QueryResult> {
      budget.lookbacks().Add({{lookback_ms, 1}});
      if (meanwhile_) std::exchange(meanwhile_, nullptr)();
      return Evaluate(of);
    });
    const size_t evaluated = steps_evaluated_;
    meanwhile_ = nullptr;
    EXPECT_TRUE(answer.ok());
    const std::string right = Text(Evaluate(query));
    EXPECT_EQ(Text(*answer->result), right);
    has_text_ = answer->text != nullptr;
    if (has_text_) {
      EXPECT_EQ(*answer->text, right);
    } else {
      cache_.KeepText(query, {answer->result, std::make_shared<const std::string>(right)});
    }
    EXPECT_EQ(budget.lookbacks().Summarize()->most_ms, lookback_ms);
    return evaluated;
  }

  Harness rollcall_;
  size_t steps_evaluated_ = 0;
  bool has_text_ = false;  // the last answer
  // What happens to the store once the next answer is looked up, before it is evaluated.
  std::function<void()> meanwhile_;
  std::vector<const Fleet*> fleets_{&CozystackFleet()};
  query::ResultCache cache_{rollcall_.stores(), [this] { return fleets_; }, 1 << 20};
};

int64_t Ms(const std::string& time) { return At(time).time_since_epoch().count() * 1000; }

TEST_F(ResultCacheTest, OnlyTheStepsWhoseDaysHaveChangedAreEvaluatedAgain) {
  for (int i = 0; i < 72; ++i) {
    Report(At("2026-03-01") + std::chrono::hours(i), "a", "m 1\n");
  }
  const Steps steps{Ms("2026-03-01 06:00:00"), Ms("2026-03-04"), kHour};
  EXPECT_EQ(Ask("m", steps), steps.count());
  EXPECT_EQ(Ask("m", steps), 0u);
  EXPECT_EQ(Ask("( m )", steps), steps.count()) << "another expression";
  Report(At("2026-03-03 23:30:00"), "b", "m 2\n");
  EXPECT_EQ(Ask("m", steps), 25u) << "from the last day's midnight on";
  EXPECT_EQ(Ask("m", steps), 0u);
  // The window goes on.
  const Steps later{steps.start + 5 * kHour, steps.end + 2 * kHour, kHour};
  EXPECT_EQ(Ask("m", later), 2u);
  EXPECT_EQ(Ask("m", {later.start + 1000, later.end, kHour}), later.count() - 1)
      << "other instants";
  Import("m{cluster_id=\"c\"} 5 1772420400000\n");  // 2026-03-02 03:00
  EXPECT_EQ(Ask("m", later), later.count() - 13u);
  ASSERT_TRUE(ingest::Erase(rollcall_.stores(), &rollcall_.ingester(),
                            {kFirstFleet, SourceId::Parse("a").value(), std::nullopt})
                  .ok());
  EXPECT_EQ(Ask("m", later), later.count());
}

TEST_F(ResultCacheTest, ATextIsKeptAsLongAsWhatItIsOf) {
  Report(At("2026-03-01 12:00:00"), "a", "m 1\n");
  const Steps steps{Ms("2026-03-01"), Ms("2026-03-02"), kHour};
  Ask("m", steps);
  EXPECT_FALSE(has_text_);
  EXPECT_EQ(Ask("m", steps), 0u);
  EXPECT_TRUE(has_text_);
  Ask("m", {steps.start, steps.end - kHour, kHour});
  EXPECT_FALSE(has_text_) << "of fewer steps";
  Ask("m", steps);
  EXPECT_FALSE(has_text_) << "the answer that had it has gone";
  Report(At("2026-03-01 14:00:00"), "a", "m 2\n");
  Ask("m", steps);
  EXPECT_FALSE(has_text_) << "of fewer reports";
  Ask("m", steps);
  EXPECT_TRUE(has_text_);
}

TEST_F(ResultCacheTest, ATextThatIsWrittenWhileTheAnswerIsReplacedIsNotKept) {
  Report(At("2026-03-01 12:00:00"), "a", "m 1\n");
  const auto expr = promql::ParseExpr("m");
  const Query query{**expr, {Ms("2026-03-01"), Ms("2026-03-02"), kHour}, true, std::nullopt};
  const auto get = [&] {
    promql::Budget budget({}, {});
    return cache_.Get(query, budget,
                      [&](const Query& of) -> Result<QueryResult> { return Evaluate(of); });
  };
  const auto first = get();
  Report(At("2026-03-01 14:00:00"), "a", "m 2\n");
  const auto second = get();
  ASSERT_TRUE(first.ok() && second.ok());
  cache_.KeepText(query, {first->result, std::make_shared<const std::string>("old")});
  EXPECT_EQ(get()->text, nullptr);
  const auto text = std::make_shared<const std::string>("new");
  cache_.KeepText(query, {second->result, text});
  EXPECT_EQ(get()->text, text);
}

TEST_F(ResultCacheTest, ATextCountsAsMemory) {
  Report(At("2026-03-01 12:00:00"), "a", "m 1\n");
  const Steps steps{Ms("2026-03-01"), Ms("2026-03-02"), kHour};
  const size_t evaluated = Ask("m", steps);
  EXPECT_EQ(Ask("m", steps), 0u);
  // The texts of others push it out.
  promql::Budget budget({}, {});
  constexpr size_t kTextBytes = 200 << 10;
  for (int i = 0; i < 6; ++i) {
    const std::string other = "m + " + std::to_string(i);
    const auto other_expr = promql::ParseExpr(other);
    const Query of{**other_expr, steps, true, std::nullopt};
    const auto answer = cache_.Get(
        of, budget, [&](const Query& asked) -> Result<QueryResult> { return Evaluate(asked); });
    ASSERT_TRUE(answer.ok());
    cache_.KeepText(
        of, {answer->result, std::make_shared<const std::string>(std::string(kTextBytes, ' '))});
  }
  EXPECT_EQ(Ask("m", steps), evaluated);
}

// Ask compares with what is stored in the end, so steps that were kept must not stand beside later
// ones.
TEST_F(ResultCacheTest, WhatComesWhileTheNewestStepsAreEvaluatedIsInAllStepsOrInNone) {
  for (int i = 0; i < 72; ++i) {
    Report(At("2026-03-01") + std::chrono::hours(i), "a", "m 1\n");
  }
  const Steps steps{Ms("2026-03-01 06:00:00"), Ms("2026-03-04"), kHour};
  Ask("m", steps);
  Report(At("2026-03-03 23:20:00"), "b", "m 2\n");
  // One transaction with a day that was kept and one that is evaluated.
  meanwhile_ = [this] {
    Import(
        "m{cluster_id=\"c\"} 5 1772420400000\n"    // 2026-03-02 03:00
        "m{cluster_id=\"c\"} 6 1772579400000\n");  // 2026-03-03 23:10
  };
  EXPECT_EQ(Ask("m", steps), 25u + steps.count()) << "the newest steps, then all";
  Ask("m", steps);
  EXPECT_EQ(Ask("m", steps), 0u);
  // What changes only the steps that are evaluated costs nothing.
  Report(At("2026-03-03 23:30:00"), "b", "m 3\n");
  meanwhile_ = [this] { Report(At("2026-03-03 23:40:00"), "b", "m 4\n"); };
  EXPECT_EQ(Ask("m", steps), 25u);
  Report(At("2026-03-03 23:50:00"), "b", "m 5\n");
  meanwhile_ = [this] {
    EXPECT_TRUE(
        storage::DropChunksBefore(rollcall_.stores().store(), Day::Of(At("2026-03-02"))).ok());
  };
  EXPECT_EQ(Ask("m", steps), 25u + steps.count()) << "retention takes the first day";
}

TEST_F(ResultCacheTest, AnAnswerWhoseFleetsChangedMeanwhileIsNotKept) {
  Fleet other = CozystackFleet();
  other.ref = FleetRef{2};
  Report(At("2026-03-01"), "a", "m 1\n");
  const Steps steps{Ms("2026-03-01"), Ms("2026-03-01 06:00:00"), kHour};
  meanwhile_ = [&] { fleets_.push_back(&other); };
  EXPECT_EQ(Ask("m", steps), steps.count());
  fleets_.pop_back();
  EXPECT_EQ(Ask("m", steps), steps.count()) << "that may have been with the other";
  EXPECT_EQ(Ask("m", steps), 0u);
}

TEST_F(ResultCacheTest, StepsThatDependOnTheRangeAreNotTakenFromAnotherOne) {
  for (int i = 0; i < 48; ++i) {
    Report(At("2026-03-01") + std::chrono::hours(i), "a", "m 1\n");
  }
  const Steps steps{Ms("2026-03-01"), Ms("2026-03-02 20:00:00"), kHour};
  const Steps later{steps.start + kHour, steps.end + kHour, kHour};
  for (const char* const query : {"m @ end()", "m offset -1h", "sum(m @ 1772420400)"}) {
    EXPECT_EQ(Ask(query, steps), steps.count());
    EXPECT_EQ(Ask(query, steps), 0u) << "nothing has changed";
    EXPECT_EQ(Ask(query, later), later.count()) << query;
  }
  // Samples that stand for longer than a step: how long may depend on the range.
  EXPECT_EQ(Ask("m", steps, 2 * kHour), steps.count());
  EXPECT_EQ(Ask("m", steps, 2 * kHour), 0u);
  EXPECT_EQ(Ask("m", later, 2 * kHour), later.count());
}

TEST_F(ResultCacheTest, WhateverHappensAKeptAnswerIsTheRightOne) {
  std::mt19937 random(5);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  UnixSeconds now = At("2026-03-01");
  size_t evaluated = 0;
  size_t asked = 0;
  for (int i = 0; i < 250; ++i) {
    const std::string id(1, static_cast<char>('a' + below(4)));
    now += std::chrono::seconds(below(20'000));
    switch (below(12)) {
      case 0:
        Import("m{cluster_id=\"" + id + "\"} 3 " +
               std::to_string((now.time_since_epoch().count() - below(500'000)) * 1000) + "\n");
        break;
      case 1:
        (void)ingest::Erase(rollcall_.stores(), &rollcall_.ingester(),
                            {kFirstFleet, SourceId::Parse(id).value(), std::nullopt})
            .ok();
        break;
      case 2:
        rollcall_.SetTime(now - std::chrono::seconds(below(200'000)));
        ASSERT_TRUE(rollcall_.Report(id, "m 4\n").ok());
        break;
      default:
        Report(now, id, "m " + std::to_string(below(5)) + "\n");
    }
    if (below(3) == 0) continue;
    const int64_t end = now.time_since_epoch().count() * 1000 / kHour * kHour;
    const Steps steps{end - 200 * kHour, end, below(2) == 0 ? kHour : 2 * kHour};
    evaluated += Ask(below(2) == 0 ? "m" : "sum(m)", steps);
    asked += steps.count();
    if (HasFailure()) return;
  }
  EXPECT_LT(evaluated * 2, asked) << "most steps were kept";
}

}  // namespace
}  // namespace rollcall::test
