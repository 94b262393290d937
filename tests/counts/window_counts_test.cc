#include "counts/window_counts.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "counts/window_scan.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using ::testing::HasSubstr;

std::string WindowNodes(int nodes) {
  return "cozy_cluster_info 1\ncozy_nodes_count{k=\"6\"} " + std::to_string(nodes) + "\n";
}

class WindowCountsTest : public ::testing::Test {
 protected:
  void ReportAt(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  uint64_t Scans() { return rollcall_.Metric("rollcall_window_scans_total"); }
  static storage::WindowKey WindowOf(const std::string& month) {
    return {*Month::Parse(month), kFirstFleet};
  }

  Harness rollcall_;
};

TEST_F(WindowCountsTest, ManyWhoAskAtOnceCostOneScan) {
  for (int i = 0; i < 300; ++i) {
    ReportAt("2026-03-10", "c" + std::to_string(i), WindowNodes(i % 7));
  }
  ASSERT_EQ(Scans(), 0U);
  std::vector<std::thread> threads;
  std::vector<std::string> answers(16);
  {
    // Whoever computes must wait here, and the others for it.
    const storage::Transaction hold(rollcall_.stores().store());
    for (std::string& answer : answers) {
      threads.emplace_back([&] { answer = rollcall_.Overview("2026-03"); });
    }
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) {
    EXPECT_EQ(answer, answers[0]);
    EXPECT_THAT(answer, HasSubstr("2026-03: month clusters=300 "));
  }
  EXPECT_EQ(Scans(), 1U);
}

TEST_F(WindowCountsTest, EachMonthIsScannedOnceAndNotAgainAfterARestart) {
  ReportAt("2026-02-10", "c1", WindowNodes(3));
  ReportAt("2026-03-10", "c1", WindowNodes(3));
  rollcall_.Overview("2026-03");
  rollcall_.Overview("2026-03");
  EXPECT_EQ(Scans(), 1U);
  rollcall_.Overview("2026-02");
  rollcall_.Overview("2026-03");
  EXPECT_EQ(Scans(), 2U);
  rollcall_.Restart();
  rollcall_.Overview("2026-02");
  rollcall_.Overview("2026-03");
  EXPECT_EQ(Scans(), 0U);
}

TEST_F(WindowCountsTest, ALateReportCostsTheMonthsAfterItOneScanMore) {
  ReportAt("2026-02-10", "c1", WindowNodes(3));
  ReportAt("2026-03-10", "c1", WindowNodes(3));
  rollcall_.Overview("2026-02");
  rollcall_.Overview("2026-03");
  ReportAt("2026-02-11", "c1", WindowNodes(3));
  rollcall_.Overview("2026-02");
  EXPECT_EQ(Scans(), 2U);
  rollcall_.Overview("2026-03");
  rollcall_.Overview("2026-03");
  EXPECT_EQ(Scans(), 3U);
}

TEST_F(WindowCountsTest, ReportsBesideTheScanAreCountedOnce) {
  constexpr int kSources = 40;
  for (int i = 0; i < kSources; ++i)
    ReportAt("2026-03-10", "c" + std::to_string(i), WindowNodes(1));
  std::atomic<bool> done{false};
  std::thread reports([&] {
    for (int round = 2; round <= 6; ++round) {
      for (int i = 0; i < kSources; ++i) {
        EXPECT_TRUE(rollcall_.Report("c" + std::to_string(i), WindowNodes(round)).ok());
      }
    }
    done = true;
  });
  while (!done) {
    EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=40 "));
    // Dropped, so that the next round computes beside the reports again.
    storage::Store& store = rollcall_.stores().store();
    storage::Transaction transaction(store);
    rollcall_.stores().totals().DropStale(*Month::Parse("2026-02"), kFirstFleet, transaction);
    EXPECT_TRUE(transaction.Commit().ok());
  }
  reports.join();
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("total_nodes=240/240"));
  EXPECT_GT(Scans(), 1U);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(WindowCountsTest, WhatIsKeptIsWhatAScanFinds) {
  ReportAt("2025-05-10", "c1", WindowNodes(9));
  ReportAt("2026-02-10", "c2", WindowNodes(5));
  ReportAt("2026-03-10", "c1", WindowNodes(3));
  rollcall_.Overview("2026-03");
  ReportAt("2026-03-11", "c2", WindowNodes(6));
  storage::Store& store = rollcall_.stores().store();
  const auto kept = rollcall_.windows().Ensure(WindowOf("2026-03"));
  ASSERT_TRUE(kept.ok());
  auto scanned = counts::ScanWindows(store, WindowOf("2026-03"), kept->snapshot);
  ASSERT_TRUE(scanned.ok());
  size_t rows = 0;
  storage::Scan scan = store.NewScan(storage::Table::kTotals, "", "", &kept->snapshot);
  for (; scan.Valid(); scan.Next()) {
    TotalsRow row;
    ASSERT_TRUE(storage::DecodeTotals(scan.value(), row).ok());
    EXPECT_EQ(row, (*scanned)[*storage::DecodeTotalsKey(scan.key())]);
    ++rows;
  }
  EXPECT_EQ(rows, scanned->size());
}

TEST_F(WindowCountsTest, AMonthOfAnEmptyStoreIsKeptToo) {
  const auto kept = rollcall_.windows().Ensure(WindowOf("2026-03"));
  ASSERT_TRUE(kept.ok()) << kept.status().message();
  EXPECT_FALSE(kept->record.final);
  ReportAt("2026-03-10", "c1", WindowNodes(3));
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("clusters=1 total_nodes=3/3"));
  EXPECT_EQ(Scans(), 1U);
}

