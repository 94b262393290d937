#include "jobs/app_list.h"

#include <utility>

#include "base/log.h"
#include "parse/app_list_json.h"

namespace rollcall::jobs {

AppList::AppList(std::string url, std::vector<std::string> names,
                 const http::HttpClientOptions& http)
    : url_(std::move(url)),
      http_(http),
      names_(std::make_shared<const std::vector<std::string>>(std::move(names))) {}

http::HttpClientOptions AppList::DefaultHttp() {
  http::HttpClientOptions options;
  options.max_response_bytes = kMaxAppListJsonBytes;
  return options;
}

AppList::Names AppList::Current() const {
  const MutexLock lock(mutex_);
  return names_;
}

Status AppList::Refresh(std::stop_token stop) {
  if (!enabled()) return Status::Ok();
  auto response = http::HttpGet(url_, http_, std::move(stop));
  if (!response.ok()) return response.status().WithContext("refresh the app list");
  if (response->status != 200) {
    return Status::Unavailable("refresh the app list: GET " + url_ + ": status " +
                               std::to_string(response->status) + ", want 200");
  }
  auto parsed = ParseAppListJson(response->body);
  if (!parsed.ok()) return parsed.status().WithContext("refresh the app list: GET " + url_);

  auto names = std::make_shared<const std::vector<std::string>>(std::move(parsed).value());
  const MutexLock lock(mutex_);
  if (*names == *names_) return Status::Ok();
  log::Info("app list: {} names, before {}", names->size(), names_->size());
  names_ = std::move(names);
  return Status::Ok();
}

}  // namespace rollcall::jobs
