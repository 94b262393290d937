// The handlers of views that count records, at the private listener: GET, as JSON or with
// format=csv as a table. 400: a parameter is wrong; 503: the store cannot be read. Any thread.
//
//   /api/v1/records/builds          by build that is a whole number
//   /api/v1/records/stats           by classification and by platform
//   /api/v1/records/machine-checks  of this year, by week, class, build, machine (top=10) and
//   status /api/v1/records/thermal         by week (weeks=5) /api/v1/records/population distinct
//   machine ids by build, and an estimate of machines /api/v1/records/spikes          classes that
//   were rare and are frequent
#pragma once

#include "http/server/api_request.h"
#include "records/record_views.h"

namespace rollcall::api {

// `views` must outlive the handlers.
http::ApiHandler RecordBuildsHandler(records::RecordViews& views);
http::ApiHandler RecordStatsHandler(records::RecordViews& views);
http::ApiHandler MachineChecksHandler(records::RecordViews& views);
http::ApiHandler ThermalHandler(records::RecordViews& views);
http::ApiHandler PopulationHandler(records::RecordViews& views);
http::ApiHandler SpikesHandler(records::RecordViews& views);

}  // namespace rollcall::api
