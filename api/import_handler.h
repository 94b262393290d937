// The handler of the import of history (POST): text lines with timestamps or series as JSON lines,
// any number of them, plain, gzip or zstd. Any thread.
#pragma once

#include <stop_token>

#include "base/clock.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "ingest/ingester.h"
#include "jobs/retention.h"
#include "storage/stores.h"

namespace rollcall::api {

// Parameters: source_label=NAME (the label that holds the source's id; default that of the fleet),
// fleet=NAME, format=auto|text|jsonl (default auto: decided by the first bytes) and strict=1 (the
// first bad line ends the import). Answers 200 with the import's tally; 422 with it where no line
// was good; 400 with it where the import is strict and a line is bad, or the compressed bytes are
// damaged; 400 also where a parameter is wrong; 503 where the disk fails or `stop` is requested.
// After a 503 a part may be stored; sending the same import again adds the rest.
//
// Blocks its thread until everything is stored. `stores`, `ingester` and `clock` must outlive
// the handler.
http::ApiHandler ImportHandler(const fleets::Catalog& catalog, storage::Stores& stores,
                               ingest::Ingester& ingester, const Clock& clock,
                               const jobs::RetentionOptions& retention, std::stop_token stop);

}  // namespace rollcall::api
