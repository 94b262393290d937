// The handler of one file of the page. Any thread.
#pragma once

#include "http/server/api_request.h"
#include "web/assets.h"

namespace rollcall::api {

// Sends the file as gzip to clients that accept it, and 304 to those that already have it. Clients
// may keep files that never change for ever; index.html they must revalidate each time. `asset`
// must outlive the handler.
http::ApiHandler PageHandler(const web::Asset& asset);

}  // namespace rollcall::api
