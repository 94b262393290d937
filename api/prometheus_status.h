// The parts of Prometheus' API that are not queries, as clients ask for them when they start:
// status/buildinfo, rules, alerts, query_exemplars. Any thread.
#pragma once

#include <string>

#include "http/server/api_request.h"

namespace rollcall::api {

// Names a version of Prometheus, by which clients know what they may ask for, and `version`, ours.
http::ApiHandler BuildInfoHandler(const std::string& version);
// rollcall evaluates no rules and stores no exemplars; so there are none.
http::ApiHandler RulesHandler();
http::ApiHandler AlertsHandler();
http::ApiHandler ExemplarsHandler();

}  // namespace rollcall::api
