#include "storage/period_ledger.h"

#include "storage/day_columns.h"
#include "storage/retention.h"
#include "tests/storage/store_fixture.h"

namespace rollcall::storage {
namespace {

const Month kLedgerMonth = Month::FromYearMonth(2026, 3);
constexpr FleetRef kSecondFleet{2};

PeriodKey Of(Month last, Span span, FleetRef fleet = kFirstFleet) {
  return {Period::Of(Window{last, span}), fleet};
}
PeriodKey Of(Day day, FleetRef fleet = kFirstFleet) { return {Period::Of(day), fleet}; }

class PeriodLedgerTest : public rollcall::test::StoreTest {
 protected:
  PeriodLedger& ledger() { return stores().periods(); }

  static TallyRows Rows(int64_t sources) {
    return {{EncodeKey(TallyKey{{9}, {}}), EncodeTally(Totals{sources, {}, {}})}};
  }
  bool Finish(const PeriodLedger::Cut& cut, int64_t sources = 1) {
    const auto kept = ledger().Finish(cut, PeriodHead(), Rows(sources));
    EXPECT_TRUE(kept.ok()) << kept.status().message();
    return kept.ok() && *kept;
  }
  void Keep(const PeriodKey& key, int64_t sources = 1) {
    ASSERT_TRUE(Finish(ledger().Begin(key), sources));
  }

  // The sources of metric 9; -1: the period is not stored.
  int64_t Sources(const PeriodKey& key) {
    const auto rows = PeriodRows::Read(store(), key);
    EXPECT_TRUE(rows.ok());
    if (!rows.ok() || !rows->has_value()) return -1;
    const auto tally = (*rows)->Metric({9});
    EXPECT_TRUE(tally.ok());
    return tally.ok() ? tally->sources : -2;
  }

  template <typename Change>
  void Commit(Change change, bool abandon = false) {
    Transaction transaction(store());
    change(transaction);
    if (abandon) return;
    ASSERT_TRUE(transaction.Commit().ok());
  }
  void DropWindows(Month month) {
    Commit(
        [&](Transaction& transaction) { ledger().DropWindows(month, kFirstFleet, transaction); });
  }
};

TEST_F(PeriodLedgerTest, WhatIsKeptIsThereAfterARestart) {
  Keep(Of(kLedgerMonth, Span::kMonth), 4);
  Keep(Of(kLedgerMonth.FirstDay()), 5);
  Reopen();
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kMonth)), 4);
  EXPECT_EQ(Sources(Of(kLedgerMonth.FirstDay())), 5);
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kQuarter)), -1);
}

TEST_F(PeriodLedgerTest, ADaysColumnsAreKeptAndDroppedWithIt) {
  const PeriodKey day = Of(kLedgerMonth.FirstDay());
  const auto columns_of = [&](const PeriodKey& key) {
    std::string text;
    const KeyRange range = ColumnsOf(key);
    Scan scan = store().NewScan(Table::kPeriods, range.begin, range.end);
    for (; scan.Valid(); scan.Next()) text += std::string(scan.value()) + " ";
    return text;
  };
  const TallyRows columns = {{EncodeStreamsColumnKey(0), "streams"},
                             {EncodeColumnKey({9}, 0), "nine"},
                             {EncodeColumnKey({UINT32_MAX}, UINT32_MAX), "last"}};
  ASSERT_TRUE(*ledger().Finish(ledger().Begin(day), PeriodHead(), Rows(1), columns));
  Keep(Of(Day{day.period.last + 1}));
  Keep(Of(kLedgerMonth.FirstDay(), kSecondFleet));
  EXPECT_EQ(columns_of(day), "streams nine last ");
  EXPECT_EQ(columns_of(Of(Day{day.period.last + 1})), "");
  EXPECT_TRUE(*(*PeriodRows::Read(store(), day))->HasColumns());
  EXPECT_FALSE(*(*PeriodRows::Read(store(), Of(Day{day.period.last + 1})))->HasColumns());
  EXPECT_EQ((*PeriodRows::Read(store(), day))->List()->size(), 1U);
  Reopen();
  EXPECT_EQ(Sources(day), 1);
  EXPECT_EQ(columns_of(day), "streams nine last ");
  Commit([&](Transaction& transaction) {
    ledger().DropDay(kLedgerMonth.FirstDay(), kFirstFleet, transaction);
  });
  EXPECT_EQ(columns_of(day), "");
}

