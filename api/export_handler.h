// The handler of the export (GET, or POST of a form): streams the stored reports in a format that
// an import reads, in bounded memory. Any thread.
#pragma once

#include "fleets/catalog.h"
#include "http/server/api_request.h"
#include "storage/stores.h"

namespace rollcall::api {

// Parameters as in VictoriaMetrics' /api/v1/export: match[]=SELECTOR (repeatable; none: all
// series), start and end (both inclusive, see parse/instant.h); besides these, format=text|jsonl
// (default jsonl) and fleet=NAME (default cozystack). Answers 200 with a stream, whose body is cut
// off without its proper end where the store fails meanwhile; 400 where a parameter is wrong. For
// order and consistency see query/exporter.h.
//
// `stores` must outlive the handler and the streams that it makes.
http::ApiHandler ExportHandler(const fleets::Catalog& catalog, storage::Stores& stores);

}  // namespace rollcall::api
