// The names that stand in every overview's `apps`, at 0 where nothing reported them. See
// api/README.md, "Contract": a built-in list, refreshed from a URL in the background.
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
  // Answers GET with the contents of a folder as JSON. Empty: never refreshed, the built-in list
  // stays.
  std::string url = "https://api.github.com/repos/cozystack/cozystack/contents/packages/apps";
  std::chrono::milliseconds interval = std::chrono::hours(1);  // between two fetches
};

// Thread-safe. Readers get an immutable snapshot and never wait for a refresh.
class AppList {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;  // sorted, each once, never empty

  // `url`: see AppListOptions.
  explicit AppList(std::string url, const http::HttpClientOptions& http = DefaultHttp());

  static const std::vector<std::string>& BuiltIn();
  // Bounds that fit an answer of at most 1 MiB.
  static http::HttpClientOptions DefaultHttp();

  bool enabled() const { return !url_.empty(); }

  // The last good list.
  Names Current() const;

  // The work of the background job: one GET, and the new list in place of the old one. On any
  // failure the list stays as it is. Ok at once where there is no URL.
  Status Refresh(std::stop_token stop);

 private:
  const std::string url_;
  const http::HttpClientOptions http_;
  mutable Mutex mutex_;
  Names names_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::jobs
