// The handlers of the private listener that begin a backup of the store, and say how it fares. Any
// thread.
#pragma once

#include "http/server/api_request.h"
#include "jobs/backups.h"

namespace rollcall::api {

// POST: begins a backup into `directory`, of which `keep` stay, written at `rate` bytes a second;
// what is not given is as for the backups that the server makes by itself. 202: it has begun; 400:
// a parameter is wrong; 409: another one is under way. `backups` must outlive the handlers.
http::ApiHandler StartBackupHandler(jobs::Backups& backups);
// GET: the latest one, under way or ended.
http::ApiHandler BackupHandler(const jobs::Backups& backups);

}  // namespace rollcall::api
