// A made-up fleet counted once more, from nothing but the bytes that it posted: JSON by a plain
// walk over its tree, text line by line; then a sum over the largest value of each series.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "demo/fleet.h"
#include "fleets/declaration.h"
#include "tests/fleets/mapping_oracle.h"

namespace rollcall::demo {

// Series as a line of text has it -> value.
using SeriesOfReport = std::map<std::string, double>;

inline std::vector<std::string_view> Lines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const size_t end = body.find('\n');
    EXPECT_NE(end, std::string_view::npos);
    if (end == std::string_view::npos) break;
    lines.push_back(body.substr(0, end));
    body.remove_prefix(end + 1);
  }
  return lines;
}

inline std::string MetricOfSeries(std::string_view series) {
  return std::string(series.substr(0, series.find_first_of("{ ")));
}

// Returns the value of a label; empty if the series does not have it.
inline std::string LabelOfSeries(std::string_view series, const std::string& label) {
  for (const char* const before : {"{", ","}) {
    const std::string begin = before + label + "=\"";
    const size_t at = series.find(begin);
    if (at == std::string_view::npos) continue;
    const size_t value = at + begin.size();
    return std::string(series.substr(value, series.find('"', value) - value));
  }
  return "";
}

inline SeriesOfReport SeriesOf(const fleets::Declaration& declaration, const DemoReport& report) {
  if (declaration.format == fleets::ReportFormat::kJson) {
    const auto body = nlohmann::json::parse(report.body);
    EXPECT_EQ(fleets::MappingOracle::IdOf(declaration.mapping, body), report.source);
    return fleets::MappingOracle::Map(declaration.mapping, body);
  }
  SeriesOfReport series;
  for (const std::string_view line : Lines(report.body)) {
    const size_t blank = line.rfind(' ');
    const bool is_new =
        series.emplace(line.substr(0, blank), std::stod(std::string(line.substr(blank + 1))))
            .second;
    EXPECT_TRUE(is_new) << line;
  }
  return series;
}

// What the counts of some months must be, by what the declaration counts.
struct Recounted {
  int64_t sources = 0;
  std::vector<int64_t> totals;                        // of the figures
  std::vector<std::optional<int64_t>> report_totals;  // of those that take a whole metric
  std::vector<std::vector<double>> sizes;             // of counted sources, ascending
  std::vector<std::map<std::string, int64_t>> breakdowns;

  bool operator==(const Recounted&) const = default;
};

class Recount {
 public:
  explicit Recount(const fleets::Declaration& declaration) : declaration_(declaration) {}

  void Add(const DemoReport& report) {
    ++reports_;
    PerMonth& of_month = sources_[report.source][Month::Of(report.time)];
    std::map<std::string, double> sums;  // by metric
    for (const auto& [series, value] : SeriesOf(declaration_, report)) {
      sums[MetricOfSeries(series)] += value;
      Raise(series, value, of_month.peaks);
    }
    for (const auto& [metric, sum] : sums) Raise(metric, sum, of_month.sums);
  }

  uint64_t reports() const { return reports_; }

  // Of the `months` that end with `last`.
  Recounted Of(Month last, int months) const {
    const Fleet& fleet = declaration_.fleet;
    Recounted counts;
    std::vector<double> totals(fleet.figures.size());
    std::vector<double> report_totals(fleet.figures.size());
    std::vector<std::map<std::string, double>> breakdowns(fleet.breakdowns.size());
    counts.sizes.resize(fleet.figures.size());
    for (const auto& [id, by_month] : sources_) {
      PerMonth window;
      for (int back = 0; back < months; ++back) {
        const auto found = by_month.find(last.Plus(-back));
        if (found == by_month.end()) continue;
        for (const auto& [series, peak] : found->second.peaks) Raise(series, peak, window.peaks);
        for (const auto& [metric, sum] : found->second.sums) Raise(metric, sum, window.sums);
      }
      const bool counts_here = window.sums.contains(fleet.counted_metric);
      counts.sources += counts_here ? 1 : 0;
      for (size_t i = 0; i < fleet.figures.size(); ++i) {
        const Figure& figure = fleet.figures[i];
        const auto sum = window.sums.find(figure.metric);
        if (sum == window.sums.end()) continue;
        std::optional<double> own;
        for (const auto& [series, peak] : window.peaks) {
          if (MetricOfSeries(series) != figure.metric) continue;
          if (LabelOfSeries(series, figure.label) != figure.label_value) continue;
          own = own.value_or(0) + peak;
        }
        totals[i] += own.value_or(0);
        report_totals[i] += sum->second;
        if (figure.label.empty()) own = sum->second;
        if (own && counts_here) counts.sizes[i].push_back(*own);
      }
      for (size_t i = 0; i < fleet.breakdowns.size(); ++i) {
        for (const auto& [series, peak] : window.peaks) {
          if (MetricOfSeries(series) != fleet.breakdowns[i].metric) continue;
          const std::string value = LabelOfSeries(series, fleet.breakdowns[i].label);
          if (!value.empty()) breakdowns[i][value] += peak;
        }
      }
    }
    for (size_t i = 0; i < fleet.figures.size(); ++i) {
      counts.totals.push_back(static_cast<int64_t>(totals[i]));
      const bool is_whole = fleet.figures[i].label.empty();
      counts.report_totals.push_back(
          is_whole ? std::optional(static_cast<int64_t>(report_totals[i])) : std::nullopt);
      std::sort(counts.sizes[i].begin(), counts.sizes[i].end());
    }
    for (const auto& breakdown : breakdowns) {
      auto& made = counts.breakdowns.emplace_back();
      for (const auto& [value, sum] : breakdown) made[value] = static_cast<int64_t>(sum);
    }
    return counts;
  }

 private:
  struct PerMonth {
    std::map<std::string, double> peaks;  // by series
    std::map<std::string, double> sums;   // by metric: the most in one report
  };

  static void Raise(const std::string& name, double value, std::map<std::string, double>& peaks) {
    const auto [at, is_new] = peaks.emplace(name, value);
    if (!is_new) at->second = std::max(at->second, value);
  }

  const fleets::Declaration& declaration_;
  std::map<std::string, std::map<Month, PerMonth>> sources_;
  uint64_t reports_ = 0;
};

}  // namespace rollcall::demo
