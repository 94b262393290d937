// Erasure: what is left in the store, its counts and its files once a source, or a report, was
// taken out.
#include "ingest/erasure.h"

#include <gmock/gmock.h>

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <filesystem>

#include "counts/period_tallies.h"
#include "ingest/holdings.h"
#include "storage/coding.h"
#include "storage/day_columns.h"
#include "storage/purge.h"
#include "storage/retention.h"
#include "tests/counts/random_fleet.h"
#include "tests/support/file_tree.h"
#include "tests/support/rollcall_harness.h"
#include "tests/support/rounds.h"

namespace rollcall::test {
namespace {

using ingest::Erasure;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kId = "forget-me-7a1c0f3e-1f2b-4c3d-9e8f";

class ErasureTest : public ::testing::Test {
 protected:
  void Report(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  static std::string Nodes(const std::string& count) {
    return "cozy_cluster_info 1\ncozy_nodes_count " + count + "\n";
  }
  Result<Erasure> Erase(const std::string& id, const std::string& report = "") {
    ingest::ErasureRequest request{kFirstFleet, SourceId::Parse(id).value(), std::nullopt};
    if (!report.empty()) request.report = At(report);
    return ingest::Erase(rollcall_.stores(), &rollcall_.ingester(), request);
  }
  Status Purge() {
    return storage::Purge(rollcall_.stores().store(), [](uint64_t, uint64_t) {});
  }
  bool IsHeld(const std::string& id) {
    return ingest::ReadHoldings(rollcall_.stores(), kFirstFleet, SourceId::Parse(id).value()).ok();
  }
  // The names of the files that have the text somewhere, packed or not: of a table all rows are
  // read.
  std::vector<std::string> FilesWith(const std::string& text) const {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : Contents(rollcall_.directory())) {
      bool found = bytes.find(text) != std::string::npos;
      if (name.ends_with(".sst")) {
        rocksdb::SstFileReader reader{rocksdb::Options()};
        // A table whose merge operator is not given can only have rows by number.
        if (!reader.Open(rollcall_.directory() + "/" + name).ok()) continue;
        const std::unique_ptr<rocksdb::Iterator> row(reader.NewIterator({}));
        for (row->SeekToFirst(); row->Valid(); row->Next()) {
          found = found || row->key().ToString().find(text) != std::string::npos ||
                  row->value().ToString().find(text) != std::string::npos;
        }
        // A deletion has the key too, and the reader does not show it.
        found = found || (reader.GetTableProperties()->num_deletions > 0 &&
                          reader.GetTableProperties()->column_family_name == "sources");
      }
      if (found) names.push_back(name);
    }
    return names;
  }