TEST_F(WindowCountsTest, TheFirstMonthOfTheCalendarHasNothingBeforeIt) {
  const auto kept = rollcall_.windows().Ensure({Month{0}, kFirstFleet});
  ASSERT_TRUE(kept.ok()) << kept.status().message();
}

TEST_F(WindowCountsTest, AScanThatFailsIsToldToAllAndTriedAgain) {
  ReportAt("2026-03-10", "c1", WindowNodes(3));
  storage::Store& store = rollcall_.stores().store();
  const std::string key =
      storage::EncodeKey(storage::PeaksKey{*Month::Parse("2026-03"), kFirstFleet, {1}});
  const std::string good = (*store.Get(storage::Table::kPeaks, key)).value();
  const auto put = [&](const std::string& bytes) {
    storage::Transaction transaction(store);
    transaction.Put(storage::Table::kPeaks, key, bytes);
    ASSERT_TRUE(transaction.Commit().ok());
  };
  put("?");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(rollcall_.Overview("2026-03"),
                HasSubstr("failed: totals of 2026-03: decode peaks of source 1"));
  }
  put(good);
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("clusters=1 total_nodes=3/3"));
}

TEST_F(WindowCountsTest, AnImportThatKeepsDroppingTheWindowWaitsForWhoReadsIt) {
  for (int i = 0; i < 300; ++i) {
    ReportAt("2026-03-10", "c" + std::to_string(i), WindowNodes(i % 7));
  }
  storage::Stores& stores = rollcall_.stores();
  std::atomic<int> batches = 0;
  const auto import_a_batch = [&] {
    storage::Transaction transaction(stores.store(), storage::Turn(stores.store()));
    stores.totals().DropStale(*Month::Parse("2026-02"), kFirstFleet, transaction);
    EXPECT_TRUE(transaction.Commit().ok());
    ++batches;
  };
  std::jthread import([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      import_a_batch();
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });
  for (int i = 0; i < 20; ++i) {
    const int before = batches;
    EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("2026-03: month clusters=300 "));
    while (batches == before) std::this_thread::yield();
  }
}

}  // namespace
}  // namespace rollcall::test
