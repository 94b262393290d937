#include "counts/verify.h"

#include <gmock/gmock.h>

#include "model/label_set.h"
#include "storage/retention.h"
#include "tests/support/cozystack.h"
#include "tests/support/rollcall_harness.h"

namespace rollcall::test {
namespace {

using storage::Table;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr SourceRef kC1{1};
constexpr SourceRef kC2{2};

class VerifyTest : public ::testing::Test {
 protected:
  // Two months of two sources, all totals kept.
  VerifyTest() {
    for (const char* const date : {"2026-02-10", "2026-02-11", "2026-03-10"}) {
      ReportAt(date, "c1", "cozy_cluster_info 1\ncozy_nodes_count{k=\"6\"} 3\n");
      ReportAt(date, "c2", "cozy_cluster_info 1\ncozy_nodes_count{k=\"6\"} 5\n");
    }
    rollcall_.Overview("2026-02");
    rollcall_.Overview("2026-03");
  }

  void ReportAt(const std::string& time, const std::string& id, const std::string& body) {
    rollcall_.SetTime(time);
    ASSERT_TRUE(rollcall_.Report(id, body).ok());
  }
  counts::VerifyReport Verify() {
    return counts::Verify(rollcall_.stores(), {CozystackFleet()}, [](uint64_t, uint64_t) {});
  }
  template <typename Fill>
  void Commit(Fill fill) {
    storage::Store& store = rollcall_.stores().store();
    storage::Transaction transaction(store);
    fill(transaction);
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void Put(Table table, const std::string& key, const std::string& value) {
    Commit([&](storage::Transaction& transaction) { transaction.Put(table, key, value); });
  }
  void Delete(Table table, const std::string& key) {
    Commit([&](storage::Transaction& transaction) { transaction.Delete(table, key); });
  }
  // The row of one label set: of a metric as a whole where it has no labels.
  std::string TotalsKeyOf(const std::string& month, const std::string& metric,
                          std::vector<Label> labels = {}) {
    std::string label_set;
    AppendLabelSet(metric, labels, label_set);
    storage::LabelDictionary& dictionary = rollcall_.stores().labels();
    TotalsKey key{*Month::Parse(month), kFirstFleet, *dictionary.FindMetric(metric), {}};
    if (!labels.empty()) {
      storage::Transaction transaction(rollcall_.stores().store());
      key.label_set =
          dictionary.Intern(label_set, dictionary.HashOf(label_set), transaction)->label_set;
    }
    return storage::EncodeKey(key);
  }
  static std::string PeaksKeyOf(const std::string& month, SourceRef source) {
    return storage::EncodeKey(storage::PeaksKey{*Month::Parse(month), kFirstFleet, source});
  }
  static std::string ChunkKeyOf(const std::string& date, SourceRef source) {
    return storage::EncodeKey(storage::ChunkKey{Day::Of(At(date)), kFirstFleet, source});
  }
  std::string Get(Table table, const std::string& key) {
    return (*rollcall_.stores().store().Get(table, key)).value_or("");
  }

  Harness rollcall_;
};

TEST_F(VerifyTest, FindsNothingInASoundStoreAndSaysWhatItCompared) {
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.differences, 0U);
  EXPECT_TRUE(report.examples.empty());
  EXPECT_EQ(report.windows, 2U);
  // Two metrics, and one label set with labels; a bare name is a label set too.
  EXPECT_EQ(report.totals_rows, 2U * 4U);
  EXPECT_EQ(report.peaks_rows, 4U);
  EXPECT_EQ(report.reports, 6U);
  EXPECT_EQ(report.windows_skipped, 0U);
  EXPECT_EQ(report.months_skipped, 0U);
}

TEST_F(VerifyTest, AnEmptyStoreIsSound) {
  Harness empty;
  EXPECT_EQ(empty.Verify(), "");
}

TEST_F(VerifyTest, TellsItsProgressUpToTheEnd) {
  std::vector<std::pair<uint64_t, uint64_t>> told;
  counts::Verify(rollcall_.stores(), {CozystackFleet()},
                 [&](uint64_t done, uint64_t all) { told.emplace_back(done, all); });
  ASSERT_EQ(told.size(), 5U);
  for (size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], std::pair(uint64_t{i}, uint64_t{4}));
}

TEST_F(VerifyTest, NamesATotalThatWasTamperedWith) {
  const std::string key = TotalsKeyOf("2026-03", "cozy_nodes_count", {{"k", "6"}});
  TotalsRow row;
  ASSERT_TRUE(storage::DecodeTotals(Get(Table::kTotals, key), row).ok());
  row[Span::kQuarter].sum += ExactSum::Of(1);
  Put(Table::kTotals, key, storage::EncodeTotals(row));
  EXPECT_EQ(
      rollcall_.Verify(),
      "totals 2026-03 cozy_nodes_count{k=\"6\"}: kept 2 sources sum 8 per report 0, 2 sources "
      "sum 9 per report 0, 2 sources sum 8 per report 0; peaks say 2 sources sum 8 per report "
      "0, 2 sources sum 8 per report 0, 2 sources sum 8 per report 0\n");
}

TEST_F(VerifyTest, NamesATotalThatIsMissingAndOneThatIsTooMuch) {
  Delete(Table::kTotals, TotalsKeyOf("2026-02", "cozy_cluster_info"));
  const TotalsKey extra{*Month::Parse("2026-02"), kFirstFleet, {900}, {901}};
  TotalsRow row;
  row[Span::kMonth].sources = 1;
  Put(Table::kTotals, storage::EncodeKey(extra), storage::EncodeTotals(row));
  EXPECT_EQ(Verify().differences, 2U);
  EXPECT_THAT(rollcall_.Verify(),
              AllOf(HasSubstr("totals 2026-02 cozy_cluster_info: not kept; peaks say 2 sources"),
                    HasSubstr("totals 2026-02 label set 901: kept 1 sources")));
}

TEST_F(VerifyTest, NamesPeaksThatWereTamperedWith) {
  const std::string key = PeaksKeyOf("2026-03", kC2);
  PeaksRow row;
  ASSERT_TRUE(storage::DecodePeaks(Get(Table::kPeaks, key), row).ok());
  row.series.back().peak += 1;
  Put(Table::kPeaks, key, storage::EncodePeaks(row));
  EXPECT_THAT(rollcall_.Verify(),
              AllOf(HasSubstr("peaks 2026-03 of source 2: kept 2 series, chunks say 2 with other "
                              "values\n"),
                    HasSubstr("totals 2026-03 cozy_nodes_count{k=\"6\"}: kept")));
}

TEST_F(VerifyTest, NamesAnActiveDayThatNoChunkKnows) {
  const std::string key = PeaksKeyOf("2026-03", kC1);
  PeaksRow row;
  ASSERT_TRUE(storage::DecodePeaks(Get(Table::kPeaks, key), row).ok());
  row.active_days |= 1U << 30;
  Put(Table::kPeaks, key, storage::EncodePeaks(row));
  EXPECT_EQ(rollcall_.Verify(),
            "peaks 2026-03 of source 1: kept 2 series, chunks say 2 with other values\n");
}

TEST_F(VerifyTest, NamesPeaksThatAreMissing) {
  Delete(Table::kPeaks, PeaksKeyOf("2026-03", kC1));
  EXPECT_THAT(rollcall_.Verify(),
              HasSubstr("peaks 2026-03 of source 1: not kept, chunks have reports\n"));
}

TEST_F(VerifyTest, NamesPeaksOfAMonthWhereAllAreMissing) {
  Delete(Table::kPeaks, PeaksKeyOf("2026-03", kC1));
  Delete(Table::kPeaks, PeaksKeyOf("2026-03", kC2));
  EXPECT_THAT(rollcall_.Verify(),
              AllOf(HasSubstr("peaks 2026-03 of source 1: not kept, chunks have reports\n"),
                    HasSubstr("peaks 2026-03 of source 2: not kept, chunks have reports\n")));
}

TEST_F(VerifyTest, NamesAMissingChunk) {
  Delete(Table::kChunks, ChunkKeyOf("2026-03-10", kC2));
  EXPECT_EQ(rollcall_.Verify(), "peaks 2026-03 of source 2: kept, and no chunk has a report\n");
  Delete(Table::kChunks, ChunkKeyOf("2026-02-11", kC1));
  EXPECT_THAT(rollcall_.Verify(),
              HasSubstr("peaks 2026-02 of source 1: kept 2 series, chunks say 2"));
}

TEST_F(VerifyTest, NamesADamagedChunk) {
  const std::string key = ChunkKeyOf("2026-03-10", kC1);
  Put(Table::kChunks, key, Get(Table::kChunks, key) + "\xff");
  EXPECT_EQ(
      rollcall_.Verify(),
      "chunk 2026-03-10 of source 1: decode chunk: entry 2: header cut short, 0 bytes left\n");
}

TEST_F(VerifyTest, ARowThatMeansNothingIsAFaultNotADifference) {
  Put(Table::kPeaks, PeaksKeyOf("2026-03", kC1), "?");
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.faults, 1U);
  EXPECT_THAT(report.examples[0], HasSubstr("peaks 2026-03 of source 1: not peaks"));
}

