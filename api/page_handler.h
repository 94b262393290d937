// The handlers of the page and of its files, and the answer that is a page. Any thread.
#pragma once

#include <string>

#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "web/assets.h"

namespace rollcall::api {

// Sends the file as gzip to clients that accept it, and 304 to those that already have it. Clients
// may keep it for ever, unless it is a page. `asset` must outlive the handler.
http::ApiHandler PageHandler(const web::Asset& asset);

// Sends index.html as it is for the fleet that the request names: as `fleet=NAME`, else as the path
// /NAME/, else none. A name that no fleet has counts as none, which stands for the default fleet.
// `catalog` must outlive the handler.
http::ApiHandler IndexHandler(const fleets::Catalog& catalog);

// Sets the answer to a 200 with `html`, or to a 304 for a client that already has it. It may load
// files of the page and nothing else; clients must revalidate it each time.
void AnswerHtml(const http::ApiRequest& request, std::string html, http::HttpResponse& response);

}  // namespace rollcall::api
