#include "tests/bench/coroot_body.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

namespace rollcall::bench {
namespace {

using Json = nlohmann::json;

std::string Base64(size_t bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  uint64_t state = 1;
  while (text.size() < bytes) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += kDigits[state >> 58];
  }
  return text;
}

// As src/fleets/coroot.json maps it. `queries` and `profile_bytes` make it large.
std::string CorootBody(const std::string& uuid, int queries, size_t profile_bytes) {
  Json body = Json::parse(R"({
    "instance": {"uuid": "4423595b-9d97-4e01-a19f-8e3d60c83b2a", "version": "1.9.2", "edition": "Community",
                 "database_type": "postgres", "installation_type": "kubernetes-operator"},
    "integration": {"prometheus": true, "prometheus_refresh_interval": 30, "node_agent": true,
                    "node_agent_versions": ["1.23.4", "1.24.0"], "kube_state_metrics": null,
                    "alerting_integrations": ["slack", "pagerduty"], "clickhouse": true, "tracing": true},
    "stack": {"clouds": ["aws", "hetzner"], "services": ["postgres", "redis", "kafka", "nginx"],
              "instrumented_services": ["postgres", "redis"]},
    "infra": {"projects": 2, "nodes": 10, "cpu_cores": 80, "gpus": 1, "applications": 120, "instances": 412,
              "deployments": 7, "deployment_summaries": {"-CPU": 1, "+Logs": 3},
              "applications_by_kind": {"Deployment": {"applications": 80, "instances": 240},
                                       "StatefulSet": {"applications": 20, "instances": 60},
                                       "DaemonSet": {"applications": 20, "instances": 112}},
              "kernel_versions": ["6.1.0-18-amd64", "6.6.64-talos"]},
    "ux": {"users": ["20174a56-4a1e-41ca-a90d-b657d1fa873e"], "page_views": {"/p/$projectId": 12},
           "world_load_time_avg": 0.053}})");
  body["instance"]["uuid"] = uuid;
  for (int i = 0; i < queries; ++i) {
    body["performance"]["constructor"]["queries"]["container_metric_" + std::to_string(i)] = {
        {"failed", false}, {"query_time", 0.012892758 + i}, {"metrics_count", 130 + i}};
  }
  if (profile_bytes > 0) {
    const std::string profile = Base64(profile_bytes / 2);
    body["profile"] = {
        {"from", 1678113877}, {"to", 1678114877}, {"cpu", profile}, {"memory", profile}};
  }
  return body.dump();
}

}  // namespace

std::string SmallCorootBody(const std::string& uuid) { return CorootBody(uuid, 30, 0); }
std::string LargeCorootBody(const std::string& uuid) { return CorootBody(uuid, 200, 2'000'000); }

}  // namespace rollcall::bench
