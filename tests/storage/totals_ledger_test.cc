#include "storage/totals_ledger.h"

#include <thread>

#include <gmock/gmock.h>

#include "tests/storage/format_examples.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

using rollcall::test::FromHex;

const Month kMarch = Month::FromYearMonth(2026, 3);
constexpr FleetRef kOtherFleet{2};

WindowKey Window(Month last, FleetRef fleet = kFirstFleet) { return {last, fleet}; }

TotalsKey Key(Month last, uint32_t label_set, FleetRef fleet = kFirstFleet) {
  return {last, fleet, {9}, {label_set}};
}

// A row with the same numbers in all spans.
TotalsRow Row(int64_t sources, double sum) {
  TotalsRow row;
  for (Totals& span : row.spans) span = {sources, ExactSum::Of(sum), ExactSum()};
  return row;
}

class TotalsLedgerTest : public rollcall::test::StoreTest {
 protected:
  TotalsLedger& ledger() { return stores().totals(); }

  TotalsLedger::Cut Begin(const WindowKey& window) {
    auto cut = ledger().Begin(window);
    EXPECT_TRUE(cut.ok() && cut->has_value());
    return **cut;
  }
  bool Finish(const TotalsLedger::Cut& cut, const TotalsMap& base) {
    const auto finished = ledger().Finish(cut, base);
    EXPECT_TRUE(finished.ok()) << finished.status().message();
    return finished.ok() && *finished;
  }
  void Keep(const WindowKey& window, const TotalsMap& base) {
    ASSERT_TRUE(Finish(Begin(window), base));
  }

  enum class End { kCommit, kAbandon };
  // One report's changes: what it makes stale, what it adds.
  void Report(Month month, const TotalsMap& gains, End end = End::kCommit) {
    Transaction transaction(store());
    ledger().DropStale(month, kFirstFleet, transaction);
    ASSERT_TRUE(ledger().Add(gains, transaction).ok());
    if (end == End::kAbandon) return;
    ASSERT_TRUE(transaction.Commit().ok());
  }

  // "1/9/4: 2 sum 7": all rows of totals, label set: sources and sum of the month.
  std::string Rows() {
    std::string text;
    for (Scan scan = store().NewScan(Table::kTotals, "", ""); scan.Valid(); scan.Next()) {
      const auto key = DecodeTotalsKey(scan.key());
      TotalsRow row;
      EXPECT_TRUE(key && DecodeTotals(scan.value(), row).ok());
      if (!text.empty()) text += ", ";
      text += key->last.ToString() + (key->fleet == kOtherFleet ? " of fleet 2 " : " ") +
              std::to_string(key->label_set.value) + ": " +
              std::to_string(row[Span::kMonth].sources) + " sum " +
              std::to_string(row[Span::kMonth].sum.ToInt64());
    }
    return text;
  }
  // "kept", "final" or "-".
  std::string State(const WindowKey& window) {
    const auto record = TotalsLedger::ReadWindow(store(), window, store().TakeSnapshot());
    if (!record.ok()) return record.status().message();
    if (!record->has_value()) return "-";
    return (*record)->final ? "final" : "kept";
  }
  WindowRecord Record(int64_t at) {
    return {true, UnixSeconds(std::chrono::seconds(at)), {"kafka"}};
  }
};

TEST_F(TotalsLedgerTest, AMonthNobodyAskedForCostsItsReportsNothing) {
  EXPECT_FALSE(ledger().Follows(Window(kMarch)));
  Report(kMarch, {{Key(kMarch, 1), Row(1, 3)}});
  EXPECT_EQ(Rows(), "");
  EXPECT_EQ(State(Window(kMarch)), "-");
}

TEST_F(TotalsLedgerTest, ABaseIsKeptOnceItIsFinished) {
  const TotalsLedger::Cut cut = Begin(Window(kMarch));
  EXPECT_TRUE(ledger().Follows(Window(kMarch)));
  EXPECT_EQ(State(Window(kMarch)), "-");
  EXPECT_TRUE(Finish(cut, {{Key(kMarch, 1), Row(2, 7)}, {Key(kMarch, 2), Row(1, 4)}}));
  EXPECT_EQ(State(Window(kMarch)), "kept");
  EXPECT_EQ(Rows(), "2026-03 1: 2 sum 7, 2026-03 2: 1 sum 4");
  const auto again = ledger().Begin(Window(kMarch));
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->has_value());
}

