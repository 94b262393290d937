// The handlers of the private listener about one installation: what is held of it, and its erasure.
// The path ends in the fleet's name and the installation's id. Any thread.
#pragma once

#include <stop_token>

#include "base/clock.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "ingest/ingester.h"
#include "storage/stores.h"

namespace rollcall::api {

struct SourceServices {
  const fleets::Catalog& catalog;
  storage::Stores& stores;
  ingest::Ingester& ingester;
  const Clock& clock;
  std::stop_token stop;  // ends a purge, which goes on after the next start
};

// All that `services` refers to must outlive the handlers. 400: not an id, or no time; 404: there
// is no such fleet, or nothing is held of the installation.
//
// GET: what is held.
http::ApiHandler SourceHandler(const SourceServices& services);
// DELETE: erases all of it, or with `report` its report of that time, and answers once the files
// are purged. 409: the peaks of the month cannot be worked out again.
http::ApiHandler EraseHandler(const SourceServices& services);
// DELETE: erases the records of the machine that the path ends in.
http::ApiHandler EraseMachineHandler(const SourceServices& services);

}  // namespace rollcall::api
