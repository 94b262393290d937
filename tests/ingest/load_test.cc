// Many at once, very large, very little memory, and rows that are damaged.
#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>

#include "tests/support/intake.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

std::string Body(int nodes) {
  return "cozy_cluster_info 1\ncozy_nodes_count{k=\"6\"} " + std::to_string(nodes) + "\n";
}

TEST(IngestLoad, ManyThreadsAtOnceHaveEachReportStoredOnce) {
  constexpr int kThreads = 8;
  constexpr int kSourcesEach = 6;
  constexpr int kReports = 25;
  Harness rollcall;
  rollcall.SetTime("2026-03-07 12:00:00");
  rollcall.Overview("2026-03");
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kReports; ++i) {
        for (int s = 0; s < kSourcesEach; ++s) {
          const std::string id = "c" + std::to_string(t * kSourcesEach + s);
          // Each content twice in a row, so that the fast path takes part.
          if (!rollcall.Report(id, Body(1 + i / 2)).ok()) ++failures;
        }
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_THAT(rollcall.Overview("2026-03") + "#", HasSubstr("#"));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  const int sources = kThreads * kSourcesEach;
  const int nodes = sources * (1 + (kReports - 1) / 2);
  EXPECT_THAT(rollcall.Overview("2026-03"),
              HasSubstr("month clusters=" + std::to_string(sources) +
                        " total_nodes=" + std::to_string(nodes) + "/" + std::to_string(nodes)));
  EXPECT_EQ(rollcall.Verify(), "");
  EXPECT_EQ(rollcall.Metric("rollcall_reports_per_commit_count"),
            rollcall.Metric("rollcall_commits_total"));

  rollcall.Close();
  std::map<std::string, std::vector<double>> stored;
  ForEachStoredReport(rollcall.directory(), [&](const StoredReport& report) {
    stored[report.source].push_back(report.series.at("cozy_nodes_count{k=\"6\"}"));
  });
  std::vector<double> want;
  for (int i = 0; i < kReports; ++i) want.push_back(1 + i / 2);
  ASSERT_EQ(stored.size(), static_cast<size_t>(sources));
  for (const auto& [id, values] : stored) EXPECT_EQ(values, want) << id;
}

TEST(IngestLoad, OneSourcePostedByManyThreadsIsStoredWhole) {
  Harness rollcall;
  rollcall.SetTime("2026-03-07 12:00:00");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(rollcall.Report("c1", Body(t * 1000 + i)).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rollcall.Verify(), "");
  rollcall.Close();
  std::multiset<double> stored;
  ForEachStoredReport(rollcall.directory(), [&](const StoredReport& report) {
    stored.insert(report.series.at("cozy_nodes_count{k=\"6\"}"));
  });
  std::multiset<double> want;
  for (int t = 0; t < 4; ++t) {
    for (int i = 0; i < 100; ++i) want.insert(t * 1000 + i);
  }
  EXPECT_EQ(stored, want);
}