  Harness rollcall_;
};

TEST_F(ErasureTest, OfARandomHistoryIsAsIfTheSourceHadNeverReported) {
  const auto histories = static_cast<unsigned>(Rounds(8));
  for (unsigned seed = 1; seed <= histories; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Harness rollcall(seed % 3 == 0 ? 2'000 : 64 * 1024 * 1024);
    RandomFleet fleet(seed);
    const std::string id = "cluster-" + std::to_string(fleet.Below(fleet.size()));
    Oracle oracle;
    UnixSeconds now = At("2025-10-20");
    for (int step = 0; step < 90; ++step) {
      now += std::chrono::hours(fleet.Below(200));
      rollcall.SetTime(now);
      const auto [from, series] = fleet.Next();
      ASSERT_TRUE(rollcall.Report(from, BodyOf(series)).ok());
      // What comes after the erasure counts again, in the same process and the same month.
      if (step == 60) {
        for (Month month = Month::Of(now).Plus(-14); month <= Month::Of(now);
             month = month.Plus(1)) {
          rollcall.OverviewAt(month);
        }
        oracle.Add({now, from, series});
        static_cast<void>(ingest::Erase(rollcall.stores(), &rollcall.ingester(),
                                        {kFirstFleet, SourceId::Parse(id).value(), {}}));
        oracle.Forget(id);
        ASSERT_EQ(rollcall.Verify(), "");
        continue;
      }
      oracle.Add({now, from, series});
    }
    for (Month month = Month::Of(At("2025-09-20")); month <= Month::Of(now).Plus(2);
         month = month.Plus(1)) {
      ASSERT_EQ(rollcall.OverviewAt(month), oracle.Overview(month)) << month.ToString();
    }
    ASSERT_EQ(rollcall.Verify(), "");
  }
}

TEST_F(ErasureTest, SaysWhatWasErasedAndWhatIsCountedAgain) {
  Report("2026-01-30 12:00:00", kId, Nodes("3"));
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-07 10:00:00", kId, Nodes("4"));
  Report("2026-03-07 11:00:00", "c2", Nodes("5"));
  rollcall_.Overview("2026-01");
  rollcall_.Overview("2026-03");
  const auto erasure = Erase(kId);
  ASSERT_TRUE(erasure.ok()) << erasure.status().message();
  EXPECT_EQ(erasure->reports, 3U);
  EXPECT_EQ(erasure->days, 3U);
  EXPECT_EQ(erasure->first, At("2026-01-30 12:00:00"));
  EXPECT_EQ(erasure->last, At("2026-03-07 10:00:00"));
  EXPECT_THAT(erasure->months, ElementsAre(*Month::Parse("2026-01"), *Month::Parse("2026-03")));
  EXPECT_THAT(erasure->kept_windows, IsEmpty());
  EXPECT_EQ(erasure->kept_days, 0U);
  EXPECT_NE(erasure->hash, Hash128());
  EXPECT_FALSE(IsHeld(kId));
  EXPECT_TRUE(IsHeld("c2"));
  EXPECT_EQ(rollcall_.Overview("2026-01"), "none");
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=1 total_nodes=5/5"));
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(Erase(kId).status().code(), Code::kNotFound);
}

TEST_F(ErasureTest, WhoReportsAgainIsNewAndNotRemembered) {
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  ASSERT_TRUE(Erase(kId).ok());
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  EXPECT_EQ(rollcall_.Stored(kId), "2026-03-05 10:00:00 cozy_cluster_info 1, cozy_nodes_count 4\n");
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=1 total_nodes=4/4"));
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ErasureTest, NoFileHasTheIdOnceItWasPurged) {
  rollcall_.Forward(true);
  // At the end of its table's keys, so that the list of files has it too.
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-05 11:00:00", "c2", Nodes("4"));
  Report("2026-03-06 10:00:00", kId, Nodes("5"));
  ASSERT_TRUE(rollcall_.stores().store().Flush().ok());
  ASSERT_TRUE(rollcall_.stores().store().Compact().ok());
  Report("2026-03-07 10:00:00", kId, Nodes("5"));
  EXPECT_THAT(FilesWith(kId), ::testing::Contains(HasSubstr("MANIFEST")));
  EXPECT_THAT(FilesWith(kId), ::testing::Contains(HasSubstr(".log")));
  EXPECT_THAT(FilesWith(kId), ::testing::Contains(HasSubstr(".sst")));
  const auto erasure = Erase(kId);
  ASSERT_TRUE(erasure.ok());
  EXPECT_EQ(erasure->outbox_reports, 3U);
  EXPECT_EQ(*storage::PurgesDue(rollcall_.stores().store()), 1U);
  const Status purged = Purge();
  ASSERT_TRUE(purged.ok()) << purged.message();
  EXPECT_EQ(*storage::PurgesDue(rollcall_.stores().store()), 0U);
  EXPECT_THAT(FilesWith(kId), IsEmpty());
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_TRUE(IsHeld("c2"));
}

TEST_F(ErasureTest, NoFileHasWhatTheColumnsOfADaySaidOnceItWasPurged) {
  // Eight bytes that a value is stored as, in whatever row.
  constexpr double kValue = 3.141592653589793;
  std::string stored;
  storage::PutValue(kValue, stored);
  Report("2026-03-05 10:00:00", kId, Nodes("4") + "other 3.141592653589793\n");
  Report("2026-03-05 11:00:00", "c2", Nodes("4") + "other 1\n");
  // Later days, so that the month's peak is another.
  Report("2026-03-06 10:00:00", kId, Nodes("4") + "other 5\n");
  {
    counts::PeriodTallies tallies(rollcall_.stores(), rollcall_.clock(), rollcall_.registry());
    ASSERT_TRUE(tallies.Get(CozystackFleet(), Period::Of(Day::Of(At("2026-03-05")))).ok());
  }
  ASSERT_TRUE(rollcall_.stores().store().Flush().ok());
  const auto columns_with = [&] {
    const storage::KeyRange range =
        storage::ColumnsOf({Period::Of(Day::Of(At("2026-03-05"))), kFirstFleet});
    int rows = 0;
    storage::Scan scan =
        rollcall_.stores().store().NewScan(storage::Table::kPeriods, range.begin, range.end);
    for (; scan.Valid(); scan.Next()) rows += scan.value().find(stored) != std::string::npos;
    return rows;
  };
  ASSERT_EQ(columns_with(), 1);
  EXPECT_THAT(FilesWith(stored), ::testing::Contains(HasSubstr(".sst")));
  ASSERT_TRUE(Erase(kId).ok());
  EXPECT_EQ(columns_with(), 0);
  const Status purged = Purge();
  ASSERT_TRUE(purged.ok()) << purged.message();
  EXPECT_THAT(FilesWith(stored), IsEmpty());
}

TEST_F(ErasureTest, APurgeWaitsForWhoStillReads) {
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  std::optional<storage::Snapshot> reader = rollcall_.stores().store().TakeSnapshot();
  ASSERT_TRUE(Erase(kId).ok());
  std::stop_source stop;
  std::jthread purge([&] {
    const Status status = storage::Purge(
        rollcall_.stores().store(), [](uint64_t, uint64_t) {}, stop.get_token());
    EXPECT_EQ(status.code(), Code::kUnavailable);
  });
  while (!storage::IsPurging(rollcall_.stores().store())) std::this_thread::yield();
  stop.request_stop();
  purge.join();
  EXPECT_EQ(*storage::PurgesDue(rollcall_.stores().store()), 1U);
  reader.reset();
  EXPECT_TRUE(Purge().ok());
  EXPECT_THAT(FilesWith(kId), IsEmpty());
}

TEST_F(ErasureTest, TheOutboxStaysWithoutAGap) {
  rollcall_.Forward(true);
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-05 10:01:00", "c2", Nodes("5"));
  Report("2026-03-05 10:02:00", kId, Nodes("6"));
  storage::Outbox& outbox = rollcall_.stores().outbox();
  std::vector<storage::Outbox::Item> items;
  std::vector<std::string> rows;
  const auto read = [&] {
    items.clear();
    rows.clear();
    ASSERT_TRUE(outbox
                    .ReadOldest([&](const storage::Outbox::Item& item, std::string_view value) {
                      items.push_back(item);
                      rows.emplace_back(value);
                      return true;
                    })
                    .ok());
  };
  read();
  const std::vector<storage::Outbox::Item> read_before = items;
  // The first was refused, and parked.
  ASSERT_TRUE(
      outbox
          .Park(items[0], {.parked = {}, .http_status = 400, .reason = "no", .outbox_row = rows[0]})
          .ok());
  const auto erasure = Erase(kId);
  ASSERT_TRUE(erasure.ok());
  EXPECT_EQ(erasure->outbox_reports, 1U);
  EXPECT_EQ(erasure->parked_reports, 1U);
  EXPECT_EQ(outbox.size().parked_reports, 0U);
  EXPECT_EQ(outbox.size().parked_bytes, 0U);
  read();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].find(kId), std::string::npos);
  EXPECT_EQ(rollcall_.Verify(), "");
  // Who read the rows before still counts right, and does not bring back what was erased.
  const std::string stale = "stale";
  ASSERT_TRUE(outbox.Remove(std::span(read_before).subspan(1, 1)).ok());
  ASSERT_TRUE(outbox
                  .Park(read_before[2],
                        {.parked = {}, .http_status = 400, .reason = "no", .outbox_row = stale})
                  .ok());
  EXPECT_EQ(outbox.size().reports, 0U);
  EXPECT_EQ(outbox.size().bytes, 0U);
  EXPECT_EQ(outbox.size().parked_reports, 0U);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(ErasureTest, OfAMistakenReportThePeaksAreThoseOfTheOthers) {
  Report("2026-02-10 10:00:00", kId, Nodes("3"));
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-06 10:00:00", kId, Nodes("1000000000000000000"));
  Report("2026-03-07 10:00:00", kId, Nodes("5"));
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("total_nodes=1000000000000000000/"));
  const auto erasure = Erase(kId, "2026-03-06 10:00:00");
  ASSERT_TRUE(erasure.ok()) << erasure.status().message();
  EXPECT_EQ(erasure->reports, 1U);
  EXPECT_THAT(erasure->months, ElementsAre(*Month::Parse("2026-03")));
  EXPECT_THAT(rollcall_.Overview("2026-03"), HasSubstr("month clusters=1 total_nodes=5/5 (5.0)"));
  EXPECT_EQ(rollcall_.Verify(), "");
  // The next one is compared with what is there now.
  Report("2026-03-07 11:00:00", kId, Nodes("5"));
  EXPECT_EQ(rollcall_.Verify(), "");
  EXPECT_EQ(rollcall_.Stored(kId),
            "2026-02-10 10:00:00 cozy_cluster_info 1, cozy_nodes_count 3\n"
            "2026-03-05 10:00:00 cozy_cluster_info 1, cozy_nodes_count 4\n"
            "2026-03-07 10:00:00 cozy_cluster_info 1, cozy_nodes_count 5\n"
            "2026-03-07 11:00:00 cozy_cluster_info 1, cozy_nodes_count 5\n");
}

TEST_F(ErasureTest, OfAReportThatIsNotThereNothingIsErased) {
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  const Status status = Erase(kId, "2026-03-05 10:00:01").status();
  EXPECT_EQ(status.code(), Code::kNotFound);
  EXPECT_EQ(status.message(), std::string(kId) + ": no report of 2026-03-05T10:00:01Z is kept");
  EXPECT_EQ(*storage::PurgesDue(rollcall_.stores().store()), 0U);
  EXPECT_EQ(Erase("nobody", "2026-03-05 10:00:00").status().code(), Code::kNotFound);
}

TEST_F(ErasureTest, PeaksThatCannotBeWorkedOutAgainStayAndThatIsSaid) {
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-20 10:00:00", kId, Nodes("9"));
  rollcall_.Overview("2026-03");
  ASSERT_TRUE(
      storage::DropChunksBefore(rollcall_.stores().store(), Day::Of(At("2026-03-10"))).ok());
  const Status status = Erase(kId, "2026-03-20 10:00:00").status();
  EXPECT_EQ(status.code(), Code::kFailedPrecondition);
  EXPECT_THAT(status.message(),
              HasSubstr("the peaks of 2026-03 cannot be worked out again: reports "
                        "of before 2026-03-10 are not kept"));
  EXPECT_THAT(Erase(kId, "2026-03-05 10:00:00").status().message(),
              HasSubstr("reports of before 2026-03-10 are not"));
  // As a whole it can go; of the day that retention took the tallies stay.
  const auto erasure = Erase(kId);
  ASSERT_TRUE(erasure.ok());
  EXPECT_EQ(erasure->reports, 1U);
  EXPECT_EQ(erasure->kept_days, 1U);
  EXPECT_EQ(rollcall_.Overview("2026-03"), "none");
}

TEST_F(ErasureTest, AWindowThatCannotBeCountedAgainStaysAsItWas) {
  Report("2025-06-05 10:00:00", "c2", Nodes("5"));
  Report("2026-01-05 10:00:00", kId, Nodes("4"));
  Report("2026-01-06 10:00:00", "c2", Nodes("6"));
  const std::string before = rollcall_.Overview("2026-01");
  storage::Store& store = rollcall_.stores().store();
  ASSERT_TRUE(storage::DropPeaksBefore(store, *Month::Parse("2026-01")).ok());
  ASSERT_TRUE(storage::DropChunksBefore(store, Day::Of(At("2026-01-01"))).ok());
  const auto erasure = Erase(kId);
  ASSERT_TRUE(erasure.ok());
  EXPECT_THAT(erasure->kept_windows, ElementsAre(*Month::Parse("2026-01")));
  EXPECT_EQ(rollcall_.Overview("2026-01"), before);
}

TEST_F(ErasureTest, WhatIsHeldIsAllThatCame) {
  rollcall_.Forward(true);
  Report("2026-02-10 10:00:00", kId, Nodes("3"));
  Report("2026-03-05 10:00:00", kId, Nodes("4"));
  Report("2026-03-05 11:00:00", kId, Nodes("2"));
  const auto held =
      ingest::ReadHoldings(rollcall_.stores(), kFirstFleet, SourceId::Parse(kId).value());
  ASSERT_TRUE(held.ok()) << held.status().message();
  EXPECT_EQ(held->first_seen, At("2026-02-10 10:00:00"));
  ASSERT_EQ(held->days.size(), 2U);
  EXPECT_THAT(held->days[1].reports,
              ElementsAre(At("2026-03-05 10:00:00"), At("2026-03-05 11:00:00")));
  ASSERT_EQ(held->months.size(), 2U);
  EXPECT_EQ(held->months[1].peaks.active_days, 1U << 4);
  EXPECT_EQ(held->months[1].peaks.metrics.back().report_sum_peak, 4);
  EXPECT_EQ(held->waiting.live, 3U);
  EXPECT_EQ(held->waiting.parked, 0U);
}

}  // namespace
}  // namespace rollcall::test
