// Reports as real senders post them: bodies of made-up clusters, each source with both of its
// streams, as HTTP requests in a file that the load generator reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "tests/bench/server.h"

namespace rollcall::bench {

// What one stream of one source says.
struct StreamReport {
  std::string source;
  std::vector<std::string> lines;  // without line ends

  std::string Body() const;
};

// The latest reports of so many made-up clusters that have both streams: operator, controller,
// operator, …
std::vector<StreamReport> ClusterReports(size_t sources);

enum class Changing {
  kNothing,
  kOneLine,    // a count of nodes or tenants
  kAllCounts,  // every value but those that are always 1
};

struct RequestsOptions {
  Product product;
  Changing changing = Changing::kNothing;
  bool close = false;   // each request ends its connection
  unsigned orders = 4;  // of the lines of each report
  // Of rollcall: where reports of the fleet go, and the header that has the id.
  std::string path = "/";
  std::string id_header = "X-Cluster-ID";
};

// Writes the requests in the form that load.cc reads.
Status WriteRequests(const std::vector<StreamReport>& reports, const RequestsOptions& options,
                     const std::string& path);

// The line with the id as its first label, as VictoriaMetrics wants it.
std::string WithSourceLabel(const std::string& line, const std::string& source);

}  // namespace rollcall::bench
