#include "query/prometheus_api.h"

#include "query/instant_query.h"

namespace rollcall::query {

PrometheusApi::PrometheusApi(std::string base, Fetch fetch, metrics::Registry& registry)
    : base_(std::move(base)),
      fetch_(std::move(fetch)),
      queries_(registry.GetCounter("rollcall_vmselect_queries_total",
                                   "Queries that VictoriaMetrics was asked")),
      failures_(registry.GetCounter("rollcall_vmselect_query_failures_total",
                                    "Of these, those without a whole and right answer")),
      seconds_(registry.GetHistogram("rollcall_vmselect_query_duration_seconds",
                                     "Time of such a query, failed ones too",
                                     metrics::Histogram::LatencyBuckets())) {}

Result<std::vector<InstantSample>> PrometheusApi::Ask(const std::string& query,
                                                      const std::string& label, UnixSeconds at,
                                                      std::chrono::milliseconds timeout) {
  const auto begin = std::chrono::steady_clock::now();
  auto samples = FetchAndParse(InstantQueryUrl(base_, query, at), label, timeout);
  queries_.Add();
  if (!samples.ok()) failures_.Add();
  seconds_.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  if (!samples.ok()) {
    return Status::Unavailable(query + " at " + FormatRfc3339(at) + ": " +
                               samples.status().message());
  }
  return samples;
}

Result<std::vector<InstantSample>> PrometheusApi::FetchAndParse(
    const std::string& url, const std::string& label, std::chrono::milliseconds timeout) const {
  if (timeout.count() <= 0) return Status::Unavailable("no time is left for it");
  const auto page = fetch_(url, timeout);
  if (!page.ok()) return page.status();
  auto samples = ParseInstantVectorJson(page->body, label);
  if (page->status == 200) return samples;
  // What went wrong stands in the body, where it comes from the API itself.
  return Status::Unavailable("status " + std::to_string(page->status) + ", want 200" +
                             (samples.ok() ? "" : ": " + samples.status().message()));
}

}  // namespace rollcall::query
