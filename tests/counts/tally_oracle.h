// The oracle of periods: tallies, and who came and left, by brute force over the raw reports, with
// none of the program's own counting in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/period.h"
#include "tests/counts/oracle.h"

namespace rollcall::test {

// "v1.0=3/3/5": a value, its sources, those over 0, its sum.
inline std::string RenderValue(const std::string& value, int64_t sources, int64_t nonzero,
                               double sum) {
  char text[96];
  std::snprintf(text, sizeof text, "=%lld/%lld/%.10g", static_cast<long long>(sources),
                static_cast<long long>(nonzero), sum);
  return value + text;
}

// "3 sources, sum 5, peak 4:" and the values behind it.
inline std::string RenderMetric(int64_t sources, double sum, double peak) {
  char text[128];
  std::snprintf(text, sizeof text,
                "%lld sources, sum %.10g, peak %.10g:", static_cast<long long>(sources), sum, peak);
  return text;
}

class TallyOracle {
 public:
  void Add(Oracle::RawReport report) { reports_.push_back(std::move(report)); }

  // The metric as a whole, then each value of the label, in the order of their texts.
  std::string Tally(Period period, const std::string& metric, const std::string& by) const {
    return Render(SourcesOf(period, metric), by);
  }

  // "v1.0=7 v1.1=3": per value of a label of cozy_cluster_info, the nodes of the sources that had
  // it in their latest report: of each the most that one report of the period had.
  std::string NodesBy(Period period, const std::string& by) const {
    const std::map<std::string, OfSource> nodes = SourcesOf(period, "cozy_nodes_count");
    std::map<std::string, double> sums;
    for (const auto& [id, source] : SourcesOf(period, "cozy_cluster_info")) {
      std::set<std::string> values;
      for (const auto& [labels, peak] : source.peaks) {
        const auto label = labels.find(by);
        if (label == labels.end()) continue;
        sums[label->second];
        if (source.current.contains(labels)) values.insert(label->second);
      }
      const auto at = nodes.find(id);
      if (at == nodes.end()) continue;
      for (const std::string& value : values) sums[value] += at->second.report_peak.value_or(0);
    }
    std::string text;
    for (const auto& [value, sum] : sums) text += RenderNodes(value, sum);
    return text;
  }
  static std::string RenderNodes(const std::string& value, double nodes) {
    char text[64];
    std::snprintf(text, sizeof text, "=%.10g ", nodes);
    return value + text;
  }

  // "new 1, returned 0, gone 2".
  std::string Moves(Month last, int months) const {
    const Month first = last.Plus(1 - months);
    return MovesOf(CountedIn(first.FirstDay(), last.LastDay()),
                   CountedIn(first.Plus(-months).FirstDay(), first.Plus(-1).LastDay()),
                   CountedIn(Day{0}, first.Plus(-1).LastDay()));
  }
  // Of 30 days against the 30 before.
  std::string Moves(Period days) const {
    const Day first = days.first_day();
    const std::set<std::string> now = CountedIn(first, days.last_day());
    const std::set<std::string> before = CountedIn(Day{first.number - 30}, Day{first.number - 1});
    const std::set<std::string> ever = CountedIn(Day{0}, Day{first.number - 1});
    return MovesOf(now, before, ever);
  }
  static std::string RenderMoves(int64_t arrived, int64_t returned, int64_t gone) {
    return "new " + std::to_string(arrived) + ", returned " + std::to_string(returned) + ", gone " +
           std::to_string(gone);
  }

 private:
  using Labels = std::map<std::string, std::string>;
  struct OfSource {
    std::optional<Month> month;  // of its latest report
    std::set<Labels> current;
    std::map<Labels, double> peaks;
    std::optional<double> report_peak;
  };
  struct OfValue {
    int64_t sources = 0;
    int64_t nonzero = 0;
    double sum = 0;
  };

  std::map<std::string, OfSource> SourcesOf(Period period, const std::string& metric) const {
    const UnixSeconds end = period.End();
    const UnixSeconds begin = period.first_day().Start();
    std::map<std::string, OfSource> sources;
    std::vector<const Oracle::RawReport*> in_time;
    for (const Oracle::RawReport& report : reports_) {
      if (report.time >= begin && report.time < end) in_time.push_back(&report);
    }
    std::stable_sort(in_time.begin(), in_time.end(),
                     [](const auto* a, const auto* b) { return a->time < b->time; });
    for (const Oracle::RawReport* report : in_time) {
      // What is infinite counts nowhere, but a metric of nothing else has no values any more.
      bool carries = false;
      double sum = 0;
      std::set<Labels> current;
      for (const Oracle::Series& s : report->series) {
        if (s.metric != metric) continue;
        carries = true;
        if (!std::isfinite(s.value)) continue;
        current.insert(s.labels);
        sum += s.value;
      }
      if (!carries) continue;
      OfSource& source = sources[report->id];
      const Month month = Month::Of(report->time);
      if (current.empty()) {
        if (source.month && *source.month == month) source.current.clear();
        continue;
      }
      source.month = month;
      source.current = current;
      source.report_peak = std::max(source.report_peak.value_or(sum), sum);
      for (const Oracle::Series& s : report->series) {
        if (s.metric != metric || !std::isfinite(s.value)) continue;
        const auto [at, is_new] = source.peaks.emplace(s.labels, s.value);
        if (!is_new) at->second = std::max(at->second, s.value);
      }
    }
    return sources;
  }

  static std::string Render(const std::map<std::string, OfSource>& sources, const std::string& by) {
    std::map<std::string, OfValue> values;
    int64_t reported = 0;
    double sum = 0;
    double peak = 0;
    for (const auto& [id, source] : sources) {
      if (source.peaks.empty()) continue;
      ++reported;
      peak += *source.report_peak;
      std::map<std::string, bool> has;  // value → over 0
      for (const auto& [labels, value] : source.peaks) {
        sum += value;
        const auto label = labels.find(by);
        if (label == labels.end()) continue;
        values[label->second].sum += value;
        if (source.current.contains(labels)) has[label->second] |= value > 0;
      }
      for (const auto& [value, nonzero] : has) {
        ++values[value].sources;
        values[value].nonzero += nonzero ? 1 : 0;
      }
    }
    std::string text = RenderMetric(reported, sum, peak);
    for (const auto& [value, of] : values) {
      text += " " + RenderValue(value, of.sources, of.nonzero, of.sum);
    }
    return text;
  }

  static std::string MovesOf(const std::set<std::string>& now, const std::set<std::string>& before,
                             const std::set<std::string>& ever) {
    int arrived = 0;
    int returned = 0;
    int gone = 0;
    for (const std::string& id : now) {
      if (before.contains(id)) continue;
      ++(ever.contains(id) ? returned : arrived);
    }
    for (const std::string& id : before) gone += now.contains(id) ? 0 : 1;
    return RenderMoves(arrived, returned, gone);
  }

  std::set<std::string> CountedIn(Day first, Day last) const {
    std::set<std::string> ids;
    for (const Oracle::RawReport& report : reports_) {
      const Day day = Day::Of(report.time);
      if (day < first || day > last) continue;
      for (const Oracle::Series& s : report.series) {
        if (s.metric == "cozy_cluster_info" && std::isfinite(s.value)) ids.insert(report.id);
      }
    }
    return ids;
  }

  std::vector<Oracle::RawReport> reports_;
};

}  // namespace rollcall::test
