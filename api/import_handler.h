// POST of history: text lines with timestamps or series as JSON lines, any number of them, plain,
// gzip or zstd.
#pragma once

#include <stop_token>

#include "base/clock.h"
#include "http/server/api_request.h"
#include "ingest/ingester.h"
#include "jobs/retention.h"
#include "storage/stores.h"

namespace rollcall::api {

// Parameters: source_label=NAME (the label that names the source; cluster_id),
// format=auto|text|jsonl (auto: by its first bytes) and strict=1 (the first bad line ends the
// import). Answers 200 with what came in; 400 with the same where the import is strict and a line
// is bad, or where the packed bytes are damaged; 503 where the disk fails or `stop` is requested,
// and then part of it may be stored: the same import again brings the rest.
//
// Works on the calling thread until all is stored. All of the arguments outlive the handler.
http::ApiHandler ImportHandler(storage::Stores& stores, ingest::Ingester& ingester,
                               const Clock& clock, const jobs::RetentionOptions& retention,
                               std::stop_token stop);

}  // namespace rollcall::api
