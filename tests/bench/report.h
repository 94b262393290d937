// The rows of a run as a table for people and as JSON for programs.
#pragma once

#include <string>

#include "base/status.h"
#include "tests/bench/bench.h"

namespace rollcall::bench {

// Where and of what a run was made.
struct RunFacts {
  std::string date;
  std::string commit;
  std::string machine;   // processors, memory, kernel
  std::string disk;      // file system, and how long a sync of 4 KiB takes
  std::string versions;  // of both servers and the load generator
  std::string command;
  int rounds = 0;
  int connections = 0;
};

RunFacts CollectFacts(const Context& context, const std::string& command);

std::string RenderMarkdown(const RunFacts& facts, const Context& context);
std::string RenderJson(const RunFacts& facts, const std::vector<Row>& rows);

// Microseconds of one write of 4 KiB and its fdatasync in a folder: the median of many.
double SyncMicroseconds(const std::string& folder);

}  // namespace rollcall::bench
