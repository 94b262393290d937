// A query over stored reports sees what an export has, and how long it stands.
#include "query/stored_series.h"

#include <gtest/gtest.h>

#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using promql::Matcher;
using promql::MatchOp;
using promql::SelectRequest;

int64_t MsOf(const std::string& time) { return At(time).time_since_epoch().count() * 1000; }

class StoredSeriesTest : public ::testing::Test {
 protected:
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    Report(At(time), id, body);
  }
  void Report(UnixSeconds time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }

  // The samples of an instant selector from `after`, exclusive, to `to`, inclusive.
  Seen Latest(const std::vector<Matcher>& matchers, const std::string& after, const std::string& to,
              int64_t step_ms = 0, std::optional<int64_t> lookback_ms = std::nullopt) {
    return Ask({matchers, MsOf(after), MsOf(to), true, step_ms, lookback_ms});
  }
  Seen Range(const std::vector<Matcher>& matchers, const std::string& after,
             const std::string& to) {
    return Ask({matchers, MsOf(after), MsOf(to), false, 0, std::nullopt});
  }
  Seen Ask(const SelectRequest& request) {
    query::StoredSeries series(rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; },
                               {});
    promql::Budget budget(limits_, {});
    auto seen = See(*series.Now(), request, budget);
    EXPECT_TRUE(seen.ok()) << seen.status().message();
    samples_ = budget.samples();
    lookbacks_ = budget.lookbacks().Summarize();
    return seen.ok() ? std::move(seen).value() : Seen();
  }
  static std::vector<std::string> Names(const Seen& seen) {
    std::vector<std::string> names;
    for (const auto& [name, samples] : seen.samples) names.push_back(name);
    return names;
  }

  Harness rollcall_;
  std::vector<const Fleet*> fleets_{&CozystackFleet()};
  promql::Limits limits_;
  uint64_t samples_ = 0;
  std::optional<promql::Lookbacks::Summary> lookbacks_;
};

TEST_F(StoredSeriesTest, RunsOfEqualReportsAreOneWhateverTheirNumberAndTheDay) {
  for (UnixSeconds t = At("2026-03-01"); t < At("2026-03-04"); t += std::chrono::minutes(15)) {
    Report(t, "a", "m{k=\"1\"} 3\nn 4\n");
  }
  const Seen seen = Range({Named("m")}, "2026-02-28", "2026-03-31");
  EXPECT_EQ(Names(seen), std::vector<std::string>{"m{cluster_id=\"a\", k=\"1\"}"});
  EXPECT_EQ(seen.samples.begin()->second.size(), 3u * 96);
  // The times, and one run.
  EXPECT_EQ(samples_, 3u * 96 + 1);
}

TEST_F(StoredSeriesTest, BothEndsOfTheRangeAreAsPromqlHasThem) {
  for (const char* time : {"2026-03-01", "2026-03-01 12:00:00", "2026-03-02"}) {
    Report(time, "a", "m 1\n");
  }
  const Seen seen = Range({Named("m")}, "2026-03-01", "2026-03-02");
  const std::map<int64_t, std::string> want{{MsOf("2026-03-01 12:00:00"), "1"},
                                            {MsOf("2026-03-02"), "1"}};
  EXPECT_EQ(seen.samples.at("m{cluster_id=\"a\"}"), want);
}

TEST_F(StoredSeriesTest, ValuesAreAsTheyWereSent) {
  Report("2026-03-01", "a", "m 1e-300\n");
  Report("2026-03-01 00:15:00", "a", "m -0\n");
  Report("2026-03-01 00:30:00", "a", "m -Inf\n");
  // A difference, that a stream loses a series, and one that it has it again.
  Report("2026-03-01 00:45:00", "a", "m{k=\"1\"} 7\n");
  Report("2026-03-01 01:00:00", "a", "m{k=\"1\"} 7\nm 2\n");
  const std::map<int64_t, std::string> want{{MsOf("2026-03-01"), NumberText(1e-300)},
                                            {MsOf("2026-03-01 00:15:00"), "-0"},
                                            {MsOf("2026-03-01 00:30:00"), "-inf"},
                                            {MsOf("2026-03-01 01:00:00"), "2"}};
  EXPECT_EQ(Range({Named("m")}, "2026-02-28", "2026-03-02").samples.at("m{cluster_id=\"a\"}"),
            want);
}

