#include "hosts/targets.h"

#include <algorithm>
#include <utility>

#include "http/client/client.h"
#include "model/host_sample.h"
#include "parse/request_metrics.h"
#include "parse/uptime_json.h"

namespace rollcall::hosts {

Result<CountersByHost> ReadAnswer(const std::string& body, const std::string& target_name) {
  const size_t first = body.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && body[first] == '{') return ParseUptimeJson(body);
  return ParseRequestMetrics(body, kProxyMetrics, target_name);
}

Source SourceOf(Target target, std::chrono::milliseconds timeout) {
  http::HttpClientOptions http;
  http.connect_timeout = std::min(http.connect_timeout, timeout);
  http.read_timeout = timeout;
  http.total_timeout = timeout;
  http.max_response_bytes = kMaxAnswerBytes;
  http.max_redirects = 0;
  std::string name = target.name;
  return {std::move(name),
          [target = std::move(target), http](std::stop_token stop) -> Result<CountersByHost> {
            const auto answer = http::HttpGet(target.url, http, std::move(stop));
            if (!answer.ok()) return answer.status();
            const std::string step = "GET " + target.url;
            if (answer->status != 200) {
              return Status::Unavailable(step + ": HTTP " + std::to_string(answer->status));
            }
            auto counters = ReadAnswer(answer->body, target.name);
            if (!counters.ok()) return counters.status().WithContext(step);
            if (counters->empty()) return Status::InvalidArgument(step + ": it names no host");
            return counters;
          }};
}

Source OwnSource(const metrics::Registry& registry, const storage::Store& store) {
  return {std::string(kSelfHost), [&](std::stop_token) {
            auto counters =
                ParseRequestMetrics(registry.WriteText(), kOwnMetrics, std::string(kSelfHost));
            if (!counters.ok()) return counters;
            (*counters)[std::string(kSelfHost)].active_backends = store.Writable().ok() ? 1 : 0;
            return counters;
          }};
}

}  // namespace rollcall::hosts
