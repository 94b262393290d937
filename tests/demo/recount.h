// The demo fleet's windows counted once more, from nothing but the bytes that it posted.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/fleet.h"

namespace rollcall::demo {

inline std::vector<std::string_view> Lines(std::string_view body) {
  std::vector<std::string_view> lines;
  while (!body.empty()) {
    const size_t end = body.find('\n');
    EXPECT_NE(end, std::string_view::npos);
    lines.push_back(body.substr(0, end));
    body.remove_prefix(end + 1);
  }
  return lines;
}

inline std::string_view MetricOfLine(std::string_view line) {
  return line.substr(0, line.find_first_of("{ "));
}

// Remembers the maximum of each series.
class Recount {
 public:
  void Add(const DemoReport& report) {
    Source& source = sources_[report.source];
    const Month month = Month::Of(report.time);
    uint64_t nodes = 0;
    for (const std::string_view line : Lines(report.body)) {
      const size_t blank = line.rfind(' ');
      const std::string series(line.substr(0, blank));
      const uint64_t value = std::stoull(std::string(line.substr(blank + 1)));
      const std::string_view metric = MetricOfLine(line);
      if (metric == "cozy_nodes_count") nodes += value;
      if (metric != "cozy_nodes_count" && metric != "cozy_application_count" &&
          metric != "cozy_cluster_info") {
        continue;
      }
      uint64_t& peak = source.series[month][series];
      peak = std::max(peak, value);
    }
    uint64_t& peak = source.nodes[month];
    peak = std::max(peak, nodes);
  }

  // Of the clusters that count in a window.
  DemoSizes SizesOf(Month last, int months) const {
    DemoSizes sizes;
    for (const auto& [id, source] : sources_) {
      bool there = false;
      std::optional<uint64_t> nodes;
      std::optional<uint64_t> tenants;
      for (int back = 0; back < months; ++back) {
        const Month month = last.Plus(-back);
        const auto found = source.series.find(month);
        if (found == source.series.end()) continue;
        for (const auto& [series, value] : found->second) {
          const std::string_view metric = MetricOfLine(series);
          if (metric == "cozy_cluster_info") there = true;
          if (metric == "cozy_nodes_count") {
            nodes = std::max(nodes.value_or(0), source.nodes.at(month));
          }
          if (series.find("kind=\"Tenant\"") != std::string::npos) {
            tenants = std::max(tenants.value_or(0), value);
          }
        }
      }
      if (there && nodes) sizes.nodes.push_back(static_cast<uint32_t>(*nodes));
      if (there && tenants) sizes.tenants.push_back(static_cast<uint32_t>(*tenants));
    }
    std::sort(sizes.nodes.begin(), sizes.nodes.end());
    std::sort(sizes.tenants.begin(), sizes.tenants.end());
    return sizes;
  }

  DemoTruth Of(Month last, int months) const {
    DemoTruth truth;
    for (const auto& [id, source] : sources_) {
      std::map<std::string, uint64_t> peaks;
      uint64_t nodes = 0;
      for (int back = 0; back < months; ++back) {
        const Month month = last.Plus(-back);
        if (const auto found = source.series.find(month); found != source.series.end()) {
          for (const auto& [series, value] : found->second) {
            peaks[series] = std::max(peaks[series], value);
          }
        }
        if (const auto found = source.nodes.find(month); found != source.nodes.end()) {
          nodes = std::max(nodes, found->second);
        }
      }
      truth.peak_nodes += nodes;
      bool there = false;
      for (const auto& [series, value] : peaks) {
        const std::string_view metric = MetricOfLine(series);
        if (metric == "cozy_cluster_info") there = true;
        if (metric == "cozy_nodes_count") truth.total_nodes += value;
        if (metric != "cozy_application_count") continue;
        const size_t begin = series.find("kind=\"") + 6;
        const std::string kind = series.substr(begin, series.find('"', begin) - begin);
        truth.apps[kind] += value;
        if (kind == "Tenant") truth.total_tenants += value;
      }
      truth.clusters += there ? 1 : 0;
    }
    return truth;
  }

 private:
  struct Source {
    std::map<Month, std::map<std::string, uint64_t>> series;
    std::map<Month, uint64_t> nodes;
  };
  std::map<std::string, Source> sources_;
};

}  // namespace rollcall::demo
