// The writer of the reports that a cluster posts: Prometheus' text format, with its lines
// in random order as from real senders. See api/README.md, "Contract". One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "demo/random.h"
#include "tests/bench/cluster.h"

namespace rollcall::bench {

enum class Sender {
  kOperator,    // cluster, nodes, capacity, packages
  kController,  // applications by kind
};

// Reuses its buffers from report to report.
class ClusterBody {
 public:
  // Sets `out` to the report of the cluster in its current state. The same cluster, sender and
  // `order` give the same bytes.
  void Write(const Cluster& cluster, Sender sender, uint64_t order, std::string& out);

 private:
  void AddInfo(const Cluster& cluster);
  void AddNodes(const Cluster& cluster);
  void AddCapacity(const Cluster& cluster);
  void AddStorage(const Cluster& cluster);
  void AddPackages(const Cluster& cluster);
  void AddApplications(const Cluster& cluster);

  // Line begins a line, Text and Number append to it, and Value ends it.
  ClusterBody& Line(std::string_view text);
  ClusterBody& Text(std::string_view text);
  ClusterBody& Number(uint64_t number);
  void Value(uint64_t value);

  std::string lines_;
  std::vector<std::string_view> order_;
  std::vector<size_t> ends_;  // where each line ends in lines_
};

}  // namespace rollcall::bench
