#include "http/server/front_metrics.h"

namespace rollcall::http {
namespace {

// In the order of the enumerations.
constexpr std::array<const char*, 2> kListenerNames = {"public", "private"};
constexpr std::array<const char*, kLanes> kLaneNames = {"ingest", "query", "import", "upstream",
                                                        "stream"};
constexpr std::array<const char*, kCloseReasons> kCloseNames = {
    "peer",          "reset", "answered",    "rejected", "deadline_header",
    "deadline_body", "idle",  "slow_reader", "evicted",  "shutdown"};
constexpr std::array<const char*, kRejectReasons> kRejectNames = {
    "malformed", "header_limit", "body_limit",   "expectation", "coding",
    "timeout",   "lane_full",    "buffers_full", "connections"};

}  // namespace

FrontMetrics::FrontMetrics(metrics::Registry& registry)
    : buffered_bytes(&registry.GetGauge("rollcall_http_buffered_bytes",
                                        "Bytes of requests and answers held in memory.")) {
  for (size_t i = 0; i < kListenerNames.size(); ++i) {
    const metrics::Labels labels = {{"listener", kListenerNames[i]}};
    connections[i] = &registry.GetGauge("rollcall_http_connections", "Open connections.", labels);
    accepted[i] = &registry.GetCounter("rollcall_http_connections_accepted_total",
                                       "Connections taken.", labels);
  }
  for (size_t i = 0; i < kLaneNames.size(); ++i) {
    queue_length[i] = &registry.GetGauge("rollcall_http_queue_length",
                                         "Requests that wait or are being worked on, by lane.",
                                         {{"lane", kLaneNames[i]}});
  }
  for (size_t i = 0; i < kCloseReasons; ++i) {
    closed[i] = &registry.GetCounter("rollcall_http_closed_total", "Connections ended, by reason.",
                                     {{"reason", kCloseNames[i]}});
  }
  for (size_t i = 0; i < kRejectReasons; ++i) {
    rejected[i] = &registry.GetCounter(
        "rollcall_http_rejected_total",
        "Requests and connections that were refused before the application saw them, by reason.",
        {{"reason", kRejectNames[i]}});
  }
}

}  // namespace rollcall::http
