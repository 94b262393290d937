// What an overview of the demo fleet must say, counted by its maker: from what the clusters are
// made of when they report, not from the bytes that they post. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "demo/body.h"
#include "demo/cluster.h"

namespace rollcall::demo {

// As api/README.md, "Contract", says, of one window.
struct DemoTruth {
  uint64_t clusters = 0;
  uint64_t total_nodes = 0;  // a node counts once for each kernel that it had
  uint64_t total_tenants = 0;
  std::map<std::string, uint64_t> apps;  // every kind that was reported, be it as 0
  // Per cluster the most nodes that one report had, summed: a node counts once.
  uint64_t peak_nodes = 0;

  bool operator==(const DemoTruth&) const = default;
};

// Keeps, per source and month in which it reported, the maximum of each series: about 200 bytes
// each, so 1 MB for 300 sources and 14 months, 2.5 GB for a million sources and 12 months.
class DemoTruthKeeper {
 public:
  explicit DemoTruthKeeper(uint32_t sources) : months_(sources) {}

  // `source` reported what `cluster` is made of now. Months of one source come in order.
  void Add(uint32_t source, Month month, const DemoCluster& cluster, DemoSender sender);

  // Of the `months` calendar months that end with `last`, as far as reports have been added.
  DemoTruth Of(Month last, uint32_t months) const;

 private:
  struct MonthPeaks {
    Month month;
    bool cluster_info = false;
    bool applications = false;
    uint32_t nodes_in_a_report = 0;
    std::array<uint32_t, kDemoKinds.size()> apps{};
    std::vector<std::pair<uint32_t, uint32_t>> nodes;  // (kernel, nodes): a series per kernel
  };

  // Raises to the maxima of both.
  static void Merge(const MonthPeaks& from, MonthPeaks& into);
  static void RaiseNodes(uint32_t kernel, uint32_t nodes, MonthPeaks& peaks);

  std::vector<std::vector<MonthPeaks>> months_;  // by source, ascending
};

}  // namespace rollcall::demo
