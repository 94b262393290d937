#include "model/totals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "tests/model/random_reports.h"

namespace rollcall {
namespace {

using test::RandomReports;

const Month kMarch = Month::FromYearMonth(2026, 3);

TotalsKey Key(uint32_t metric, uint32_t label_set) {
  return {kMarch, kFirstFleet, {metric}, {label_set}};
}

// The totals of one source whose row over a span is `row`, added to one span of `totals`.
void AddSource(const PeaksRow& row, Span span, std::map<TotalsKey, TotalsRow>& totals) {
  for (size_t i = 0; i < row.metrics.size(); ++i) {
    const MetricPeaks& metric = row.metrics[i];
    Totals& of_metric = totals[Key(metric.metric.value, 0)][span];
    of_metric.sources += 1;
    of_metric.report_sum += ExactSum::Of(metric.report_sum_peak);
    for (const SeriesPeak& series : row.SeriesOf(i)) {
      Totals& of_series = totals[Key(metric.metric.value, series.label_set.value)][span];
      of_series.sources += 1;
      of_series.sum += ExactSum::Of(series.peak);
      of_metric.sum += ExactSum::Of(series.peak);
    }
  }
}

std::map<TotalsKey, TotalsRow> TotalsOf(const PeaksRow& month, const PeaksRow& quarter_before,
                                        const PeaksRow& year_before) {
  std::map<TotalsKey, TotalsRow> totals;
  AddSource(month, Span::kMonth, totals);
  AddSource(MergePeaks(month, quarter_before), Span::kQuarter, totals);
  AddSource(MergePeaks(month, year_before), Span::kYear, totals);
  return totals;
}

void ExpectRow(const TotalsRow& row, int64_t sources, double sum, double report_sum,
               const char* what) {
  for (const Span span : kSpans) {
    EXPECT_EQ(row[span].sources, sources) << what;
    EXPECT_EQ(row[span].sum, ExactSum::Of(sum)) << what;
    EXPECT_EQ(row[span].report_sum, ExactSum::Of(report_sum)) << what;
  }
}

TEST(AddPeaksChange, IsWhatTheTotalsBeforeLackOfTheTotalsAfter) {
  for (unsigned seed = 0; seed < 600; ++seed) {
    RandomReports reports(seed);
    const auto some_reports = [&](PeaksRow& row) {
      for (unsigned i = reports.Below(4); i > 0; --i) AddReport(reports.Next(), 1, row);
    };
    PeaksRow earlier_months;
    PeaksRow quarter_before;
    PeaksRow row;
    some_reports(earlier_months);
    some_reports(quarter_before);
    const PeaksRow year_before = MergePeaks(earlier_months, quarter_before);
    quarter_before = MergePeaks(quarter_before, PeaksRow());

    TotalsMap totals;
    for (int step = 0; step < 8; ++step) {
      const PeaksRow old_row = row;
      AddReport(reports.Next(), 1 + reports.Below(28), row);
      TotalsMap change;
      AddPeaksChange(kMarch, kFirstFleet, old_row, row, quarter_before, year_before, change);
      for (const auto& [key, gain] : change) {
        EXPECT_NE(gain, TotalsRow()) << "a gain of nothing";
        totals[key] += gain;
      }
      // What the source contributed before the month's first report, and what it does now.
      auto want = TotalsOf(row, quarter_before, year_before);
      for (const auto& [key, at_first] : TotalsOf(PeaksRow(), quarter_before, year_before)) {
        for (const Span span : kSpans) {
          want[key][span].sources -= at_first[span].sources;
          want[key][span].sum = want[key][span].sum - at_first[span].sum;
          want[key][span].report_sum = want[key][span].report_sum - at_first[span].report_sum;
        }
      }
      for (const auto& [key, expected] : want) {
        const auto found = totals.find(key);
        ASSERT_EQ(found == totals.end() ? TotalsRow() : found->second, expected)
            << "seed " << seed << ", step " << step << ", metric " << key.metric.value
            << ", label set " << key.label_set.value;
      }
      for (const auto& [key, got] : totals) ASSERT_TRUE(want.contains(key)) << "seed " << seed;
    }
  }
}

TEST(AddPeaksChange, AReportThatRaisesNoPeakAddsNothing) {
  PeaksRow old_row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}}, 1, old_row);
  PeaksRow row = old_row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 4}}, 2, row);
  TotalsMap totals;
  AddPeaksChange(kMarch, kFirstFleet, old_row, row, PeaksRow(), PeaksRow(), totals);
  EXPECT_TRUE(totals.empty());
}

