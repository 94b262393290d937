// The routes of views of records, all at the private listener; the handlers' headers say what each
// is.
#pragma once

#include "http/server/route_table.h"
#include "records/record_views.h"

namespace rollcall::api {

// Adds them to `table`. `views` must outlive it.
void AddRecordViewRoutes(records::RecordViews& views, http::RouteTable& table);

}  // namespace rollcall::api
