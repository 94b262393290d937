// The handlers of crashes, at the private listener. 400: a parameter is wrong; 503: the store
// cannot be read, or written. Any thread.
//
//   GET  /api/v1/records/crashes         top=10, hidden=yes: the guilty frames of the last week
//   GET  /api/v1/records/backtraces      function=F&module=M, build=N: the stacks of one of them
//   GET  /api/v1/records/filter          the frames that are never guilty
//   POST /api/v1/records/filter          a form, function=F&module=M for each: puts that list in
//   its
//                                        place; with preview=yes says what it would change instead
//   POST /api/v1/records/note            function=F&module=M&comment=C&hidden=yes: notes that
#pragma once

#include <cstddef>

#include "http/server/api_request.h"
#include "records/record_views.h"

namespace rollcall::api {

// Of a posted form, inclusive.
inline constexpr size_t kMaxFilterFormBytes = 4 * 1024 * 1024;

// `views` must outlive the handlers.
http::ApiHandler CrashesHandler(records::RecordViews& views);
http::ApiHandler BacktracesHandler(records::RecordViews& views);
http::ApiHandler CrashFilterHandler(records::RecordViews& views);
http::ApiHandler SetCrashFilterHandler(records::RecordViews& views);
http::ApiHandler CrashNoteHandler(records::RecordViews& views);

}  // namespace rollcall::api
