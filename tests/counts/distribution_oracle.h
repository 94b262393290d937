// The oracle of distributions: how much of a figure each counted source has, by brute force over
// the raw reports, with none of the program's own counting in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/period.h"
#include "tests/counts/oracle.h"

namespace rollcall::test {

// A figure: a metric or, where `label` is not empty, its series with one value of that label.
struct OracleFigure {
  std::string metric;
  std::string label;
  std::string value;
};

class DistributionOracle {
 public:
  void Add(Oracle::RawReport report) { reports_.push_back(std::move(report)); }

  // "5 counted; peak 4, sum 9: 1 1 2 3 5 5 5; 1-1=2 4-5=2; latest …": how many have a number, their
  // sum, the least, the percentiles 25, 50, 75, 90 and 99, the most, and the bins.
  std::string Distribution(Period period, const OracleFigure& figure) const {
    std::vector<const Oracle::RawReport*> in_time;
    for (const Oracle::RawReport& report : reports_) {
      if (report.time >= period.first_day().Start() && report.time < period.End()) {
        in_time.push_back(&report);
      }
    }
    std::stable_sort(in_time.begin(), in_time.end(),
                     [](const auto* a, const auto* b) { return a->time < b->time; });
    std::set<std::string> counted;
    std::map<std::string, std::vector<const Oracle::RawReport*>> of_source;
    for (const Oracle::RawReport* const report : in_time) {
      for (const Oracle::Series& s : report->series) {
        if (s.metric == "cozy_cluster_info" && std::isfinite(s.value)) counted.insert(report->id);
      }
      if (Has(*report, figure.metric)) of_source[report->id].push_back(report);
    }
    std::vector<double> peaks;
    std::vector<double> latest;
    for (const std::string& id : counted) {
      const auto& reports = of_source[id];
      if (reports.empty()) continue;
      if (const auto peak = PeakOf(reports, figure)) peaks.push_back(*peak);
      if (const auto sum = SumOf(*reports.back(), figure)) latest.push_back(*sum);
    }
    return std::to_string(counted.size()) + " counted; peak " + Render(std::move(peaks)) +
           "; latest " + Render(std::move(latest));
  }

 private:
  static bool Has(const Oracle::RawReport& report, const std::string& metric) {
    return std::any_of(report.series.begin(), report.series.end(), [&](const Oracle::Series& s) {
      return s.metric == metric && std::isfinite(s.value);
    });
  }
  static bool IsOf(const Oracle::Series& s, const OracleFigure& figure) {
    if (s.metric != figure.metric || !std::isfinite(s.value)) return false;
    if (figure.label.empty()) return true;
    const auto at = s.labels.find(figure.label);
    return at != s.labels.end() && at->second == figure.value;
  }
  static std::optional<double> SumOf(const Oracle::RawReport& report, const OracleFigure& figure) {
    std::optional<double> sum;
    for (const Oracle::Series& s : report.series) {
      if (IsOf(s, figure)) sum = sum.value_or(0) + s.value;
    }
    return sum;
  }
  // Of a metric the largest sum of one report, of one label value the sum of the largest.
  static std::optional<double> PeakOf(const std::vector<const Oracle::RawReport*>& reports,
                                      const OracleFigure& figure) {
    std::optional<double> peak;
    std::map<std::map<std::string, std::string>, double> series;
    for (const Oracle::RawReport* const report : reports) {
      if (figure.label.empty()) {
        const double sum = SumOf(*report, figure).value();
        peak = std::max(peak.value_or(sum), sum);
        continue;
      }
      for (const Oracle::Series& s : report->series) {
        if (!IsOf(s, figure)) continue;
        const auto [at, is_new] = series.emplace(s.labels, s.value);
        if (!is_new) at->second = std::max(at->second, s.value);
      }
    }
    for (const auto& [labels, value] : series) peak = peak.value_or(0) + value;
    return peak;
  }

  static std::string Text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
  }

  // The least number that at least this share of them do not exceed.
  static double Percentile(const std::vector<double>& sorted, size_t percent) {
    for (const double number : sorted) {
      const auto not_above =
          std::count_if(sorted.begin(), sorted.end(), [&](double one) { return one <= number; });
      if (static_cast<size_t>(not_above) * 100 >= percent * sorted.size()) return number;
    }
    return NAN;
  }

  static std::string Bins(const std::vector<double>& sorted) {
    static const double kEnds[] = {
        0,      0.1,    0.2,     0.5,     1,       2,         3,         5,         10,
        20,     50,     100,     200,     500,     1'000,     2'000,     5'000,     10'000,
        20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000, 2'000'000, 5'000'000, 10'000'000};
    const bool whole = std::all_of(sorted.begin(), sorted.end(),
                                   [](double one) { return one == std::round(one); });
    std::string text;
    for (size_t i = 0; i < std::size(kEnds); ++i) {
      std::vector<double> in_it;
      for (const double one : sorted) {
        if (one <= kEnds[i] && (i == 0 || one > kEnds[i - 1])) in_it.push_back(one);
      }
      if (in_it.empty()) continue;
      double from = in_it.front();
      if (whole) from = i == 0 || kEnds[i] <= 1 ? kEnds[i] : kEnds[i - 1] + 1;
      text += " " + Text(from) + "-" + Text(kEnds[i]) + "=" + std::to_string(in_it.size());
    }
    return text;
  }

  static std::string Render(std::vector<double> numbers) {
    if (numbers.empty()) return "0";
    std::sort(numbers.begin(), numbers.end());
    double sum = 0;
    for (const double number : numbers) sum += number;
    std::string text = std::to_string(numbers.size()) + ", sum " + Text(sum) + ":";
    text += " " + Text(numbers.front());
    for (const size_t percent : {25, 50, 75, 90, 99})
      text += " " + Text(Percentile(numbers, percent));
    return text + " " + Text(numbers.back()) + ";" + Bins(numbers);
  }

  std::vector<Oracle::RawReport> reports_;
};

}  // namespace rollcall::test