TEST(AddPeaksChange, ANewSourceIsCountedInAllThreeSpans) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}, {{3}, {1}, 2.5}}, 1, row);
  TotalsMap totals;
  AddPeaksChange(kMarch, kFirstFleet, PeaksRow(), row, PeaksRow(), PeaksRow(), totals);
  EXPECT_EQ(totals.size(), 3U);
  ExpectRow(totals[Key(1, 0)], 1, 7.5, 7.5, "metric");
  ExpectRow(totals[Key(1, 2)], 1, 5, 0, "label set 2");
  ExpectRow(totals[Key(1, 3)], 1, 2.5, 0, "label set 3");
}

TEST(AddPeaksChange, AZeroCountsAsASourceAndAddsNothing) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 0}}, 1, row);
  TotalsMap totals;
  AddPeaksChange(kMarch, kFirstFleet, PeaksRow(), row, PeaksRow(), PeaksRow(), totals);
  ExpectRow(totals[Key(1, 0)], 1, 0, 0, "metric");
  ExpectRow(totals[Key(1, 2)], 1, 0, 0, "label set 2");
}

TEST(AddPeaksChange, ASourceOfTheMonthsBeforeIsNewInTheMonthOnly) {
  PeaksRow before;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 9}}, 1, before);
  before = MergePeaks(before, PeaksRow());
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}}, 1, row);
  TotalsMap totals;
  AddPeaksChange(kMarch, kFirstFleet, PeaksRow(), row, before, before, totals);
  EXPECT_EQ(totals[Key(1, 0)][Span::kMonth], (Totals{1, ExactSum::Of(5), ExactSum::Of(5)}));
  EXPECT_EQ(totals[Key(1, 0)][Span::kQuarter], Totals());
  EXPECT_EQ(totals[Key(1, 0)][Span::kYear], Totals());
}

TEST(AddPeaksChange, ASourceOfTheYearAndNotTheQuarterIsNewInTheQuarter) {
  PeaksRow year_before;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 4}}, 1, year_before);
  year_before = MergePeaks(year_before, PeaksRow());
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}}, 1, row);
  TotalsMap totals;
  AddPeaksChange(kMarch, kFirstFleet, PeaksRow(), row, PeaksRow(), year_before, totals);
  EXPECT_EQ(totals[Key(1, 2)][Span::kQuarter], (Totals{1, ExactSum::Of(5), ExactSum()}));
  EXPECT_EQ(totals[Key(1, 2)][Span::kYear], (Totals{0, ExactSum::Of(1), ExactSum()}));
}

TEST(AddPeaksChange, AddsToWhatOtherSourcesBrought) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}}, 1, row);
  TotalsMap totals;
  for (int source = 0; source < 3; ++source) {
    AddPeaksChange(kMarch, kFirstFleet, PeaksRow(), row, PeaksRow(), PeaksRow(), totals);
  }
  ExpectRow(totals[Key(1, 0)], 3, 15, 15, "metric");
}

TEST(AddPeaksChange, KeysAreOfTheMonthAndTheFleet) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 5}}, 1, row);
  TotalsMap totals;
  AddPeaksChange(kMarch.Plus(1), {7}, PeaksRow(), row, PeaksRow(), PeaksRow(), totals);
  for (const auto& [key, gain] : totals) {
    EXPECT_EQ(key.last, kMarch.Plus(1));
    EXPECT_EQ(key.fleet, FleetRef{7});
    EXPECT_EQ(key.metric, MetricRef{1});
  }
}

TEST(Window, BeginsSoManyMonthsBeforeItsEnd) {
  EXPECT_EQ((Window{kMarch, Span::kMonth}.first()), kMarch);
  EXPECT_EQ((Window{kMarch, Span::kQuarter}.first()).ToString(), "2026-01");
  EXPECT_EQ((Window{kMarch, Span::kYear}.first()).ToString(), "2025-04");
  EXPECT_EQ(kMaxWindowMonths, 12);
}

}  // namespace
}  // namespace rollcall
