// The queries by which a VictoriaMetrics would compute an overview give the overview's own numbers.
#include "query/known_peaks.h"

#include <gtest/gtest.h>

#include <random>

#include "ingest/importer.h"
#include "query/instant_query.h"
#include "query/promql/parser.h"
#include "tests/query/series_oracle.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using Answer = std::optional<promql::Vector>;

// By labels as PromQL writes them; {{"unknown", 0}} where the source does not know.
using Values = std::map<std::string, double>;
const Values kUnknown{{"unknown", 0}};

class KnownPeaksTest : public ::testing::Test {
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
    ASSERT_EQ((*importer)->tally().refused, 0u) << (*importer)->tally().errors.front();
  }

  Values Ask(const std::string& query, int64_t at_ms) {
    query::StoredSeries series(
        rollcall_.stores(), rollcall_.clock(), [this] { return fleets_; },
        [this](const storage::WindowKey& window) -> Result<storage::Snapshot> {
          const auto kept = rollcall_.windows().Ensure(window);
          if (!kept.ok()) return kept.status();
          return kept->snapshot;
        });
    const auto expr = promql::ParseExpr(query);
    EXPECT_TRUE(expr.ok()) << query << ": " << expr.status().message();
    promql::Budget budget({}, {});
    const auto known = series.Now()->Known(**expr, {at_ms, at_ms, 1}, budget);
    EXPECT_TRUE(known.ok()) << known.status().message();
    if (!known.ok() || !known->has_value()) return kUnknown;
    Values values;
    for (const promql::Column& column : **known) {
      EXPECT_EQ(column.values.size(), 1u);
      EXPECT_TRUE(values.emplace(column.labels.ToString(), column.values.front()).second);
    }
    return values;
  }
  Values Ask(const std::string& query, UnixSeconds at) {
    return Ask(query, at.time_since_epoch().count() * 1000);
  }
  // The only value; 0 where there is none.
  double Number(const std::string& query, UnixSeconds at) {
    const Values values = Ask(query, at);
    EXPECT_LE(values.size(), 1u) << query;
    EXPECT_NE(values, kUnknown) << query;
    return values.empty() ? 0 : values.begin()->second;
  }

  // Compares the contract's queries of all windows of a month with its overview.
  void ExpectOverview(Month month) {
    SCOPED_TRACE(month.ToString());
    const UnixSeconds now = rollcall_.clock().Now();
    auto overview = rollcall_.ReadOverview(month.ToString());
    ASSERT_TRUE(overview.ok() && overview->has_value());
    const bool has_data = (*overview)->month == month;
    const Fleet& fleet = CozystackFleet();
    for (const Span span : kSpans) {
      const auto evaluation = query::EvaluationOf({month, span}, now);
      const int64_t range = evaluation.range_seconds;
      const double sources = Number(query::SourcesQuery(fleet, range), evaluation.at);
      if (!has_data) {
        EXPECT_TRUE(span != Span::kMonth || sources == 0);
        continue;
      }
      const PeriodCounts& counts = (**overview)[span];
      EXPECT_EQ(sources, static_cast<double>(counts.sources));
      for (size_t f = 0; f < fleet.figures.size(); ++f) {
        EXPECT_EQ(Number(query::FigureQuery(fleet.figures[f], range), evaluation.at),
                  static_cast<double>(counts.figures[f].total));
      }
      if (span != Span::kMonth) continue;
      Values want;
      for (const auto& [kind, total] : (*overview)->breakdowns[0]) {
        want["{kind=\"" + kind + "\"}"] = static_cast<double>(total);
      }
      EXPECT_EQ(Ask(query::BreakdownQuery(fleet.breakdowns[0], range), evaluation.at), want);
    }
  }

  Harness rollcall_;
  std::vector<const Fleet*> fleets_{&CozystackFleet()};
};