// One row of each table that says something else than it did.
TEST_F(VerifyTest, ReadsEveryTable) {
  rollcall_.Forward(true);
  ReportAt("2026-03-10", "c3", "cozy_cluster_info 1\n");
  const counts::VerifyReport sound = Verify();
  EXPECT_EQ(sound.faults, 0U) << rollcall_.Verify();
  EXPECT_EQ(sound.tables, storage::kTables.size());
  storage::Store& store = rollcall_.stores().store();
  for (const storage::TableRow& row : storage::kTables) {
    const Table table = row.table;
    std::string key(7, '\1');
    std::string value;
    if (storage::Scan scan = store.NewScan(table, "", ""); scan.Valid()) {
      key = scan.key();
      value = scan.value();
    }
    Put(table, key, "\xff");
    EXPECT_GE(Verify().faults, 1U) << row.name;
    value.empty() ? Delete(table, key) : Put(table, key, value);
    EXPECT_EQ(rollcall_.Verify(), "") << row.name;
  }
}

TEST_F(VerifyTest, NumbersAndNamesThatDoNotPointAtEachOtherAreFaults) {
  const std::string source = storage::EncodeSourceKey(kFirstFleet, "c1");
  const std::string of_c1 = Get(Table::kSources, source);
  Put(Table::kSources, source, Get(Table::kSources, storage::EncodeSourceKey(kFirstFleet, "c2")));
  EXPECT_EQ(Verify().faults, 2U) << "c1 is told to be 2, and 1 to be c1";
  Put(Table::kSources, source, of_c1);
  const std::string label_set = storage::EncodeKey(LabelSetRef{2});
  const std::string text = Get(Table::kLabels, label_set);
  Put(Table::kLabels, label_set, text + "x");
  EXPECT_THAT(rollcall_.Verify(), HasSubstr("label_refs does not say the same"));
  Put(Table::kLabels, label_set, text);
  EXPECT_EQ(rollcall_.Verify(), "");
}

