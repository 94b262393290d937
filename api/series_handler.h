// The handlers of what there is to ask for, as Prometheus' API has them: series, names and values
// of labels, and what is said of metrics. Any thread.
#pragma once

#include "api/promql_service.h"
#include "fleets/catalog.h"
#include "http/server/api_request.h"

namespace rollcall::api {

// Parameters: match[] (repeatable; of series required), start, end, limit. `service` must outlive
// the handlers.
http::ApiHandler SeriesHandler(PromqlService& service);
http::ApiHandler LabelNamesHandler(PromqlService& service);
// Of the path …/label/NAME/values; another ending is not found.
http::ApiHandler LabelValuesHandler(PromqlService& service);
// Parameters: metric, limit. The help of a metric is what its fleet's declaration says of it;
// `catalog` must outlive the handler too.
http::ApiHandler MetadataHandler(PromqlService& service, const fleets::Catalog& catalog);

}  // namespace rollcall::api
