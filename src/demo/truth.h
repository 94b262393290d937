// The truth about the demo fleet: what its overview must say, counted by its maker from the state
// of the clusters when they report, not from the bytes that they post. Owned by the demo fleet;
// one thread.
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

// The numbers of one window, as defined by api/README.md, "Contract".
struct DemoTruth {
  uint64_t clusters = 0;
  uint64_t total_nodes = 0;  // a node counts once for every kernel that it had
  uint64_t total_tenants = 0;
  std::map<std::string, uint64_t> apps;  // every kind that was reported, even as 0
  // The sum over clusters of the most nodes in one report: a node counts once.
  uint64_t peak_nodes = 0;

  bool operator==(const DemoTruth&) const = default;
};

// How large the clusters of a window are: of each that counts, how many nodes it had in one report
// at the most, and how many tenants. Ascending; clusters that never said so are left out.
struct DemoSizes {
  std::vector<uint32_t> nodes;
  std::vector<uint32_t> tenants;

  bool operator==(const DemoSizes&) const = default;
};

// Keeps the maximum of each series per source and month in which it reported. That takes about 200
// bytes each: 1 MB for 300 sources and 14 months, 2.5 GB for a million sources and 12 months.
class DemoTruthKeeper {
 public:
  explicit DemoTruthKeeper(uint32_t sources) : months_(sources) {}

  // Adds a report of `source`, with the current state of `cluster`. Requires that the months of a
  // source come in order.
  void Add(uint32_t source, Month month, const DemoCluster& cluster, DemoSender sender);

  // Returns the truth for the `months` calendar months that end with `last`, from the reports added
  // so far.
  DemoTruth Of(Month last, uint32_t months) const;
  DemoSizes SizesOf(Month last, uint32_t months) const;

 private:
  struct MonthPeaks {
    Month month;
    bool cluster_info = false;
    bool applications = false;
    uint32_t nodes_in_a_report = 0;
    std::array<uint32_t, kDemoKinds.size()> apps{};
    std::vector<std::pair<uint32_t, uint32_t>> nodes;  // (kernel, nodes): one series per kernel
  };

  // Returns the maxima of a source over a window's months.
  static MonthPeaks PeaksOf(const std::vector<MonthPeaks>& source, Month last, uint32_t months);
  // Raises `into` to the maxima of both.
  static void Merge(const MonthPeaks& from, MonthPeaks& into);
  static void RaiseNodes(uint32_t kernel, uint32_t nodes, MonthPeaks& peaks);

  std::vector<std::vector<MonthPeaks>> months_;  // by source, ascending
};

}  // namespace rollcall::demo
