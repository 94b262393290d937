// The handler of GET /api/overview. See api/README.md, "Contract". Any thread.
#pragma once

#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "model/overview.h"

namespace rollcall::api {

// `failure`: the message of the answer where `overviews` fails; the reason goes to the log only.
// `overviews` and the text must outlive the handler.
http::ApiHandler OverviewHandler(const fleets::Catalog& catalog, OverviewSource& overviews,
                                 const char* failure);

}  // namespace rollcall::api
