// The handlers of declared views, at the private listener: GET. Any thread.
//
//   /api/v1/records/views           {"views":[{"name":…,"title":…,"about":…,…}],"faults":["…"]}
//   /api/v1/records/view?name=N     the table of one of them; format=csv
#pragma once

#include "http/server/api_request.h"
#include "records/record_views.h"

namespace rollcall::api {

// `views` must outlive the handlers.
http::ApiHandler DeclaredViewsHandler(records::RecordViews& views);
// 404: there is no such view; 503: the store cannot be read.
http::ApiHandler DeclaredViewHandler(records::RecordViews& views);

}  // namespace rollcall::api