TEST_F(PeriodLedgerTest, ColumnsOfADayWhoseChunksRetentionDroppedMeanwhileAreLeftOut) {
  const Day first = kLedgerMonth.FirstDay();
  const Day second{first.number + 1};
  const TallyRows columns = {{EncodeStreamsColumnKey(0), "streams"}};
  const PeriodLedger::Cut of_first = ledger().Begin(Of(first));
  const PeriodLedger::Cut of_second = ledger().Begin(Of(second));
  const PeriodLedger::Cut of_other = ledger().Begin(Of(first, kSecondFleet));
  ASSERT_TRUE(DropChunksBefore(store(), kFirstFleet, second).ok());
  for (const PeriodLedger::Cut* const cut : {&of_first, &of_second, &of_other}) {
    ASSERT_TRUE(*ledger().Finish(*cut, PeriodHead(), Rows(4), columns));
    EXPECT_EQ(Sources(cut->key), 4);
    EXPECT_EQ(*(*PeriodRows::Read(store(), cut->key))->HasColumns(), cut != &of_first);
  }
}

TEST_F(PeriodLedgerTest, AMonthsChangeDropsTheWindowsThatItLiesInAndNoOthers) {
  for (int month = -13; month <= 13; ++month) {
    for (const Span span : kSpans) Keep(Of(kLedgerMonth.Plus(month), span));
  }
  Keep(Of(kLedgerMonth, Span::kYear, kSecondFleet));
  Keep(Of(kLedgerMonth.FirstDay()));
  Reopen();
  DropWindows(kLedgerMonth);
  for (int month = -13; month <= 13; ++month) {
    for (const Span span : kSpans) {
      const bool touched = month >= 0 && month < MonthsOf(span);
      EXPECT_EQ(Sources(Of(kLedgerMonth.Plus(month), span)), touched ? -1 : 1)
          << month << " " << MonthsOf(span);
    }
  }
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kYear, kSecondFleet)), 1);
  EXPECT_EQ(Sources(Of(kLedgerMonth.FirstDay())), 1);
}

TEST_F(PeriodLedgerTest, ADaysChangeDropsThatDay) {
  const Day day = kLedgerMonth.FirstDay();
  Keep(Of(day));
  Keep(Of(Day{day.number + 1}));
  Keep(Of(kLedgerMonth, Span::kMonth));
  Commit([&](Transaction& transaction) { ledger().DropDay(day, kFirstFleet, transaction); });
  EXPECT_EQ(Sources(Of(day)), -1);
  EXPECT_EQ(Sources(Of(Day{day.number + 1})), 1);
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kMonth)), 1);
}

TEST_F(PeriodLedgerTest, ADropThatWasAbandonedIsMadeWithTheNextChange) {
  Keep(Of(kLedgerMonth, Span::kMonth));
  Commit(
      [&](Transaction& transaction) {
        ledger().DropWindows(kLedgerMonth, kFirstFleet, transaction);
      },
      true);
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kMonth)), 1);
  DropWindows(kLedgerMonth);
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kMonth)), -1);
}

TEST_F(PeriodLedgerTest, WhatIsDroppedWhileItIsComputedIsNotStored) {
  const auto cut = ledger().Begin(Of(kLedgerMonth, Span::kYear));
  DropWindows(kLedgerMonth.Plus(-11));
  EXPECT_FALSE(Finish(cut));
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kYear)), -1);
  // Of two who computed it the later one counts.
  const auto first = ledger().Begin(Of(kLedgerMonth, Span::kYear));
  const auto second = ledger().Begin(Of(kLedgerMonth, Span::kYear));
  EXPECT_FALSE(Finish(first, 1));
  EXPECT_TRUE(Finish(second, 2));
  EXPECT_EQ(Sources(Of(kLedgerMonth, Span::kYear)), 2);
}