TEST_F(TotalsLedgerTest, GainsAfterwardsAreInTheRowsAtOnce) {
  Keep(Window(kMarch), {{Key(kMarch, 1), Row(2, 7)}});
  Report(kMarch, {{Key(kMarch, 1), Row(1, 3)}, {Key(kMarch, 5), Row(1, 1)}});
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 10, 2026-03 5: 1 sum 1");
  Report(kMarch, {{Key(kMarch, 1), Row(0, 5)}});
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 15, 2026-03 5: 1 sum 1");
  Reopen();
  EXPECT_TRUE(ledger().Follows(Window(kMarch)));
  Report(kMarch, {{Key(kMarch, 1), Row(0, -4)}});
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 11, 2026-03 5: 1 sum 1");
}

TEST_F(TotalsLedgerTest, GainsWhileTheBaseIsComputedWaitAndAreAdded) {
  const TotalsLedger::Cut cut = Begin(Window(kMarch));
  Report(kMarch, {{Key(kMarch, 1), Row(1, 3)}, {Key(kMarch, 5), Row(1, 1)}});
  Report(kMarch, {{Key(kMarch, 1), Row(0, 2)}});
  EXPECT_EQ(Rows(), "");
  EXPECT_TRUE(Finish(cut, {{Key(kMarch, 1), Row(2, 7)}, {Key(kMarch, 2), Row(1, 4)}}));
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 12, 2026-03 2: 1 sum 4, 2026-03 5: 1 sum 1");
  Report(kMarch, {{Key(kMarch, 5), Row(0, 1)}});
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 12, 2026-03 2: 1 sum 4, 2026-03 5: 1 sum 2");
}

TEST_F(TotalsLedgerTest, TheCutsSnapshotDoesNotSeeWhatTheGainsAccountFor) {
  Put(Table::kPeaks, "row", "before");
  const TotalsLedger::Cut cut = Begin(Window(kMarch));
  Put(Table::kPeaks, "row", "after");
  EXPECT_EQ(Get(Table::kPeaks, "row", &cut.snapshot), "before");
}

TEST_F(TotalsLedgerTest, AbandonedGainsLeaveNoTrace) {
  const TotalsLedger::Cut cut = Begin(Window(kMarch));
  Report(kMarch, {{Key(kMarch, 1), Row(1, 100)}}, End::kAbandon);
  EXPECT_TRUE(Finish(cut, {{Key(kMarch, 1), Row(2, 7)}}));
  Report(kMarch, {{Key(kMarch, 1), Row(1, 100)}}, End::kAbandon);
  EXPECT_EQ(Rows(), "2026-03 1: 2 sum 7");
  Report(kMarch, {{Key(kMarch, 1), Row(0, 1)}});
  EXPECT_EQ(Rows(), "2026-03 1: 2 sum 8");
}

TEST_F(TotalsLedgerTest, AReportDropsTheWindowsThatEndInTheElevenMonthsAfterIt) {
  for (int months = -1; months <= 13; ++months) {
    const Month last = kMarch.Plus(months);
    Keep(Window(last), {{Key(last, 1), Row(1, 1)}});
  }
  Keep(Window(kMarch.Plus(2), kOtherFleet), {{Key(kMarch.Plus(2), 1, kOtherFleet), Row(1, 1)}});
  Report(kMarch, {});
  EXPECT_EQ(Rows(),
            "2026-02 1: 1 sum 1, 2026-03 1: 1 sum 1, 2026-05 of fleet 2 1: 1 sum 1, "
            "2027-03 1: 1 sum 1, 2027-04 1: 1 sum 1");
  for (int months = -1; months <= 13; ++months) {
    const bool dropped = months >= 1 && months <= 11;
    EXPECT_EQ(State(Window(kMarch.Plus(months))), dropped ? "-" : "kept") << months;
    EXPECT_EQ(ledger().Follows(Window(kMarch.Plus(months))), !dropped) << months;
  }
  EXPECT_EQ(State(Window(kMarch.Plus(2), kOtherFleet)), "kept");
}

TEST_F(TotalsLedgerTest, ADroppedWindowIsComputedAnewWithoutItsOldRows) {
  const Month april = kMarch.Plus(1);
  Keep(Window(april), {{Key(april, 1), Row(5, 50)}});
  Report(april, {{Key(april, 1), Row(1, 1)}});
  Report(kMarch, {});
  Keep(Window(april), {{Key(april, 2), Row(1, 1)}});
  EXPECT_EQ(Rows(), "2026-04 2: 1 sum 1");
  Report(april, {{Key(april, 1), Row(1, 3)}});
  EXPECT_EQ(Rows(), "2026-04 1: 1 sum 3, 2026-04 2: 1 sum 1");
}

