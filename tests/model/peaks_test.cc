#include "model/peaks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "tests/model/random_reports.h"

namespace rollcall {
namespace {

using test::RandomReports;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The same by the plainest means: every report is kept, and every question walks over all of them.
class PlainPeaks {
 public:
  void Add(const std::vector<SeriesValue>& report, unsigned day) {
    reports_.emplace_back(report, day);
  }

  PeaksRow Row() const {
    PeaksRow row;
    std::map<uint32_t, std::map<uint32_t, SeriesPeak>> series;
    std::map<uint32_t, double> sums;
    for (const auto& [report, day] : reports_) {
      row.active_days |= 1U << (day - 1);
      std::map<uint32_t, double> sums_of_report;
      for (const SeriesValue& s : report) {
        for (auto& [label_set, peak] : series[s.metric.value]) peak.current = false;
      }
      for (const SeriesValue& s : report) {
        if (!std::isfinite(s.value)) continue;
        sums_of_report[s.metric.value] += s.value;
        const auto [at, is_new] = series[s.metric.value].emplace(
            s.label_set.value, SeriesPeak{s.label_set, true, s.value});
        at->second.current = true;
        at->second.peak = std::max(at->second.peak, s.value);
      }
      for (const auto& [metric, sum] : sums_of_report) {
        const auto [at, is_new] = sums.emplace(metric, sum);
        at->second = std::max(at->second, sum);
      }
    }
    for (const auto& [metric, peaks] : series) {
      if (peaks.empty()) continue;
      for (const auto& [label_set, peak] : peaks) row.series.push_back(peak);
      row.metrics.push_back({{metric}, sums[metric], row.series.size()});
    }
    return row;
  }

 private:
  std::vector<std::pair<std::vector<SeriesValue>, unsigned>> reports_;
};

bool SamePeaks(const PeaksRow& a, const PeaksRow& b) {
  if (a.metrics != b.metrics || a.series.size() != b.series.size()) return false;
  for (size_t i = 0; i < a.series.size(); ++i) {
    if (a.series[i].label_set != b.series[i].label_set || a.series[i].peak != b.series[i].peak) {
      return false;
    }
  }
  return true;
}

TEST(AddReport, MakesTheRowThatAllReportsTogetherMake) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    RandomReports reports(seed);
    PlainPeaks plain;
    PeaksRow row;
    for (int i = 0; i < 25; ++i) {
      const std::vector<SeriesValue> report = reports.Next();
      const unsigned day = 1 + reports.Below(31);
      const PeaksRow before = row;
      const PeaksChange change = AddReport(report, day, row);
      plain.Add(report, day);
      ASSERT_EQ(row, plain.Row()) << "seed " << seed << ", report " << i;
      ASSERT_EQ(change.row, row != before) << "seed " << seed << ", report " << i;
      ASSERT_EQ(change.peak, !SamePeaks(row, before)) << "seed " << seed << ", report " << i;
    }
  }
}

TEST(AddReport, TheSameReportAgainOnTheSameDayChangesNothing) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    RandomReports reports(seed);
    PeaksRow row;
    const std::vector<SeriesValue> report = reports.Next();
    AddReport(report, 7, row);
    const PeaksRow before = row;
    const PeaksChange change = AddReport(report, 7, row);
    EXPECT_FALSE(change.row || change.peak);
    EXPECT_EQ(row, before);
  }
}

TEST(AddReport, AnotherDaySetsItsBitAndMovesNoPeak) {
  const std::vector<SeriesValue> report = {{{2}, {1}, 5}};
  PeaksRow row;
  AddReport(report, 1, row);
  const PeaksChange change = AddReport(report, 31, row);
  EXPECT_TRUE(change.row);
  EXPECT_FALSE(change.peak);
  EXPECT_EQ(row.active_days, 1U | 1U << 30);
}

TEST(AddReport, InfiniteValuesAreNowhereInTheRow) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, kInfinity}, {{3}, {1}, -kInfinity}}, 1, row);
  EXPECT_TRUE(row.metrics.empty());
  EXPECT_TRUE(row.series.empty());
  EXPECT_EQ(row.active_days, 1U);
  AddReport(std::vector<SeriesValue>{{{2}, {1}, kInfinity}, {{3}, {1}, 4}}, 1, row);
  ASSERT_EQ(row.series.size(), 1U);
  EXPECT_EQ(row.series[0], (SeriesPeak{{3}, true, 4}));
  EXPECT_EQ(row.metrics[0].report_sum_peak, 4);
}

