// The columns of closed days: there where the day's chunks are, right, and gone with them.
#include <gmock/gmock.h>

#include "ingest/erasure.h"
#include "storage/day_columns.h"
#include "storage/keys.h"
#include "storage/retention.h"
#include "tests/counts/random_fleet.h"
#include "tests/counts/tallied.h"
#include "tests/storage/columns_oracle.h"
#include "tests/storage/format_examples.h"

namespace rollcall::test {
namespace {

using storage::Table;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ColumnsOfDaysTest : public ::testing::Test {
 protected:
  storage::Store& store() { return rollcall_.rollcall().stores().store(); }
  static storage::PeriodKey KeyOf(const std::string& day) {
    return {Period::Of(Day::Of(At(day))), kFirstFleet};
  }
  void Report(const std::string& time, const std::string& id, int nodes) {
    rollcall_.Report(
        time, id, "cozy_cluster_info{v=\"1\"} 1\ncozy_nodes_count " + std::to_string(nodes) + "\n");
  }
  // Two sources on two days, and one on the third, which is today.
  void ReportThreeDays() {
    for (const std::string day : {"2026-02-10", "2026-02-11"}) {
      for (const char* const time : {" 10:00:00", " 10:15:00", " 11:00:00"}) {
        Report(day + time, "a", 3);
        Report(day + time, "b", 5);
      }
    }
    Report("2026-02-12 10:00:00", "a", 3);
  }

  storage::TallyRows Stored(const storage::PeriodKey& key) {
    storage::TallyRows rows;
    const storage::KeyRange range = storage::ColumnsOf(key);
    storage::Scan scan = store().NewScan(Table::kPeriods, range.begin, range.end);
    for (; scan.Valid(); scan.Next()) {
      rows.emplace(scan.key().substr(EncodeKey(key).size()), scan.value());
    }
    EXPECT_TRUE(scan.status().ok());
    return rows;
  }
  bool Has(const std::string& day) { return !Stored(KeyOf(day)).empty(); }
  bool HasTallies(const std::string& day) {
    return store().Get(Table::kPeriods, EncodeKey(KeyOf(day)))->has_value();
  }

  // The columns of a day are those of its chunks. Returns of how many sources, and adds up how many
  // are irregular.
  size_t Compare(const storage::PeriodKey& key) {
    const auto told = ReadColumns(Stored(key));
    const storage::KeyRange range = storage::RangeOf(key.period.last, key.fleet);
    size_t chunks = 0;
    for (storage::Scan scan = store().NewScan(Table::kChunks, range.begin, range.end); scan.Valid();
         scan.Next()) {
      const auto chunk = storage::DecodeChunkKey(scan.key());
      const auto at = told.find(chunk->source.value);
      if (at == told.end()) {
        ADD_FAILURE() << "source " << chunk->source.value << " has none";
        continue;
      }
      ColumnsOracle oracle;
      EXPECT_EQ(at->second, oracle.Tell(chunk->day, scan.value())) << oracle.why();
      irregular_ += !at->second;
      ++chunks;
    }
    EXPECT_EQ(told.size(), chunks);
    return chunks;
  }
  size_t Compare(const std::string& day) { return Compare(KeyOf(day)); }

  uint32_t RefOf(const std::string& id) {
    const auto source =
        rollcall_.rollcall().stores().sources().Find(kFirstFleet, SourceId::Parse(id).value());
    return source.ok() && source->has_value() ? (*source)->ref.value : 0;
  }
  void DeleteColumns(const std::string& day) {
    storage::Transaction transaction(store());
    const storage::KeyRange range = storage::ColumnsOf(KeyOf(day));
    transaction.DeleteRange(Table::kPeriods, range.begin, range.end);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Put(const std::string& day, const std::string& suffix, const std::string& row) {
    storage::Transaction transaction(store());
    transaction.Put(Table::kPeriods, EncodeKey(KeyOf(day)) + suffix, row);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Refresh() { ASSERT_TRUE(rollcall_.Refresh().ok()); }
  std::string Verify() { return rollcall_.rollcall().Verify(); }

  Tallied rollcall_;
  size_t irregular_ = 0;
};

TEST_F(ColumnsOfDaysTest, TheJobWritesThoseOfClosedDaysAndNoneOfToday) {
  ReportThreeDays();
  EXPECT_FALSE(Has("2026-02-10"));
  Refresh();
  EXPECT_EQ(Compare("2026-02-10"), 2U);
  EXPECT_EQ(Compare("2026-02-11"), 2U);
  EXPECT_EQ(irregular_, 0U);
  EXPECT_FALSE(Has("2026-02-12"));
  EXPECT_EQ(Verify(), "");
  rollcall_.rollcall().SetTime("2026-02-13 00:10:00");
  Refresh();
  EXPECT_EQ(Compare("2026-02-12"), 1U);
  // Months and 30 days have none.
  EXPECT_FALSE(Stored({Period::Last30(Day::Of(At("2026-02-12"))), kFirstFleet}).size() > 0);
}

TEST_F(ColumnsOfDaysTest, WhoeverAsksFirstForADayHasThemWritten) {
  ReportThreeDays();
  EXPECT_THAT(rollcall_.NodesBy(KeyOf("2026-02-10").period, "v"), StartsWith("1="));
  EXPECT_EQ(Compare("2026-02-10"), 2U);
  EXPECT_FALSE(Has("2026-02-11"));
}

TEST_F(ColumnsOfDaysTest, TheyAreNoTalliesThatATrendLists) {
  ReportThreeDays();
  Refresh();
  const auto rows = storage::PeriodRows::Read(store(), KeyOf("2026-02-10"));
  const auto listed = (*rows)->List();
  ASSERT_TRUE(listed.ok()) << listed.status().message();
  EXPECT_EQ(listed->size(), 2U);
  EXPECT_TRUE(*(*rows)->HasColumns());
}

TEST_F(ColumnsOfDaysTest, WhatChangesTheDayDropsThemAndTheyComeBack) {
  ReportThreeDays();
  Refresh();
  rollcall_.Import(At("2026-02-10 12:00:00"), "c", {{"cozy_nodes_count", {}, 4}});
  EXPECT_FALSE(Has("2026-02-10"));
  EXPECT_TRUE(Has("2026-02-11"));
  Refresh();
  EXPECT_EQ(Compare("2026-02-10"), 3U);
  // A clock that was set back.
  Report("2026-02-11 09:00:00", "b", 7);
  EXPECT_FALSE(Has("2026-02-11"));
  rollcall_.rollcall().SetTime("2026-02-12 10:00:00");
  Refresh();
  EXPECT_EQ(irregular_, 0U);
  EXPECT_EQ(Compare("2026-02-11"), 2U);
  EXPECT_EQ(irregular_, 1U);
  EXPECT_EQ(Verify(), "");
}

TEST_F(ColumnsOfDaysTest, WhatWasForgottenIsInNone) {
  ReportThreeDays();
  Refresh();
  const uint32_t b = RefOf("b");
  ASSERT_TRUE(ReadColumns(Stored(KeyOf("2026-02-10"))).contains(b));
  const ingest::ErasureRequest request{kFirstFleet, SourceId::Parse("b").value(), std::nullopt};
  ASSERT_TRUE(
      ingest::Erase(rollcall_.rollcall().stores(), &rollcall_.rollcall().ingester(), request).ok());
  EXPECT_FALSE(Has("2026-02-10"));
  EXPECT_FALSE(Has("2026-02-11"));
  Refresh();
  for (const std::string day : {"2026-02-10", "2026-02-11"}) {
    EXPECT_EQ(Compare(day), 1U);
    EXPECT_FALSE(ReadColumns(Stored(KeyOf(day))).contains(b));
  }
  // One report of the other.
  ingest::ErasureRequest one{kFirstFleet, SourceId::Parse("a").value(), At("2026-02-10 10:15:00")};
  ASSERT_TRUE(
      ingest::Erase(rollcall_.rollcall().stores(), &rollcall_.rollcall().ingester(), one).ok());
  EXPECT_FALSE(Has("2026-02-10"));
  Refresh();
  EXPECT_EQ(Compare("2026-02-10"), 1U);
}

TEST_F(ColumnsOfDaysTest, TheyGoWithTheChunksThatRetentionDropsAndTheTalliesStay) {
  ReportThreeDays();
  Refresh();
  for (const bool of_fleet : {false, true}) {
    const std::string gone = of_fleet ? "2026-02-11" : "2026-02-10";
    const Day first_kept{Day::Of(At(gone)).number + 1};
    ASSERT_TRUE((of_fleet ? storage::DropChunksBefore(store(), kFirstFleet, first_kept)
                          : storage::DropChunksBefore(store(), first_kept))
                    .ok());
    EXPECT_FALSE(Has(gone));
    EXPECT_TRUE(HasTallies(gone));
    EXPECT_EQ(Has("2026-02-11"), !of_fleet);
    Refresh();
    EXPECT_FALSE(Has(gone));
    EXPECT_THAT(rollcall_.NodesBy(KeyOf(gone).period, "v"), StartsWith("1="));
    EXPECT_EQ(Verify(), "");
  }
  rollcall_.Restart();
  Refresh();
  EXPECT_FALSE(Has("2026-02-10"));
  EXPECT_TRUE(HasTallies("2026-02-11"));
}

TEST_F(ColumnsOfDaysTest, ThoseThatAnEarlierVersionDidNotWriteAreWrittenWhereTheyCanBe) {
  ReportThreeDays();
  Report("2026-02-14 10:00:00", "a", 3);
  Refresh();
  EXPECT_TRUE(HasTallies("2026-02-13"));
  EXPECT_FALSE(Has("2026-02-13")) << "nobody reported";
  DeleteColumns("2026-02-10");
  DeleteColumns("2026-02-11");
  ASSERT_TRUE(storage::DropChunksBefore(store(), Day::Of(At("2026-02-11"))).ok());
  rollcall_.Restart();
  EXPECT_EQ(Verify(), "") << "they are not compared";
  Refresh();
  EXPECT_FALSE(Has("2026-02-10"));
  EXPECT_EQ(Compare("2026-02-11"), 2U);
  EXPECT_EQ(Compare("2026-02-12"), 1U);
  rollcall_.Restart();
  Refresh();
  // Today, 30 days and three windows are running; closed days are left as they are.
  EXPECT_EQ(rollcall_.Scans(), 5);
}

TEST_F(ColumnsOfDaysTest, VerifyFindsEachByteThatIsAnother) {
  ReportThreeDays();
  Refresh();
  for (const auto& [suffix, row] : Stored(KeyOf("2026-02-10"))) {
    for (size_t i = 0; i < row.size(); ++i) {
      std::string changed = row;
      changed[i] = static_cast<char>(changed[i] ^ (1 << i % 8));
      Put("2026-02-10", suffix, changed);
      EXPECT_NE(Verify(), "") << ToHex(suffix) << " byte " << i;
    }
    Put("2026-02-10", suffix, row);
  }
  EXPECT_EQ(Verify(), "");
}

TEST_F(ColumnsOfDaysTest, VerifyNamesWhatDiffers) {
  ReportThreeDays();
  Refresh();
  const auto nodes = rollcall_.rollcall().stores().labels().FindMetric("cozy_nodes_count").value();
  const std::string suffix = storage::EncodeColumnKey(nodes, 0);
  const std::string row = Stored(KeyOf("2026-02-10")).at(suffix);
  storage::MetricColumn column;
  ASSERT_TRUE(storage::DecodeColumn(row, 0, column).ok());
  column.items[0].value += 1;
  Put("2026-02-10", suffix, storage::EncodeColumn(column, 0));
  EXPECT_EQ(Verify(), "columns of 2026-02-10, cozy_nodes_count of sources 0 to 255: kept " +
                          std::to_string(row.size()) + " bytes; reports say others\n");
  column.items.pop_back();
  Put("2026-02-10", suffix, storage::EncodeColumn(column, 0));
  EXPECT_THAT(Verify(), HasSubstr("bytes; reports say " + std::to_string(row.size()) + " bytes\n"));
  {
    storage::Transaction transaction(store());
    transaction.Delete(Table::kPeriods, EncodeKey(KeyOf("2026-02-10")) + suffix);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  EXPECT_THAT(Verify(), HasSubstr("kept nothing; reports say "));
  Put("2026-02-10", suffix, row);
  EXPECT_EQ(Verify(), "");
  Put("2026-02-10", storage::EncodeStreamsColumnKey(7), "");
  EXPECT_THAT(Verify(), HasSubstr("streams of sources 1792 to 2047: kept nothing"));
}

TEST_F(ColumnsOfDaysTest, ARandomLifeIsToldAsItsChunksAre) {
  RandomFleet fleet(23);
  UnixSeconds now = At("2026-02-10");
  for (int i = 0; i < 600; ++i) {
    now += std::chrono::seconds(1 + fleet.Below(1'100));
    // Now and then the clock is set back, over midnight too.
    const UnixSeconds time =
        now - std::chrono::seconds(fleet.Below(60) == 0 ? fleet.Below(40'000) : 0);
    const auto [id, series] =
        fleet.has_last() && fleet.Below(3) != 0 ? fleet.Again() : fleet.Next();
    rollcall_.Report(time, id, series);
  }
  rollcall_.rollcall().SetTime("2026-02-20");
  Refresh();
  size_t chunks = 0;
  for (const std::string day : {"2026-02-10", "2026-02-11", "2026-02-12", "2026-02-13"}) {
    chunks += Compare(day);
  }
  EXPECT_GT(irregular_, 0U);
  EXPECT_GT(chunks, irregular_);
  EXPECT_EQ(Verify(), "");
}

}  // namespace
}  // namespace rollcall::test