TEST_F(TotalsLedgerTest, AnAbandonedDropDropsNothing) {
  const Month april = kMarch.Plus(1);
  Keep(Window(april), {{Key(april, 1), Row(5, 50)}});
  const TotalsLedger::Cut may = Begin(Window(april.Plus(1)));
  Report(april.Plus(1), {{Key(april.Plus(1), 1), Row(1, 2)}});
  Report(kMarch, {}, End::kAbandon);
  EXPECT_EQ(State(Window(april)), "kept");
  EXPECT_TRUE(ledger().Follows(Window(april)));
  EXPECT_TRUE(Finish(may, {{Key(april.Plus(1), 1), Row(5, 50)}}));
  EXPECT_EQ(Rows(), "2026-04 1: 5 sum 50, 2026-05 1: 6 sum 52");
}

TEST_F(TotalsLedgerTest, AComputationWhoseWindowWasDroppedDoesNotFinish) {
  const Month april = kMarch.Plus(1);
  const TotalsLedger::Cut cut = Begin(Window(april));
  Report(kMarch, {});
  EXPECT_FALSE(Finish(cut, {{Key(april, 1), Row(1, 1)}}));
  EXPECT_EQ(State(Window(april)), "-");
  EXPECT_EQ(Rows(), "");
  EXPECT_FALSE(Finish(cut, {}));
}

TEST_F(TotalsLedgerTest, OfTwoComputationsOfAWindowTheLaterOneCounts) {
  const TotalsLedger::Cut first = Begin(Window(kMarch));
  Report(kMarch, {{Key(kMarch, 1), Row(1, 3)}});
  const TotalsLedger::Cut second = Begin(Window(kMarch));
  EXPECT_FALSE(Finish(first, {{Key(kMarch, 1), Row(9, 9)}}));
  Report(kMarch, {{Key(kMarch, 1), Row(0, 1)}});
  EXPECT_TRUE(Finish(second, {{Key(kMarch, 1), Row(1, 3)}}));
  EXPECT_FALSE(Finish(first, {}));
  EXPECT_EQ(Rows(), "2026-03 1: 1 sum 4");
}

TEST_F(TotalsLedgerTest, RowsThatAnInterruptedComputationLeftAreDeleted) {
  Begin(Window(kMarch));
  Put(Table::kTotals, EncodeKey(Key(kMarch, 7)), EncodeTotals(Row(9, 9)));
  Put(Table::kTotals, EncodeKey(Key(kMarch, 7, kOtherFleet)), EncodeTotals(Row(9, 9)));
  Reopen();
  EXPECT_FALSE(ledger().Follows(Window(kMarch)));
  Keep(Window(kMarch), {{Key(kMarch, 1), Row(1, 1)}});
  EXPECT_EQ(Rows(), "2026-03 1: 1 sum 1, 2026-03 of fleet 2 7: 9 sum 9");
}

TEST_F(TotalsLedgerTest, ABaseOfManyRowsIsStoredWhole) {
  TotalsMap base;
  for (uint32_t ref = 1; ref <= 20'000; ++ref) base[Key(kMarch, ref)] = Row(1, ref);
  Keep(Window(kMarch), base);
  size_t rows = 0;
  for (Scan scan = store().NewScan(Table::kTotals, "", ""); scan.Valid(); scan.Next()) {
    TotalsRow row;
    ASSERT_TRUE(DecodeTotals(scan.value(), row).ok());
    ASSERT_EQ(row, base[*DecodeTotalsKey(scan.key())]);
    ++rows;
  }
  EXPECT_EQ(rows, base.size());
}

TEST_F(TotalsLedgerTest, ReportsBesideALargeBaseAreAllCounted) {
  TotalsMap base;
  for (uint32_t ref = 1; ref <= 30'000; ++ref) base[Key(kMarch, ref)] = Row(1, 1);
  const TotalsLedger::Cut cut = Begin(Window(kMarch));
  std::thread reports([&] {
    for (int i = 0; i < 200; ++i) Report(kMarch, {{Key(kMarch, 1), Row(1, 2)}});
  });
  EXPECT_TRUE(Finish(cut, base));
  reports.join();
  TotalsRow row;
  ASSERT_TRUE(DecodeTotals(Get(Table::kTotals, EncodeKey(Key(kMarch, 1))), row).ok());
  EXPECT_EQ(row, Row(201, 401));
}

TEST_F(TotalsLedgerTest, AnOverviewOfAClosedMonthIsNotedOnce) {
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(1)).ok());
  EXPECT_EQ(State(Window(kMarch)), "-");
  Begin(Window(kMarch));
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(1)).ok());
  EXPECT_EQ(State(Window(kMarch)), "-");
  Keep(Window(kMarch), {});
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(2)).ok());
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(3)).ok());
  Reopen();
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(4)).ok());
  const auto record = TotalsLedger::ReadWindow(store(), Window(kMarch), store().TakeSnapshot());
  ASSERT_TRUE(record.ok() && record->has_value());
  EXPECT_EQ(**record, Record(2));
}

