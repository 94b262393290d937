// The writer of the reports that a made-up cluster posts: Prometheus' text format, with its lines
// in random order as from real senders. See api/README.md, "Contract". One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/cluster.h"
#include "demo/random.h"

namespace rollcall::demo {

enum class DemoSender {
  kLegacy,      // the only sender of a release before 1.0
  kOperator,    // cluster, nodes, capacity, packages
  kController,  // applications by kind
};

// Owned by the demo fleet. Reuses its buffers from report to report.
class DemoBody {
 public:
  // Sets `out` to the report of the cluster in its current state. The same cluster, sender and
  // `order` give the same bytes.
  void Write(const DemoCluster& cluster, DemoSender sender, uint64_t order, std::string& out);

 private:
  void AddInfo(const DemoCluster& cluster, bool legacy);
  void AddNodes(const DemoCluster& cluster);
  void AddCapacity(const DemoCluster& cluster);
  void AddStorage(const DemoCluster& cluster);
  void AddPackages(const DemoCluster& cluster);
  void AddApplications(const DemoCluster& cluster);
  void AddWorkloads(const DemoCluster& cluster);

  // Line begins a line, Text and Number append to it, and Value ends it.
  DemoBody& Line(std::string_view text);
  DemoBody& Text(std::string_view text);
  DemoBody& Number(uint64_t number);
  void Value(uint64_t value);

  std::string lines_;
  std::vector<std::string_view> order_;
  std::vector<size_t> ends_;  // where each line ends in lines_
};

}  // namespace rollcall::demo