TEST_F(StoredSeriesTest, MatchersChooseLabelSetsAndSources) {
  for (const char* id : {"a", "b", "c.d"}) {
    Report("2026-03-01", id, "m{k=\"1\"} 1\nm{k=\"2\"} 1\nm 1\nn{k=\"1\"} 1\n");
  }
  const auto ask = [&](const std::vector<Matcher>& matchers) {
    std::string names;
    for (const std::string& name : Names(Range(matchers, "2026-02-28", "2026-03-02"))) {
      names += name + " ";
    }
    return names;
  };
  const auto op = Match;
  EXPECT_EQ(
      ask({Named("m"), op(MatchOp::kEqual, "k", "1"), op(MatchOp::kEqual, "cluster_id", "b")}),
      "m{cluster_id=\"b\", k=\"1\"} ");
  EXPECT_EQ(ask({Named("m"), op(MatchOp::kEqual, "k", ""),
                 op(MatchOp::kRegex, "cluster_id", "a|c\\.d|none")}),
            "m{cluster_id=\"a\"} m{cluster_id=\"c.d\"} ");
  EXPECT_EQ(ask({op(MatchOp::kRegex, "__name__", "m|n"), op(MatchOp::kNotEqual, "k", ""),
                 op(MatchOp::kNotRegex, "cluster_id", "a|b")}),
            "m{cluster_id=\"c.d\", k=\"1\"} m{cluster_id=\"c.d\", k=\"2\"} "
            "n{cluster_id=\"c.d\", k=\"1\"} ");
  EXPECT_EQ(
      ask({op(MatchOp::kEqual, "k", "2"), op(MatchOp::kRegex, "cluster_id", ".*")}),
      "m{cluster_id=\"a\", k=\"2\"} m{cluster_id=\"b\", k=\"2\"} m{cluster_id=\"c.d\", k=\"2\"} ");
  EXPECT_EQ(ask({Named("none")}), "");
  EXPECT_EQ(ask({Named("m"), op(MatchOp::kEqual, "cluster_id", "")}), "");
}

TEST_F(StoredSeriesTest, FleetsAreInOneNamespaceEachUnderItsOwnIdLabel) {
  Fleet other = CozystackFleet();
  other.ref = FleetRef{2};
  other.id_label = "site";
  Report("2026-03-01", "a", "m 1\n");
  std::promise<Status> told;
  rollcall_.ingester().Ingest({other.ref, &Cozystack().format()}, SourceId::Parse("a").value(),
                              "m 2\n", std::nullopt, [&](const Status& s) { told.set_value(s); });
  ASSERT_TRUE(told.get_future().get().ok());
  EXPECT_EQ(Names(Range({Named("m")}, "2026-02-28", "2026-03-02")),
            std::vector<std::string>{"m{cluster_id=\"a\"}"});
  fleets_.push_back(&other);
  EXPECT_EQ(Names(Range({Named("m")}, "2026-02-28", "2026-03-02")),
            (std::vector<std::string>{"m{cluster_id=\"a\"}", "m{site=\"a\"}"}));
  EXPECT_EQ(
      Names(Range({Named("m"), Match(MatchOp::kEqual, "site", "a")}, "2026-02-28", "2026-03-02")),
      std::vector<std::string>{"m{site=\"a\"}"});
  EXPECT_EQ(
      Names(Range({Named("m"), Match(MatchOp::kEqual, "site", "")}, "2026-02-28", "2026-03-02")),
      std::vector<std::string>{"m{cluster_id=\"a\"}"});
}

TEST_F(StoredSeriesTest, TheLookbackIsThatOfTheSourcesInterval) {
  for (int i = 0; i < 40; ++i) {
    const UnixSeconds t = At("2026-03-02") + std::chrono::minutes(15 * i);
    Report(t + std::chrono::seconds(i % 3), "quarterly", "m 1\n");
    if (i % 4 == 0) Report(t, "hourly", "m 1\n");
  }
  for (int i = 0; i < 8; ++i) {
    Report(At("2026-03-03") + std::chrono::days(i), "daily", "m 1\n");
  }
  Report("2026-03-10 00:10:00", "once", "m 1\n");
  const int64_t minute = 60'000;
  EXPECT_EQ(Latest({Named("m")}, "2026-03-02 09:00:00", "2026-03-02 09:50:00").lookback_ms,
            (std::map<std::string, int64_t>{{"m{cluster_id=\"hourly\"}", 60 * minute / 8 * 9},
                                            {"m{cluster_id=\"quarterly\"}", 15 * minute / 8 * 9}}));
  ASSERT_TRUE(lookbacks_.has_value());
  EXPECT_EQ(lookbacks_->least_ms, 15 * minute / 8 * 9);
  EXPECT_EQ(lookbacks_->most_ms, 60 * minute / 8 * 9);
  // An instant, whose reports are of the days before.
  const Seen seen = Latest({Named("m")}, "2026-03-10 00:12:00", "2026-03-10 00:12:01");
  EXPECT_EQ(seen.lookback_ms,
            (std::map<std::string, int64_t>{{"m{cluster_id=\"daily\"}", 1440 * minute / 8 * 9},
                                            {"m{cluster_id=\"once\"}", 5 * minute}}));
  EXPECT_EQ(seen.samples.at("m{cluster_id=\"daily\"}"),
            (std::map<int64_t, std::string>{{MsOf("2026-03-09"), "1"}, {MsOf("2026-03-10"), "1"}}));
  EXPECT_EQ(Names(Latest({Named("m")}, "2026-03-10 00:16:00", "2026-03-10 00:16:01")),
            std::vector<std::string>{"m{cluster_id=\"daily\"}"});
  // A coarser step, and a rule of the request's own.
  EXPECT_EQ(Latest({Named("m")}, "2026-03-10", "2026-03-10 00:12:00", 120 * minute)
                .lookback_ms.at("m{cluster_id=\"once\"}"),
            120 * minute);
  EXPECT_EQ(Latest({Named("m")}, "2026-03-10 00:12:00", "2026-03-10 00:12:00", 0, 2 * minute + 1)
                .lookback_ms,
            (std::map<std::string, int64_t>{{"m{cluster_id=\"once\"}", 2 * minute + 1}}));
  EXPECT_TRUE(
      Names(Latest({Named("m")}, "2026-03-10 00:12:00", "2026-03-10 00:12:00", 0, 2 * minute))
          .empty());
}