TEST_F(VerifyTest, CountsAllDifferencesAndShowsTheFirst) {
  Commit([](storage::Transaction& transaction) {
    for (uint32_t ref = 1000; ref < 1050; ++ref) {
      const TotalsKey key{*Month::Parse("2026-03"), kFirstFleet, {ref}, {}};
      TotalsRow row;
      row[Span::kYear].sources = 1;
      transaction.Put(Table::kTotals, storage::EncodeKey(key), storage::EncodeTotals(row));
    }
  });
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.differences, 50U);
  EXPECT_EQ(report.examples.size(), counts::VerifyReport::kMaxExamples);
}

TEST_F(VerifyTest, LeavesOutMonthsOfWhichRetentionTookChunks) {
  ASSERT_TRUE(
      storage::DropChunksBefore(rollcall_.stores().store(), Day::Of(At("2026-02-11"))).ok());
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.differences, 0U);
  EXPECT_EQ(report.months_skipped, 1U);
  EXPECT_EQ(report.peaks_rows, 2U);
  EXPECT_EQ(report.windows, 2U);
  Delete(Table::kChunks, ChunkKeyOf("2026-03-10", kC2));
  EXPECT_EQ(Verify().differences, 1U) << "the months after it are still compared";
}

TEST_F(VerifyTest, LeavesOutWindowsOfWhichRetentionTookPeaks) {
  ASSERT_TRUE(storage::DropPeaksBefore(rollcall_.stores().store(), *Month::Parse("2026-03")).ok());
  ASSERT_TRUE(
      storage::DropChunksBefore(rollcall_.stores().store(), Day::Of(At("2026-03-01"))).ok());
  const counts::VerifyReport report = Verify();
  EXPECT_EQ(report.differences, 0U);
  EXPECT_EQ(report.windows, 0U);
  EXPECT_EQ(report.windows_skipped, 2U);
  EXPECT_EQ(report.peaks_rows, 2U);
}

TEST_F(VerifyTest, WhatIsKeptStaysRightAfterRetentionTookItsSources) {
  const std::string before = rollcall_.Overview("2026-03");
  ASSERT_TRUE(storage::DropPeaksBefore(rollcall_.stores().store(), *Month::Parse("2026-03")).ok());
  rollcall_.Restart();
  EXPECT_EQ(rollcall_.Overview("2026-03"), before);
}

}  // namespace
}  // namespace rollcall::test
