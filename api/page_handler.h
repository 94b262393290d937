// Serves one file of the page. Any thread.
#pragma once

#include "http/server/api_request.h"
#include "web/assets.h"

namespace rollcall::api {

// As gzip to those who take it. index.html is to be asked for each time, and is 304 with its tag;
// the others may be kept for ever. `asset` outlives the handler.
http::ApiHandler PageHandler(const web::Asset& asset);

}  // namespace rollcall::api
