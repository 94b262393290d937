// What SIGHUP does: the options and the files that they name are read again, and what can change
// while the server runs is changed. Owned by the command; the main thread.
#pragma once

#include <functional>

#include "api/server.h"
#include "cli/options.h"
#include "fleets/catalog.h"

namespace rollcall::cli {

struct Reread {
  Options last;                            // as they were read; a start adapts some to the machine
  std::function<Result<Options>()> again;  // reads them as at the start
};

class Reloader {
 public:
  // Catalog and server must outlive the reloader.
  Reloader(Reread reread, fleets::FleetSet::AssignRef assign, const fleets::Catalog& catalog,
           api::Server& server);

  // Reads all of it again, and says in the log what came of it. What is bad changes nothing.
  void Reload();

 private:
  // Puts what can change now in force, and tells of what cannot.
  void Follow(const Options& fresh);
  void ReloadFleets();

  Options options_;
  const std::function<Result<Options>()> read_again_;
  const fleets::FleetSet::AssignRef assign_;
  const fleets::Catalog& catalog_;
  api::Server& server_;
};

}  // namespace rollcall::cli
