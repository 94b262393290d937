// The oracle: what the contract's overview says, by brute force over the raw reports, with none of
// the program's own counting in it.
#pragma once

#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/civil_time.h"

namespace rollcall::test {

class Oracle {
 public:
  struct Series {
    std::string metric;
    std::map<std::string, std::string> labels;
    double value;
  };
  struct RawReport {
    UnixSeconds time;
    std::string id;
    std::vector<Series> series;
  };

  void Add(RawReport report) { reports_.push_back(std::move(report)); }
  void Forget(const std::string& id) {
    std::erase_if(reports_, [&](const RawReport& report) { return report.id == id; });
  }

  // "clusters=… total_nodes=…/… (…) …" of some days, both inclusive.
  std::string Figures(Day first, Day last) const {
    return Text(Count(first.Start(), Day{last.number + 1}.Start()));
  }

  // Rendered as Harness::Overview does; falls back to the latest earlier month with data.
  std::string Overview(Month month) const {
    for (int back = 0; back < 40; ++back) {
      const Month m = month.Plus(-back);
      const Counts of_month = Count(m, 1);
      if (of_month.clusters == 0 && std::trunc(of_month.nodes) == 0 &&
          std::trunc(of_month.tenants) == 0) {
        continue;
      }
      std::string text = m.ToString() + ": month " + Text(of_month);
      text += " | quarter " + Text(Count(m, 3)) + " | year " + Text(Count(m, 12)) + " | apps";
      for (const auto& [kind, total] : of_month.apps) {
        text += " " + kind + "=" + std::to_string(static_cast<long long>(total));
      }
      return text;
    }
    return "none";
  }

 private:
  struct Counts {
    long long clusters = 0;
    double nodes = 0;
    double honest_nodes = 0;
    double tenants = 0;
    std::map<std::string, double> apps;
  };

  Counts Count(Month last, int months) const {
    return Count(last.Plus(1 - months).Start(), last.Plus(1).Start());
  }

  Counts Count(UnixSeconds begin, UnixSeconds end) const {
    std::set<std::string> clusters;
    std::map<std::pair<std::string, std::map<std::string, std::string>>, double> nodes;
    std::map<std::pair<std::string, std::map<std::string, std::string>>, double> apps;
    std::map<std::string, double> node_sums;
    const auto raise = [](auto& maxima, const auto& key, double value) {
      const auto [at, is_new] = maxima.emplace(key, value);
      if (!is_new) at->second = std::max(at->second, value);
    };
    for (const RawReport& report : reports_) {
      if (report.time < begin || report.time >= end) continue;
      double node_sum = 0;
      bool has_nodes = false;
      for (const Series& s : report.series) {
        if (!std::isfinite(s.value)) continue;
        if (s.metric == "cozy_cluster_info") clusters.insert(report.id);
        if (s.metric == "cozy_nodes_count") {
          raise(nodes, std::pair(report.id, s.labels), s.value);
          node_sum += s.value;
          has_nodes = true;
        }
        if (s.metric == "cozy_application_count") {
          raise(apps, std::pair(report.id, s.labels), s.value);
        }
      }
      if (has_nodes) raise(node_sums, report.id, node_sum);
    }
    Counts counts;
    counts.clusters = static_cast<long long>(clusters.size());
    for (const auto& [key, value] : nodes) counts.nodes += value;
    for (const auto& [key, value] : node_sums) counts.honest_nodes += value;
    for (const auto& [key, value] : apps) {
      const auto kind = key.second.find("kind");
      if (kind == key.second.end()) continue;
      counts.apps[kind->second] += value;
      if (kind->second == "Tenant") counts.tenants += value;
    }
    return counts;
  }

  static std::string Average(double value, long long count) {
    const double average =
        count == 0 ? 0 : std::round(std::trunc(value) / static_cast<double>(count) * 10) / 10;
    char text[64];
    std::snprintf(text, sizeof text, " (%.1f)", average);
    return text;
  }

  static std::string Text(const Counts& c) {
    return "clusters=" + std::to_string(c.clusters) +
           " total_nodes=" + std::to_string(static_cast<long long>(c.nodes)) + "/" +
           std::to_string(static_cast<long long>(c.honest_nodes)) + Average(c.nodes, c.clusters) +
           " total_tenants=" + std::to_string(static_cast<long long>(c.tenants)) +
           Average(c.tenants, c.clusters);
  }

  std::vector<RawReport> reports_;
};

}  // namespace rollcall::test
