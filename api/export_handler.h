// GET, or POST of a form, of what is stored, in a form that an import takes: streamed, in bounded
// memory.
#pragma once

#include "http/server/api_request.h"
#include "storage/stores.h"

namespace rollcall::api {

// Parameters, as VictoriaMetrics' /api/v1/export has them: match[]=SELECTOR (any number; none: all
// series), start and end (both inclusive, see parse/instant.h); and format=text|jsonl (jsonl),
// fleet=NAME (cozystack). Answers 200 with a stream, whose body has no proper end where the store
// fails on the way; 400 where a parameter is wrong. Order and consistency: query/exporter.h.
//
// `stores` outlive the handler and the streams it makes.
http::ApiHandler ExportHandler(storage::Stores& stores);

}  // namespace rollcall::api
