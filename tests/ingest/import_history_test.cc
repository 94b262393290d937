// An import of history beside the same reports posted live: the same overviews, and stores that
// agree with themselves.
#include <algorithm>
#include <random>
#include <thread>

#include "storage/retention.h"
#include "tests/ingest/import_history.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

TEST_F(ImportHistory, ShuffledLinesInManyFlushesEqualTheSameReportsPostedLive) {
  for (unsigned seed = 1; seed <= static_cast<unsigned>(Rounds(12)); ++seed) {
    SCOPED_TRACE(seed);
    const std::vector<Post> history = RandomHistory(seed, At("2025-02-10"), 300);
    std::vector<Post> within = history;
    std::erase_if(within, [](const Post& post) { return post.time > At(kNow); });
    Harness live;
    PostLive(live, within);
    std::vector<std::string> lines;
    for (const Post& post : within) {
      for (std::string& line : LinesOf(post)) lines.push_back(std::move(line));
    }
    std::mt19937 random(seed);
    std::shuffle(lines.begin(), lines.end(), random);
    std::string text;
    for (const std::string& line : lines) text += line;
    Harness imported;
    imported.SetTime(kNow);
    // Totals that are kept while the import goes on must follow it.
    if (seed % 2 == 0) imported.Overview("2026-03");
    const ImportTally tally = Import(imported, text, seed % 3 == 0 ? 100'000 : 40);
    EXPECT_EQ(tally.lines, lines.size());
    EXPECT_EQ(tally.samples, lines.size());
    EXPECT_EQ(tally.samples_added, lines.size());
    ExpectSame(live, imported);
    if (HasFatalFailure()) return;
  }
}

// An idle writer is given small loads, while samples come in the order of their time.
TEST_F(ImportHistory, ManySamplesOfFewSeriesInOrderOrNotEqualTheSameReportsPostedLive) {
  constexpr int kDays = 40;
  constexpr int kReportsADay = 48;
  std::vector<Post> history;
  for (int i = 0; i < kDays * kReportsADay; ++i) {
    const double value = i * 7919 % 101;
    history.push_back({At("2026-01-20") + std::chrono::minutes(30 * i),
                       "cluster-1",
                       {{"cozy_cluster_info", 1}, {"cozy_nodes_count{kernel=\"6\"}", value}}});
  }
  Harness live;
  PostLive(live, history);
  // Blocks that change places with their neighbours: 0 is in order, 20 stays within a day, 100 does
  // not.
  for (const size_t block : {0, 20, 100}) {
    SCOPED_TRACE(block);
    std::vector<Post> shuffled = history;
    for (size_t at = 0; block > 0 && at + 2 * block <= shuffled.size(); at += 2 * block) {
      const auto begin = shuffled.begin() + static_cast<std::ptrdiff_t>(at);
      std::swap_ranges(begin, begin + static_cast<std::ptrdiff_t>(block),
                       begin + static_cast<std::ptrdiff_t>(block));
    }
    Harness imported;
    imported.SetTime(kNow);
    const ImportTally tally = Import(imported, TextOf(shuffled), 2'000);
    EXPECT_EQ(tally.samples_added, 2 * history.size());
    EXPECT_EQ(imported.Stored("cluster-1"), live.Stored("cluster-1"));
    ExpectSame(live, imported);
    if (HasFatalFailure()) return;
  }
}

TEST_F(ImportHistory, SeriesAfterSeriesInSeveralRunsEqualsTheSameReportsPostedLive) {
  for (unsigned seed = 21; seed < 21 + static_cast<unsigned>(Rounds(6)); ++seed) {
    SCOPED_TRACE(seed);
    std::vector<Post> history = RandomHistory(seed, At("2025-06-10"), 250);
    std::erase_if(history, [](const Post& post) { return post.time > At(kNow); });
    Harness live;
    PostLive(live, history);
    std::map<std::string, std::string> by_series;
    for (const Post& post : history) {
      for (const std::string& line : LinesOf(post)) {
        by_series[line.substr(0, line.rfind('}') + 1)] += line;
      }
    }
    Harness imported;
    imported.SetTime(kNow);
    size_t run = 0;
    std::string part;
    for (const auto& [series, lines] : by_series) {
      part += lines;
      if (++run % 7 != 0) continue;
      Import(imported, part, 60);
      part.clear();
      if (run % 14 == 0) imported.Overview("2025-12");
      if (run % 21 == 0) imported.Restart();
    }
    Import(imported, part);
    ExpectSame(live, imported);
    if (HasFatalFailure()) return;
  }
}

TEST_F(ImportHistory, TwiceAddsNothingAndLeavesClosedMonthsAsTheyWere) {
  std::vector<Post> history = RandomHistory(3, At("2025-08-10"), 200);
  std::erase_if(history, [](const Post& post) { return post.time > At(kNow); });
  Harness rollcall;
  rollcall.SetTime(kNow);
  const ImportTally first = Import(rollcall, TextOf(history));
  EXPECT_EQ(first.reports_added, history.size());
  const Month from = Month::FromYearMonth(2025, 7);
  const Month to = Month::FromYearMonth(2026, 3);
  const std::string before = Overviews(rollcall, from, to);
  const UnixSeconds generated = (*rollcall.ReadOverview("2026-02"))->generated_at;

  rollcall.SetTime("2026-04-01 05:00:00");
  for (const size_t max_buffered_samples : {100'000, 30}) {
    const ImportTally again = Import(rollcall, TextOf(history), max_buffered_samples);
    EXPECT_EQ(again.samples, first.samples);
    EXPECT_EQ(again.series, first.series);
    EXPECT_EQ(again.reports_added, 0u);
    EXPECT_EQ(again.samples_added, 0u);
  }
  EXPECT_EQ(Overviews(rollcall, from, to), before);
  EXPECT_EQ((*rollcall.ReadOverview("2026-02"))->generated_at, generated);
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, ClosedMonthsThatWereComputedAreComputedAgain) {
  Harness rollcall;
  const Post january{At("2026-01-10"), "a", {{"cozy_cluster_info", 1}, {"cozy_nodes_count", 3}}};
  const Post february{At("2026-02-10"), "a", {{"cozy_cluster_info", 1}, {"cozy_nodes_count", 2}}};
  PostLive(rollcall, {january, february});
  EXPECT_TRUE(rollcall.Overview("2026-02").starts_with(
      "2026-02: month clusters=1 total_nodes=2/2 (2.0) total_tenants=0 (0.0) | quarter clusters=1 "
      "total_nodes=3/3"));
  rollcall.Overview("2026-01");
  Import(rollcall,
         TextOf({{At("2026-01-20"), "b", {{"cozy_cluster_info", 1}, {"cozy_nodes_count", 7}}}}));
  EXPECT_TRUE(
      rollcall.Overview("2026-01").starts_with("2026-01: month clusters=2 total_nodes=10/10"))
      << rollcall.Overview("2026-01");
  EXPECT_TRUE(rollcall.Overview("2026-02").starts_with(
      "2026-02: month clusters=1 total_nodes=2/2 (2.0) total_tenants=0 (0.0) | quarter clusters=2 "
      "total_nodes=10/10"))
      << rollcall.Overview("2026-02");
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, LiveReportsOfTheSameSourcesGoOnBesideIt) {
  std::vector<Post> history = RandomHistory(8, At("2025-12-01"), 400);
  std::erase_if(history, [](const Post& post) { return post.time > At(kNow); });
  // Every other post comes live, in pieces before, between and after the import's; all sources are
  // in the ingester's memory.
  std::vector<Post> live_posts;
  std::vector<Post> imported_posts;
  for (size_t i = 0; i < history.size(); ++i) {
    (i % 2 == 0 ? live_posts : imported_posts).push_back(history[i]);
  }
  Harness all_live;
  PostLive(all_live, history);
  Harness mixed;
  const size_t third = live_posts.size() / 3;
  const size_t half = imported_posts.size() / 2;
  PostLive(mixed, {live_posts.begin(), live_posts.begin() + third});
  Import(mixed, TextOf({imported_posts.begin() + half, imported_posts.end()}), 50);
  PostLive(mixed, {live_posts.begin() + third, live_posts.begin() + 2 * third});
  mixed.Overview("2026-01");
  Import(mixed, TextOf({imported_posts.begin(), imported_posts.begin() + half}), 50);
  PostLive(mixed, {live_posts.begin() + 2 * third, live_posts.end()});
  const Month first = Month::FromYearMonth(2025, 11);
  const Month last = Month::FromYearMonth(2026, 3);
  EXPECT_EQ(Overviews(mixed, first, last), Overviews(all_live, first, last));
  EXPECT_EQ(mixed.Verify(), "");
}

TEST_F(ImportHistory, ReportsAndImportsAtTheSameTimeLeaveAStoreThatAgreesWithItself) {
  std::vector<Post> history = RandomHistory(9, At("2026-03-01"), 300);
  std::erase_if(history, [](const Post& post) { return post.time > At(kNow); });
  Harness rollcall;
  rollcall.SetTime("2026-03-31 12:00:00");
  std::thread sender([&] {
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(rollcall
                      .Report("cluster-" + std::to_string(i % 6),
                              "cozy_nodes_count " + std::to_string(i) + "\n")
                      .ok());
      if (i % 50 == 0) rollcall.Overview("2026-03");
    }
  });
  for (int i = 0; i < 3; ++i) Import(rollcall, TextOf(history), 50);
  sender.join();
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, AReportsSumMayFallWhenANegativeValueJoinsItAndTheTotalsFollow) {
  Harness rollcall;
  const UnixSeconds time = At("2026-03-10 10:00:00");
  PostLive(rollcall, {{time, "a", {{"cozy_cluster_info", 1}, {"cozy_nodes_count{os=\"x\"}", 5}}}});
  EXPECT_NE(rollcall.Overview("2026-03").find("total_nodes=5/5"), std::string::npos);
  Import(rollcall, TextOf({{time, "a", {{"cozy_nodes_count{os=\"y\"}", -2}}}}));
  EXPECT_NE(rollcall.Overview("2026-03").find("total_nodes=3/3"), std::string::npos)
      << rollcall.Overview("2026-03");
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, BadLinesAreCountedAndTheRestGoesIn) {
  Harness rollcall;
  rollcall.SetTime(kNow);
  const ImportTally tally = Import(rollcall,
                                   "cozy_cluster_info{cluster_id=\"a\"} 1 1772000000000\n"
                                   "nonsense\n"
                                   "cozy_cluster_info{cluster_id=\"a b\"} 1 1772000000000\n"
                                   "cozy_nodes_count{cluster_id=\"a\"} NaN 1772000000000\n"
                                   "cozy_nodes_count{cluster_id=\" a \"} 4 1772000000000\n"
                                   "cozy_nodes_count{cluster_id=\"a\"} +Inf 1772000000500\n");
  EXPECT_EQ(tally.lines, 6u);
  EXPECT_EQ(tally.samples, 3u);
  EXPECT_EQ(tally.not_numbers, 1u);
  EXPECT_EQ(tally.refused, 2u);
  EXPECT_EQ(tally.sources, 1u);
  EXPECT_EQ(tally.series, 2u);
  EXPECT_EQ(tally.reports_added, 1u);
  EXPECT_EQ(tally.samples_added, 2u);
  ASSERT_EQ(tally.errors.size(), 2u);
  EXPECT_TRUE(tally.errors[0].starts_with("line 2: ")) << tally.errors[0];
  EXPECT_TRUE(tally.errors[1].starts_with("line 3: cluster_id: ")) << tally.errors[1];
  EXPECT_TRUE(rollcall.Overview("2026-02").starts_with("2026-02: month clusters=1"));
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, ManyBadLinesAreCountedAndTheFirstOnesTold) {
  Harness rollcall;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "x\n";
  const ImportTally tally = Import(rollcall, text);
  EXPECT_EQ(tally.refused, 5000u);
  EXPECT_EQ(tally.errors.size(), ImportTally::kMaxErrors);
  EXPECT_EQ(tally.reports_added, 0u);
}

TEST_F(ImportHistory, AStrictImportStopsAtTheFirstBadLine) {
  Harness rollcall;
  rollcall.SetTime(kNow);
  ImportOptions strict;
  strict.strict = true;
  Status status;
  const ImportTally tally = Import(rollcall,
                                   "cozy_cluster_info{cluster_id=\"a\"} 1 1772000000000\n"
                                   "cozy_cluster_info{cluster_id=\"b\"} 1\n"
                                   "cozy_cluster_info{cluster_id=\"c\"} 1\n",
                                   100'000, strict, &status);
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_EQ(status.message(), "line 2: no timestamp");
  EXPECT_EQ(tally.refused, 1u);
  EXPECT_EQ(tally.lines, 2u);
  EXPECT_EQ(rollcall.Overview("2026-02"), "none");
}

TEST_F(ImportHistory, AnotherLabelMayNameTheSource) {
  const Post post{
      At("2026-02-10"), "a", {{"cozy_cluster_info", 1}, {"cozy_nodes_count{os=\"x\"}", 3}}};
  Harness rollcall;
  rollcall.SetTime(kNow);
  std::string text;
  for (const std::string& line : LinesOf(post, "instance")) text += line;
  ImportOptions options;
  options.source_label = "instance";
  EXPECT_EQ(Import(rollcall, text, 100, options).reports_added, 1u);
  // The label set is that of the live report.
  EXPECT_EQ(Import(rollcall, TextOf({post})).samples_added, 0u);
}

TEST_F(ImportHistory, DaysThatRetentionTookCountAndAreNotStoredAgain) {
  Harness rollcall;
  rollcall.SetTime(kNow);
  ASSERT_TRUE(storage::DropChunksBefore(rollcall.stores().store(), Day::Of(At("2026-02-01"))).ok());
  const Post old{At("2025-12-10"), "a", {{"cozy_cluster_info", 1}, {"cozy_nodes_count", 3}}};
  for (int i = 0; i < 2; ++i) {
    const ImportTally tally = Import(rollcall, TextOf({old}));
    EXPECT_EQ(tally.samples, 2u);
    EXPECT_EQ(tally.reports_added, 0u);
    EXPECT_EQ(tally.samples_not_kept, 2u);
    EXPECT_TRUE(
        rollcall.Overview("2025-12").starts_with("2025-12: month clusters=1 total_nodes=3/3"));
  }
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, MonthsWhosePeaksRetentionTookAreRefused) {
  Harness rollcall;
  rollcall.SetTime(kNow);
  ASSERT_TRUE(storage::DropPeaksBefore(rollcall.stores().store(), *Month::Parse("2025-03")).ok());
  const ImportTally tally =
      Import(rollcall, TextOf({{At("2025-02-28 23:59:59"), "a", {{"cozy_nodes_count", 3}}},
                               {At("2025-03-01"), "a", {{"cozy_nodes_count", 3}}}}));
  EXPECT_EQ(tally.refused, 1u);
  EXPECT_EQ(tally.samples_added, 1u);
}

TEST_F(ImportHistory, AStopEndsItAndWhatWasWrittenAgreesWithItself) {
  const std::vector<Post> history = RandomHistory(5, At("2025-03-10"), 200);
  Harness rollcall;
  rollcall.SetTime(kNow);
  std::stop_source stop;
  ImportOptions options;
  options.fleet = kFirstFleet;
  options.latest = At(kNow);
  options.max_buffered_samples = 20;
  options.stop = stop.get_token();
  auto importer = ingest::Importer::Start(rollcall.stores(), &rollcall.ingester(), options);
  ASSERT_TRUE(importer.ok());
  const std::string text = TextOf(history);
  ASSERT_TRUE((*importer)->Feed(std::string_view(text).substr(0, text.size() / 2)).ok());
  stop.request_stop();
  const Status status = (*importer)->Feed(std::string_view(text).substr(text.size() / 2));
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_EQ((*importer)->Finish().code(), Code::kUnavailable);
  importer->reset();
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST_F(ImportHistory, RandomBytesBringNothingAndBreakNothing) {
  Harness rollcall;
  rollcall.SetTime(kNow);
  std::mt19937 random(6);
  std::string text = TextOf(RandomHistory(6, At("2026-01-01"), 60));
  for (int i = 0; i < 400; ++i) text[random() % text.size()] = static_cast<char>(random() % 256);
  const ImportTally tally = Import(rollcall, text, 30);
  EXPECT_GT(tally.refused, 0u);
  EXPECT_GT(tally.samples_added, 0u);
  EXPECT_EQ(rollcall.Verify(), "");
}

}  // namespace
}  // namespace rollcall::test
