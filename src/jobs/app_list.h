// The known names of the breakdown that has a list on the web (Breakdown::has_name_list): every
// overview lists them, at 0 if nothing reported them. Those of the declaration, refreshed from a
// URL in the background. Owned by the server.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "http/client/client.h"

namespace rollcall::jobs {

struct AppListOptions {
  // Stands for the URL that the declaration names.
  static constexpr const char* kDeclared = "declared";

  // Answers GET with the contents of a folder as JSON. Empty: never refreshed; the names of the
  // declaration stay.
  std::string url = kDeclared;
  std::chrono::milliseconds interval = std::chrono::hours(1);  // between two refreshes
};

// Thread-safe. Readers get an immutable snapshot and never wait for a refresh.
class AppList {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;  // each once

  // `url`: see AppListOptions. `names`: the first list.
  AppList(std::string url, std::vector<std::string> names,
          const http::HttpClientOptions& http = DefaultHttp());

  // Returns bounds on the request that suit an answer of at most 1 MiB.
  static http::HttpClientOptions DefaultHttp();

  // Returns whether there is a URL to refresh from.
  bool enabled() const { return !url_.empty(); }

  // Returns the last good list.
  Names Current() const;

  // The work of the background job: one GET, then the new list replaces the old one. On failure the
  // list stays as it is. Returns Ok at once if there is no URL.
  Status Refresh(std::stop_token stop);

 private:
  const std::string url_;
  const http::HttpClientOptions http_;
  mutable Mutex mutex_;
  Names names_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::jobs