TEST_F(KnownPeaksTest, TheContractsQueriesGiveTheOverviewsNumbers) {
  std::mt19937 random(7);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto body = [&](int month) {
    std::string text = "cozy_cluster_info{cozystack_version=\"v" + std::to_string(month / 3) +
                       "\"} 1\ncozy_application_count{kind=\"Tenant\"} " +
                       std::to_string(1 + below(5)) + "\ncozy_application_count{kind=\"App" +
                       std::to_string(below(4)) + "\"} " + std::to_string(1 + below(9)) + "\n";
    for (const char* const os : {"a", "b"}) {
      text +=
          std::string("cozy_nodes_count{os=\"") + os + "\"} " + std::to_string(below(50)) + "\n";
    }
    return text;
  };
  std::string imported;
  const Month first = *Month::Parse("2024-11");
  const Month last = *Month::Parse("2026-10");
  for (Month month = first; month <= last; month = month.Plus(1)) {
    const int index = static_cast<int>(month.number - first.number);
    for (unsigned c = 0; c < 12; ++c) {
      if (below(4) == 0) continue;  // not in this month
      const std::string id = "c" + std::to_string(c);
      for (int i = 0; i < 2; ++i) {
        const UnixSeconds time = month.Start() + std::chrono::seconds(1 + below(27 * 86'400));
        if (rollcall_.clock().Now() < time) {
          Report(time, id, body(index));
        } else {
          imported += "cozy_nodes_count{os=\"c\",cluster_id=\"" + id + "\"} " +
                      std::to_string(below(60)) + " " +
                      std::to_string(time.time_since_epoch().count()) + "000\n";
        }
      }
    }
  }
  Import(imported);
  for (const char* const now : {"2026-10-28 12:00:00", "2026-11-01", "2026-11-01 00:00:10",
                                "2026-11-01 12:00:00", "2026-11-03 08:00:00"}) {
    SCOPED_TRACE(now);
    rollcall_.SetTime(now);
    for (Month month = first; month <= last; month = month.Plus(1)) ExpectOverview(month);
  }
  // The running month, from its first minutes on.
  Report(At("2026-11-03 08:00:00"), "c1", body(30));
  rollcall_.SetTime("2026-11-03 08:00:01");
  ExpectOverview(*Month::Parse("2026-11"));
}

TEST_F(KnownPeaksTest, AWindowIsAMonthAQuarterOrAYearAndNothingElse) {
  Report(At("2026-02-10"), "a", "m 3\n");
  Report(At("2026-03-10"), "a", "m 2\n");
  rollcall_.SetTime("2026-04-10 12:00:00");
  const auto ask = [&](const std::string& range, const std::string& at) {
    return Ask("sum(max_over_time(m[" + range + "]))", At(at));
  };
  const Values two{{"{}", 2}};
  const Values three{{"{}", 3}};
  EXPECT_EQ(ask("31d", "2026-04-01"), two);
  EXPECT_EQ(ask("2678399s", "2026-03-31 23:59:59"), two);
  EXPECT_EQ(ask("28d", "2026-03-01"), three);
  EXPECT_EQ(ask("90d", "2026-04-01"), three);
  EXPECT_EQ(ask("365d", "2026-04-01"), three);
  EXPECT_EQ(ask("30d", "2026-04-01"), kUnknown);
  EXPECT_EQ(ask("31d", "2026-04-02"), kUnknown);
  EXPECT_EQ(ask("9d", "2026-04-10"), kUnknown);  // the running month, but not now
  EXPECT_EQ(ask("820800s", "2026-04-10 12:00:00"), Values());
  EXPECT_EQ(Ask("sum(max_over_time(m[31d] offset 1d))", At("2026-04-02")), two);
  EXPECT_EQ(Ask("sum(max_over_time(m[31d] @ 0))", At("2026-04-01")), kUnknown);
  EXPECT_EQ(Ask("sum(min_over_time(m[31d]))", At("2026-04-01")), kUnknown);
  EXPECT_EQ(Ask("sum(m)", At("2026-04-01")), kUnknown);
}

TEST_F(KnownPeaksTest, WhatTotalsDoNotHaveComesFromEachSourcesPeaks) {
  Report(At("2026-03-10"), "a", "m{k=\"1\"} 3\nm{k=\"2\"} 1\n");
  Report(At("2026-03-11"), "a", "m{k=\"1\"} 2\nm{k=\"2\"} 7\nn 1\n");
  Report(At("2026-03-12"), "b", "m{k=\"1\"} 5\n");
  rollcall_.SetTime("2026-04-10");
  const UnixSeconds end = At("2026-04-01");
  EXPECT_EQ(Ask("max_over_time(m[31d])", end), (Values{{"{cluster_id=\"a\", k=\"1\"}", 3},
                                                       {"{cluster_id=\"a\", k=\"2\"}", 7},
                                                       {"{cluster_id=\"b\", k=\"1\"}", 5}}));
  EXPECT_EQ(Ask("max_over_time(m{k=\"1\",cluster_id=~\"a|c\"}[31d])", end),
            (Values{{"{cluster_id=\"a\", k=\"1\"}", 3}}));
  EXPECT_EQ(Ask("sum by (k) (max_over_time(m[31d]))", end),
            (Values{{"{k=\"1\"}", 8}, {"{k=\"2\"}", 7}}));
  EXPECT_EQ(Ask("count by (k) (max_over_time(m[31d]))", end),
            (Values{{"{k=\"1\"}", 2}, {"{k=\"2\"}", 1}}));
  EXPECT_EQ(Ask("count(count by (cluster_id) (max_over_time(m[31d])))", end), (Values{{"{}", 2}}));
  for (const char* const query :
       {"sum by (cluster_id) (max_over_time(m[31d]))", "avg(max_over_time(m[31d]))",
        "sum without (k) (max_over_time(m[31d]))", "sum(max_over_time(m{cluster_id=\"a\"}[31d]))",
        "count(count by (k) (max_over_time(m[31d])))",
        "count(count by (cluster_id) (max_over_time(m{k=\"1\"}[31d])))"}) {
    EXPECT_EQ(Ask(query, end), kUnknown) << query;
  }
}

}  // namespace
}  // namespace rollcall::test
