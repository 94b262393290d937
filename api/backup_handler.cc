#include "api/backup_handler.h"

#include <charconv>
#include <string>

#include "api/backup_json.h"
#include "api/overview_json.h"

namespace rollcall::api {
namespace {

void AnswerBackup(int status, std::string json, http::HttpResponse& response) {
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = std::move(json);
}

// Leaves the number as it is where the parameter is not given; false where it is not a number.
template <typename Number>
bool Read(const http::ApiRequest& request, const char* name, Number& number) {
  const std::optional<std::string> text = request.Param(name);
  if (!text) return true;
  const char* const last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  return error == std::errc() && end == last;
}

}  // namespace

http::ApiHandler StartBackupHandler(jobs::Backups& backups) {
  return [&backups](const http::ApiRequest& request, http::HttpResponse& response) {
    storage::BackupOptions options = backups.schedule().backup;
    options.directory = request.Param("directory").value_or(options.directory);
    if (!options.directory.starts_with('/')) {
      return AnswerBackup(
          400, ErrorJson("directory: the path of a directory of this machine is missing"),
          response);
    }
    if (!Read(request, "keep", options.keep) || !Read(request, "rate", options.bytes_per_second)) {
      return AnswerBackup(400, ErrorJson("keep and rate are whole numbers"), response);
    }
    const Result<uint64_t> run = backups.Start(options);
    if (!run.ok()) return AnswerBackup(409, ErrorJson(run.status().message()), response);
    AnswerBackup(202, BackupJson(backups.view()), response);
  };
}

http::ApiHandler BackupHandler(const jobs::Backups& backups) {
  return [&backups](const http::ApiRequest&, http::HttpResponse& response) {
    AnswerBackup(200, BackupJson(backups.view()), response);
  };
}

}  // namespace rollcall::api
