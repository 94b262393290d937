#include "api/backup_json.h"

#include <nlohmann/json.hpp>

#include "api/data_answer.h"
#include "base/civil_time.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string BackupJson(const jobs::Backups::View& view) {
  Json json;
  json["run"] = view.run;
  json["running"] = view.is_running;
  json["directory"] = view.directory;
  json["done_bytes"] = view.done_bytes;
  json["total_bytes"] = view.all_bytes;
  json["backup"] = nullptr;
  if (view.made) {
    json["backup"] = {{"id", view.made->id},
                      {"time", FormatRfc3339(view.made->time)},
                      {"bytes", view.made->bytes},
                      {"files", view.made->files}};
  }
  json["error"] = view.failure.empty() ? Json() : Json(view.failure);
  return DumpJson(json);
}

Result<jobs::Backups::View> ParseBackupJson(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    jobs::Backups::View view;
    json.at("run").get_to(view.run);
    json.at("running").get_to(view.is_running);
    json.at("directory").get_to(view.directory);
    json.at("done_bytes").get_to(view.done_bytes);
    json.at("total_bytes").get_to(view.all_bytes);
    if (const Json& made = json.at("backup"); !made.is_null()) {
      storage::Backup& backup = view.made.emplace();
      made.at("id").get_to(backup.id);
      made.at("bytes").get_to(backup.bytes);
      made.at("files").get_to(backup.files);
    }
    if (const Json& failure = json.at("error"); !failure.is_null()) failure.get_to(view.failure);
    return view;
  } catch (const Json::exception&) {
    return Status::InvalidArgument("the answer does not tell of a backup");
  }
}

}  // namespace rollcall::api
