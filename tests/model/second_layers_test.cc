#include "model/second_layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace rollcall {
namespace {

using Report = std::vector<SeriesValue>;

UnixSeconds Second(int64_t second) { return UnixSeconds(std::chrono::seconds(second)); }

// With two label sets of each metric.
Report ReportOf(const std::set<uint32_t>& metrics) {
  Report report;
  for (const uint32_t metric : metrics) {
    report.push_back({{10 * metric}, {metric}, 1});
    report.push_back({{10 * metric + 1}, {metric}, 2});
  }
  return report;
}

std::string LayersOf(const std::vector<std::set<uint32_t>>& reports) {
  SecondLayers layers;
  std::string text;
  for (const auto& metrics : reports)
    text += std::to_string(layers.Add(Second(7), ReportOf(metrics)));
  return text;
}

TEST(SecondLayers, StreamsThatShareNothingAreInOneLayerAndReportsOfOneStreamAreNot) {
  EXPECT_EQ(LayersOf({{1, 2}, {3}, {4}}), "000");
  EXPECT_EQ(LayersOf({{1, 2}, {3}, {1, 2}, {1, 2}, {3}}), "00121");
}

TEST(SecondLayers, AReportIsAboveEachThatItSharesAMetricWith) {
  EXPECT_EQ(LayersOf({{1}, {1}, {2}, {2, 3}, {1, 3}, {2}}), "010122");
}

TEST(SecondLayers, ASecondBeginsAnew) {
  SecondLayers layers;
  EXPECT_EQ(layers.Add(Second(7), ReportOf({1})), 0u);
  EXPECT_EQ(layers.Add(Second(7), ReportOf({1})), 1u);
  EXPECT_EQ(layers.Add(Second(8), ReportOf({1})), 0u);
}

TEST(SecondLayers, OfRandomReportsAreWhatComparingEachWithAllBeforeItGives) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    SecondLayers layers;
    std::vector<std::pair<Report, size_t>> before;
    for (int i = 0; i < 30; ++i) {
      std::set<uint32_t> metrics;
      const auto count = 1 + random() % 4;
      while (metrics.size() < count) metrics.insert(static_cast<uint32_t>(1 + random() % 12));
      const Report report = ReportOf(metrics);
      size_t expected = 0;
      for (const auto& [other, layer] : before) {
        if (ShareMetric(other, report)) expected = std::max(expected, layer + 1);
      }
      ASSERT_EQ(layers.Add(Second(round), report), expected);
      before.emplace_back(report, expected);
    }
  }
}

}  // namespace
}  // namespace rollcall
