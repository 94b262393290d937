// The handler of the undeclared fields that came: GET /api/v1/undeclared, for the private listener.
// Any thread.
#pragma once

#include "fleets/catalog.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Answers with the fields of each fleet, or of the one that the parameter `fleet` names, since the
// process began; see api/README.md. `catalog` must outlive the handler.
http::ApiHandler UndeclaredHandler(const fleets::Catalog& catalog);

}  // namespace rollcall::api
