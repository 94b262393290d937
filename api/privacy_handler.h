// The handler of GET /privacy: what is collected of a fleet's installations. Any thread.
#pragma once

#include <functional>

#include "api/privacy_page.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Sends the page of the fleet that `fleet=NAME` names, else of the default one; 404, and which
// there are, for a name that no fleet has. `kept` says what this server does with a fleet's
// reports; thread-safe. `catalog` must outlive the handler.
http::ApiHandler PrivacyHandler(const fleets::Catalog& catalog,
                                std::function<KeptReports(const fleets::DeclaredFleet&)> kept);

}  // namespace rollcall::api
