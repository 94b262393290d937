// Writes what a made-up cluster posts, in Prometheus' text format, its lines in random order as
// real senders do. See api/README.md, "Contract". One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/cluster.h"
#include "demo/random.h"

namespace rollcall::demo {

enum class DemoSender {
  kLegacy,      // the one sender of a release before 1.0
  kOperator,    // cluster, nodes, capacity, packages
  kController,  // applications by kind
};

// Reuses its buffers from report to report.
class DemoBody {
 public:
  // Replaces `out` by the report of the cluster as it is now. The same cluster and `order` make the
  // same bytes.
  void Write(const DemoCluster& cluster, DemoSender sender, uint64_t order, std::string& out);

 private:
  void AddInfo(const DemoCluster& cluster, bool legacy);
  void AddNodes(const DemoCluster& cluster);
  void AddCapacity(const DemoCluster& cluster);
  void AddStorage(const DemoCluster& cluster);
  void AddPackages(const DemoCluster& cluster);
  void AddApplications(const DemoCluster& cluster);
  void AddWorkloads(const DemoCluster& cluster);

  // A line is begun, texts and numbers are appended to it, and it is ended with its value.
  DemoBody& Line(std::string_view text);
  DemoBody& Text(std::string_view text);
  DemoBody& Number(uint64_t number);
  void Value(uint64_t value);

  std::string lines_;
  std::vector<std::string_view> order_;
  std::vector<size_t> ends_;  // of each line in lines_
};

}  // namespace rollcall::demo
