// POST /api/v1/records/prune, at the private listener: deletes the records that are past their time
// now, as the daily job does. Any thread.
#pragma once

#include <stop_token>

#include "http/server/api_request.h"
#include "parse/record_retention_json.h"
#include "storage/stores.h"

namespace rollcall::api {

// 200: lines that say how many by which rule; with `dry_run=1` nothing is deleted; 503: there is no
// time to delete by, or the store fails. Ends early with `stop`. `stores` must outlive the handler.
http::ApiHandler RecordPruneHandler(storage::Stores& stores, RecordRetention retention,
                                    std::stop_token stop);

}  // namespace rollcall::api