TEST(IngestLoad, ReportsThatWaitTogetherShareACommit) {
  Harness rollcall;
  std::vector<std::pair<std::string, std::string>> reports;
  for (int i = 0; i < 500; ++i) reports.emplace_back("c" + std::to_string(i), Body(1));
  for (const Status& status : rollcall.ReportTogether(reports)) EXPECT_TRUE(status.ok());
  // One that was taken before the others came, and one for the rest.
  EXPECT_LE(rollcall.Metric("rollcall_commits_total"), 2U);
  EXPECT_EQ(rollcall.Metric("rollcall_reports_per_commit_sum"), 500U);
  EXPECT_EQ(rollcall.stores().sources().size(), 500U);
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST(IngestLoad, ASourceThatReportsTwiceInACommitIsStoredTwice) {
  Harness rollcall;
  rollcall.SetTime("2026-03-07 12:00:00");
  for (const Status& status : rollcall.ReportTogether(
           {{"c1", "a 1\n"}, {"c2", "a 1\n"}, {"c1", "a 1\n"}, {"c1", "a 2\nb 1\n"}})) {
    EXPECT_TRUE(status.ok());
  }
  EXPECT_EQ(rollcall.stores().sources().size(), 2U);
  EXPECT_EQ(rollcall.Verify(), "");
  EXPECT_EQ(rollcall.Stored("c1"),
            "2026-03-07 12:00:00 a 1\n2026-03-07 12:00:00 a 1\n2026-03-07 12:00:00 a 2, b 1\n");
}

TEST(IngestLoad, WhoReportedIsToldEvenIfTheServerStopsAtOnce) {
  std::vector<std::future<Status>> futures;
  Harness rollcall;
  for (int i = 0; i < 300; ++i) {
    auto told = std::make_shared<std::promise<Status>>();
    futures.push_back(told->get_future());
    rollcall.ingester().Ingest(CozystackIntake(), SourceId::Parse("c" + std::to_string(i)).value(),
                               "a 1\n", std::nullopt,
                               [told](const Status& s) { told->set_value(s); });
  }
  rollcall.Restart();
  for (auto& one : futures) EXPECT_TRUE(one.get().ok());
  EXPECT_EQ(rollcall.stores().sources().size(), 300U);
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST(IngestLoad, ASourceCacheThatHoldsNothingCostsOnlyReads) {
  Harness rollcall(1);
  rollcall.Overview("2026-03");
  for (int round = 0; round < 6; ++round) {
    for (int source = 0; source < 20; ++source) {
      const std::string id = "c" + std::to_string(source);
      ASSERT_TRUE(rollcall.Report(id, Body(1 + round / 2)).ok());
      ASSERT_TRUE(rollcall.Report(id, "cozy_application_count{kind=\"Tenant\"} 2\n").ok());
    }
  }
  EXPECT_EQ(rollcall.Metric("rollcall_source_cache_sources"), 0U);
  EXPECT_EQ(rollcall.Metric("rollcall_source_cache_bytes"), 0U);
  EXPECT_THAT(rollcall.Overview("2026-03"),
              HasSubstr("month clusters=20 total_nodes=60/60 (3.0) total_tenants=40 (2.0)"));
  EXPECT_EQ(rollcall.Verify(), "");
}

TEST(IngestLoad, ASmallSourceCacheStaysWithinItsBytes) {
  constexpr uint64_t kBytes = 10'000;
  Harness rollcall(kBytes);
  for (int source = 0; source < 200; ++source) {
    ASSERT_TRUE(rollcall.Report("c" + std::to_string(source), Body(3)).ok());
    EXPECT_LE(rollcall.Metric("rollcall_source_cache_bytes"), kBytes);
  }
  EXPECT_GT(rollcall.Metric("rollcall_source_cache_sources"), 1U);
  EXPECT_LT(rollcall.Metric("rollcall_source_cache_sources"), 200U);
}

TEST(IngestLoad, AReportOfAMillionSeriesIsStored) {
#ifdef ROLLCALL_SANITIZED
  constexpr int kSeries = 100'000;
#else
  constexpr int kSeries = 1'000'000;
#endif
  Harness rollcall;
  rollcall.SetBounds({.series = kSeries});
  rollcall.SetTime("2026-03-07 12:00:00");
  std::string body;
  for (int i = 0; i < kSeries; ++i) body += "a{b=\"" + std::to_string(i) + "\"}1\n";
  ASSERT_TRUE(rollcall.Report("c1", body).ok());
  ASSERT_TRUE(rollcall.Report("c1", body).ok());
  EXPECT_EQ(rollcall.Metric("rollcall_reports_total{outcome=\"same\"}"), 1U);
  EXPECT_EQ(rollcall.stores().labels().size(), kSeries + 1U);
  rollcall.Restart();
  const storage::ChunkKey key{Day::Of(At("2026-03-07")), kFirstFleet, {1}};
  const auto chunk =
      rollcall.stores().store().Get(storage::Table::kChunks, storage::EncodeKey(key));
  ASSERT_TRUE(chunk.ok() && chunk->has_value());
  storage::ChunkReader reader(key.day, **chunk);
  for (int report = 0; report < 2; ++report) {
    ASSERT_TRUE(reader.Next());
    EXPECT_EQ(reader.series().size(), static_cast<size_t>(kSeries));
  }
  EXPECT_FALSE(reader.Next());
}

class DamagedRows : public ::testing::Test {
 protected:
  DamagedRows() {
    rollcall_.SetTime("2026-03-07 12:00:00");
    for (const char* const id : {"c1", "c2", "c3"}) EXPECT_TRUE(rollcall_.Report(id, Body(3)).ok());
  }
  void Put(storage::Table table, const std::string& key, const std::string& value) {
    storage::Store& store = rollcall_.stores().store();
    storage::Transaction transaction(store);
    transaction.Put(table, key, value);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  static storage::PeaksKey PeaksOf(uint32_t source, Month month) {
    return {month, kFirstFleet, {source}};
  }

  const Month march_ = Month::FromYearMonth(2026, 3);
  Harness rollcall_;
};

TEST_F(DamagedRows, APeaksRowThatIsDamagedStopsItsSourceOnly) {
  Put(storage::Table::kPeaks, EncodeKey(PeaksOf(2, march_)), "garbage");
  rollcall_.Restart();
  for (int round = 0; round < 3; ++round) {
    const auto statuses = rollcall_.ReportTogether({{"c1", Body(4 + round)},
                                                    {"c2", Body(4 + round)},
                                                    {"c3", Body(4 + round)},
                                                    {"new-" + std::to_string(round), Body(1)},
                                                    {"c2", Body(9)}});
    std::string codes;
    for (const Status& status : statuses) codes += status.ok() ? "1" : "0";
    EXPECT_EQ(codes, "10110");
    EXPECT_EQ(statuses[1].code(), Code::kDataLoss);
    EXPECT_THAT(statuses[1].message(), HasSubstr("decode peaks"));
  }
  EXPECT_EQ(rollcall_.Metric("rollcall_reports_total{outcome=\"failed\"}"), 6U);
  EXPECT_EQ(rollcall_.stores().sources().size(), 6U);
  EXPECT_EQ(rollcall_.Stored("c1"),
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 3\n"
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 4\n"
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 5\n"
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 6\n");
  EXPECT_EQ(rollcall_.Stored("c2"),
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 3\n");
  EXPECT_EQ(rollcall_.Stored("new-1"),
            "2026-03-07 12:00:00 cozy_cluster_info 1, cozy_nodes_count{k=\"6\"} 1\n");
}

TEST_F(DamagedRows, AnEarlierMonthsDamagedRowStopsItsSourceWhereTotalsAreKept) {
  Put(storage::Table::kPeaks, EncodeKey(PeaksOf(1, march_)), "garbage");
  rollcall_.SetTime("2026-04-07 12:00:00");
  // Nobody asked for April: nothing before it is read.
  EXPECT_TRUE(rollcall_.Report("c1", Body(3)).ok());
  EXPECT_THAT(rollcall_.Overview("2026-04"), HasSubstr("failed: totals of 2026-04: decode peaks"));
  EXPECT_TRUE(rollcall_.Report("c2", Body(3)).ok());
}

TEST_F(DamagedRows, AChunkThatIsDamagedDoesNotStopItsSource) {
  const storage::ChunkKey key{Day::Of(At("2026-03-07")), kFirstFleet, {1}};
  Put(storage::Table::kChunks, storage::EncodeKey(key), "\xff");
  rollcall_.Restart();
  EXPECT_TRUE(rollcall_.Report("c1", Body(7)).ok());
  EXPECT_TRUE(rollcall_.Report("c1", Body(7)).ok());
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=3 total_nodes=13/13"));
  EXPECT_THAT(rollcall_.Verify(), HasSubstr("chunk 2026-03-07 of source 1"));
}

TEST_F(DamagedRows, ASourceRowThatIsDamagedStopsItsSourceOnly) {
  Put(storage::Table::kSources, storage::EncodeSourceKey(kFirstFleet, "c1"), "");
  rollcall_.Restart();
  const auto statuses =
      rollcall_.ReportTogether({{"c2", Body(3)}, {"c1", Body(3)}, {"c3", Body(3)}});
  EXPECT_TRUE(statuses[0].ok());
  EXPECT_EQ(statuses[1].code(), Code::kDataLoss);
  EXPECT_TRUE(statuses[2].ok());
}

}  // namespace
}  // namespace rollcall::test
