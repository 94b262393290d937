// A PostgreSQL server of the run's own, from Debian's packages, to measure beside: on a Unix socket
// in the run's folder, as it is shipped but for a larger cache. Run by root it becomes the user
// postgres. Owned by the bench; main thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tests/bench/bench.h"
#include "tests/bench/child.h"

namespace rollcall::bench {

class Postgres {
 public:
  // Makes a cluster and starts it. Unavailable: there is no PostgreSQL, or it does not start.
  static Result<std::unique_ptr<Postgres>> Start(Context& context);
  ~Postgres();

  Child& child() { return *server_; }
  // Runs SQL and gives what it printed, a row a line with tabs.
  Result<std::string> Run(const std::string& sql) const;

  // Rows of COPY's text format into a table.
  class Copy {
   public:
    Copy(const Postgres& postgres, const std::string& table);
    ~Copy();
    Status Write(std::string_view rows);
    Status Finish();

   private:
    FILE* pipe_;
  };

  // Transactions a second of a script of pgbench over so many connections, with statements that are
  // prepared once. `variables`: "name=value".
  Result<double> PerSecond(const std::string& script, const std::vector<std::string>& variables,
                           int connections, int seconds);
  // Asks one of the queries, chosen at random, so many times over one connection; how long each
  // took, in milliseconds. At most 128 queries.
  Result<std::vector<double>> Times(const std::vector<std::string>& queries, size_t asks);

 private:
  explicit Postgres(Context& context) : context_(context) {}
  Status Make();
  std::vector<std::string> Client(const std::string& program) const;

  Context& context_;
  std::string folder_;  // of its data and its socket
  std::unique_ptr<Child> server_;
};

}  // namespace rollcall::bench