TEST_F(StoredSeriesTest, AQuerySeesTheStoreAsOfOneMoment) {
  Report("2026-03-01", "a", "m 1\n");
  query::StoredSeries series(rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; }, {});
  const auto view = series.Now();
  Report("2026-03-01 00:15:00", "a", "m 2\nother{k=\"1\"} 2\n");
  Report("2026-03-01 00:15:00", "b", "m 2\n");
  promql::Budget budget(limits_, {});
  const std::vector<Matcher> matchers{Match(MatchOp::kNotEqual, "__name__", "")};
  const auto seen = See(*view, {matchers, 0, MsOf("2026-03-02"), false, 0, {}}, budget);
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->samples, (SamplesBySeries{{"m{cluster_id=\"a\"}", {{MsOf("2026-03-01"), "1"}}}}));
}

TEST_F(StoredSeriesTest, ADamagedChunkIsToldWithItsDayAndSource) {
  Report("2026-03-01", "a", "m 1\n");
  Report("2026-03-02", "a", "m 1\n");
  {
    storage::Transaction transaction(rollcall_.stores().store());
    const SourceRef ref =
        rollcall_.stores().sources().Find(kFirstFleet, SourceId::Parse("a").value()).value()->ref;
    transaction.Merge(storage::Table::kChunks,
                      EncodeKey(storage::ChunkKey{*Day::Parse("2026-03-02"), kFirstFleet, ref}),
                      "\x03");
    ASSERT_TRUE(transaction.Commit().ok());
  }
  query::StoredSeries series(rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; }, {});
  promql::Budget budget(limits_, {});
  const std::vector<Matcher> matchers{Named("m")};
  const auto seen = See(*series.Now(), {matchers, 0, MsOf("2026-03-03"), false, 0, {}}, budget);
  ASSERT_FALSE(seen.ok());
  EXPECT_EQ(seen.status().code(), Code::kDataLoss);
  EXPECT_NE(seen.status().message().find("2026-03-02"), std::string::npos);
  EXPECT_NE(seen.status().message().find("source a"), std::string::npos);
  EXPECT_TRUE(
      See(*series.Now(), {matchers, 0, MsOf("2026-03-01 12:00:00"), false, 0, {}}, budget).ok());
}

TEST_F(StoredSeriesTest, ABudgetEndsTheReading) {
  for (int i = 0; i < 96; ++i) {
    Report(At("2026-03-01") + std::chrono::minutes(15 * i), "a",
           "m{k=\"1\"} " + std::to_string(i) + "\nm{k=\"2\"} 1\n");
  }
  const std::vector<Matcher> matchers{Named("m")};
  const auto ask = [&](const promql::Limits& limits, std::stop_token stop = {}) {
    query::StoredSeries series(rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; },
                               {});
    promql::Budget budget(limits, stop);
    return See(*series.Now(), {matchers, 0, MsOf("2026-03-03"), false, 0, {}}, budget)
        .status()
        .code();
  };
  EXPECT_EQ(ask({}), Code::kOk);
  promql::Limits few;
  few.samples = 100;  // 96 times and 97 runs
  EXPECT_EQ(ask(few), Code::kInvalidArgument);
  few = {};
  few.series = 1;
  EXPECT_EQ(ask(few), Code::kInvalidArgument);
  few = {};
  few.memory_bytes = 500;
  EXPECT_EQ(ask(few), Code::kInvalidArgument);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ask({}, stop.get_token()), Code::kUnavailable);
}

}  // namespace
}  // namespace rollcall::test