TEST(AddReport, AMetricThatIsInfiniteOnlyMakesItsSeriesNotCurrent) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 3}}, 1, row);
  const PeaksChange change = AddReport(std::vector<SeriesValue>{{{2}, {1}, kInfinity}}, 1, row);
  EXPECT_TRUE(change.row);
  EXPECT_FALSE(change.peak);
  EXPECT_EQ(row.series[0], (SeriesPeak{{2}, false, 3}));
}

TEST(AddReport, AKernelUpgradeRaisesTheSumOfPeaksAndNotThePeakOfTheSums) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 3}}, 1, row);
  AddReport(std::vector<SeriesValue>{{{5}, {1}, 3}}, 1, row);
  ASSERT_EQ(row.series.size(), 2U);
  EXPECT_EQ(row.series[0], (SeriesPeak{{2}, false, 3}));
  EXPECT_EQ(row.series[1], (SeriesPeak{{5}, true, 3}));
  EXPECT_EQ(row.metrics[0].report_sum_peak, 3);
}

TEST(AddReport, OfNegativeValuesTheLargestIsThePeak) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, -5}}, 1, row);
  AddReport(std::vector<SeriesValue>{{{2}, {1}, -3}}, 1, row);
  AddReport(std::vector<SeriesValue>{{{2}, {1}, -9}}, 1, row);
  EXPECT_EQ(row.series[0].peak, -3);
  EXPECT_EQ(row.metrics[0].report_sum_peak, -3);
}

TEST(AddReport, TheLargestValuesSumToAFiniteNumber) {
  constexpr double kMax = std::numeric_limits<double>::max();
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, kMax}, {{3}, {1}, kMax}}, 1, row);
  EXPECT_EQ(row.series[0].peak, kMax);
  EXPECT_TRUE(std::isfinite(row.metrics[0].report_sum_peak));
}

TEST(AddReport, AnEmptyReportSetsItsDayOnly) {
  PeaksRow row;
  EXPECT_TRUE(AddReport({}, 3, row).row);
  EXPECT_EQ(row.active_days, 4U);
  EXPECT_TRUE(row.metrics.empty());
  EXPECT_FALSE(AddReport({}, 3, row).row);
}

TEST(MergePeaks, IsTheRowOfAllReportsOfBoth) {
  for (unsigned seed = 0; seed < 400; ++seed) {
    RandomReports reports(seed);
    PlainPeaks both;
    PeaksRow a;
    PeaksRow b;
    for (int i = static_cast<int>(reports.Below(12)); i > 0; --i) {
      const std::vector<SeriesValue> report = reports.Next();
      both.Add(report, 1);
      AddReport(report, 1, i % 2 == 0 ? a : b);
    }
    const PeaksRow merged = MergePeaks(a, b);
    ASSERT_TRUE(SamePeaks(merged, both.Row())) << "seed " << seed;
    ASSERT_EQ(merged, MergePeaks(b, a)) << "seed " << seed;
    ASSERT_EQ(merged, MergePeaks(merged, a)) << "seed " << seed;
    EXPECT_EQ(merged.active_days, 0U);
    for (const SeriesPeak& series : merged.series) EXPECT_FALSE(series.current);
  }
}

TEST(MergePeaks, WithNothingIsTheRowWithoutItsDaysAndCurrency) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 3}}, 1, row);
  const PeaksRow merged = MergePeaks(row, PeaksRow());
  EXPECT_TRUE(SamePeaks(merged, row));
  EXPECT_EQ(merged.active_days, 0U);
  EXPECT_FALSE(merged.series[0].current);
  EXPECT_EQ(MergePeaks(PeaksRow(), PeaksRow()), PeaksRow());
}

TEST(PeaksRow, FindsTheSeriesOfEachMetric) {
  PeaksRow row;
  AddReport(std::vector<SeriesValue>{{{2}, {1}, 3}, {{4}, {1}, 3}, {{3}, {2}, 1}}, 1, row);
  ASSERT_EQ(row.metrics.size(), 2U);
  EXPECT_EQ(row.SeriesOf(0).size(), 2U);
  ASSERT_EQ(row.SeriesOf(1).size(), 1U);
  EXPECT_EQ(row.SeriesOf(1)[0].label_set, LabelSetRef{3});
}

}  // namespace
}  // namespace rollcall