TEST_F(TotalsLedgerTest, ALateReportMakesAFinalMonthOpenAgainAndKeepsItsTotals) {
  Keep(Window(kMarch), {{Key(kMarch, 1), Row(2, 7)}});
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(2)).ok());
  Report(kMarch, {{Key(kMarch, 1), Row(1, 1)}}, End::kAbandon);
  EXPECT_EQ(State(Window(kMarch)), "final");
  Report(kMarch, {{Key(kMarch, 1), Row(1, 1)}});
  EXPECT_EQ(State(Window(kMarch)), "kept");
  EXPECT_EQ(Rows(), "2026-03 1: 3 sum 8");
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(5)).ok());
  EXPECT_EQ(State(Window(kMarch)), "final");
}

TEST_F(TotalsLedgerTest, AfterAnAbandonedReopeningTheNextReportReopensAllTheSame) {
  Keep(Window(kMarch), {});
  ASSERT_TRUE(ledger().MarkFinal(Window(kMarch), Record(2)).ok());
  Report(kMarch, {}, End::kAbandon);
  Report(kMarch, {});
  EXPECT_EQ(State(Window(kMarch)), "kept");
}

TEST_F(TotalsLedgerTest, ASnapshotKeepsTheRowsThatBelongToItsWindow) {
  Keep(Window(kMarch), {{Key(kMarch, 1), Row(2, 7)}});
  const Snapshot snapshot = store().TakeSnapshot();
  Report(kMarch.Plus(-1), {});
  EXPECT_EQ(State(Window(kMarch)), "-");
  const auto record = TotalsLedger::ReadWindow(store(), Window(kMarch), snapshot);
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(record->has_value());
  EXPECT_NE(Get(Table::kTotals, EncodeKey(Key(kMarch, 1)), &snapshot), "(none)");
  EXPECT_EQ(Get(Table::kTotals, EncodeKey(Key(kMarch, 1))), "(none)");
}

TEST_F(TotalsLedgerTest, ADamagedRowDropsItsWindowAndFailsNoReport) {
  const Month april = kMarch.Plus(1);
  Keep(Window(kMarch), {{Key(kMarch, 4), Row(2, 7)}, {Key(kMarch, 5), Row(1, 1)}});
  Keep(Window(april), {{Key(april, 4), Row(2, 7)}});
  Put(Table::kTotals, EncodeKey(Key(kMarch, 5)), "\xff");
  // Row 4 is raised before the damage shows: it goes with the window all the same.
  Report(kMarch,
         {{Key(kMarch, 4), Row(0, 1)}, {Key(kMarch, 5), Row(0, 1)}, {Key(kMarch, 6), Row(1, 1)}});
  EXPECT_EQ(State(Window(kMarch)), "-");
  EXPECT_EQ(Rows(), "");
  Keep(Window(kMarch), {{Key(kMarch, 4), Row(2, 8)}});
  Report(kMarch, {{Key(kMarch, 4), Row(1, 1)}});
  EXPECT_EQ(Rows(), "2026-03 4: 3 sum 9");
}

TEST_F(TotalsLedgerTest, ADamagedWindowSaysNothingAndItsTotalsAreCountedAnew) {
  Keep(Window(kMarch), {{Key(kMarch, 4), Row(2, 7)}});
  Put(Table::kWindows, EncodeKey(Window(kMarch)), FromHex("ff"));
  Put(Table::kWindows, "bad", FromHex("00"));
  Reopen();
  EXPECT_EQ(State(Window(kMarch)), "-");
  EXPECT_FALSE(ledger().Follows(Window(kMarch)));
  Keep(Window(kMarch), {{Key(kMarch, 4), Row(3, 8)}});
  EXPECT_EQ(State(Window(kMarch)), "kept");
  EXPECT_EQ(Rows(), "2026-03 4: 3 sum 8");
}

}  // namespace
}  // namespace rollcall::storage