TEST_F(PeriodLedgerTest, ADaysChangeDropsTheDaysAndCutWindowsThatItLiesInAndNoOthers) {
  const Day seventh{kLedgerMonth.FirstDay().number + 6};
  const auto last_30 = [](Day last) { return PeriodKey{Period::Last30(last), kFirstFleet}; };
  const auto cut = [](Span span, Day last) {
    return PeriodKey{Period::Cut(span, last), kFirstFleet};
  };
  const PeriodKey hit[] = {Of(seventh), last_30(seventh), last_30({seventh.number + 29}),
                           cut(Span::kMonth, {seventh.number + 1}), cut(Span::kYear, seventh)};
  const PeriodKey missed[] = {
      Of(Day{seventh.number + 1}),    last_30({seventh.number - 1}),
      last_30({seventh.number + 30}), cut(Span::kMonth, {seventh.number - 1}),
      Of(kLedgerMonth, Span::kMonth), {Period::Last30(seventh), kSecondFleet}};
  for (const PeriodKey& key : hit) Keep(key);
  for (const PeriodKey& key : missed) Keep(key);
  const auto computing = ledger().Begin(cut(Span::kQuarter, seventh));
  Commit([&](Transaction& transaction) { ledger().DropDay(seventh, kFirstFleet, transaction); });
  for (const PeriodKey& key : hit) EXPECT_EQ(Sources(key), -1) << key.period.ToString();
  for (const PeriodKey& key : missed) EXPECT_EQ(Sources(key), 1) << key.period.ToString();
  EXPECT_FALSE(Finish(computing));
}

TEST_F(PeriodLedgerTest, WhatIsOutdatedIsDeletedOfOneKindAndFleet) {
  const auto last_30 = [](uint32_t last) {
    return PeriodKey{Period::Last30(Day{last}), kFirstFleet};
  };
  const PeriodKey others{Period::Last30(Day{100}), kSecondFleet};
  for (const PeriodKey& key : {last_30(100), last_30(101), last_30(102), others, Of(Day{100})}) {
    Keep(key);
  }
  ASSERT_TRUE(ledger().DeleteBefore(Period::Kind::k30Days, 102, kFirstFleet).ok());
  for (const PeriodKey& key : {last_30(100), last_30(101)}) EXPECT_EQ(Sources(key), -1);
  for (const PeriodKey& key : {last_30(102), others, Of(Day{100})}) EXPECT_EQ(Sources(key), 1);
}

TEST_F(PeriodLedgerTest, TheFirstStoredPeriodIsTheFleetsAndOfItsKind) {
  const auto first = [&](Period::Kind kind) {
    const auto found = PeriodLedger::FirstStored(store(), kind, kFirstFleet);
    EXPECT_TRUE(found.ok());
    return found.ok() && found->has_value() ? (*found)->ToString() : "none";
  };
  EXPECT_EQ(first(Period::Kind::kMonth), "none");
  Keep(Of(kLedgerMonth.Plus(-5), Span::kMonth, kSecondFleet));
  Keep(Of(kLedgerMonth.Plus(-9), Span::kYear));
  EXPECT_EQ(first(Period::Kind::kMonth), "none");
  Keep(Of(kLedgerMonth, Span::kMonth));
  Keep(Of(kLedgerMonth.Plus(-2), Span::kMonth));
  Keep(Of(kLedgerMonth.FirstDay()));
  EXPECT_EQ(first(Period::Kind::kMonth), "2026-01");
  EXPECT_EQ(first(Period::Kind::kDay), "2026-03-01");
  EXPECT_EQ(first(Period::Kind::kYear), "2025-06 and the 11 months before");
}

}  // namespace
}  // namespace rollcall::storage
