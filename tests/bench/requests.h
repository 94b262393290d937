// Reports as real senders post them: bodies of the demo fleet, each source with both of its
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

// The latest reports of made-up clusters: operator, controller, operator, … At least `sources` of
// them that have both streams are needed for as many; the fleet is made larger until it has them.
Result<std::vector<StreamReport>> DemoReports(size_t sources);

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
};

// The head and body with which a report goes to a product.
std::string RequestOf(Product product, const std::string& source, const std::string& body,
                      bool close);

// Writes the requests in the form that load.cc reads.
Status WriteRequests(const std::vector<StreamReport>& reports, const RequestsOptions& options,
                     const std::string& path);

// The line with the id as its first label, as VictoriaMetrics wants it.
std::string WithSourceLabel(const std::string& line, const std::string& source);

}  // namespace rollcall::bench
