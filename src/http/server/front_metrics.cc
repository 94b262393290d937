#include "http/server/front_metrics.h"

namespace rollcall::http {

FrontMetrics::FrontMetrics(metrics::Registry& registry)
    : buffered_bytes(&registry.GetGauge("rollcall_http_buffered_bytes",
                                        "Bytes of requests and answers held in memory.")) {
  connections.ForEach([&](Listener listener, metrics::Gauge*& open) {
    const metrics::Labels labels = {{"listener", NameOf(listener)}};
    open = &registry.GetGauge("rollcall_http_connections", "Open connections.", labels);
    accepted[listener] = &registry.GetCounter("rollcall_http_connections_accepted_total",
                                              "Connections taken.", labels);
    handshakes[listener] = &registry.GetCounter("rollcall_tls_handshakes_total",
                                                "TLS handshakes that succeeded.", labels);
  });
  queue_length.ForEach([&](Lane lane, metrics::Gauge*& length) {
    length = &registry.GetGauge("rollcall_http_queue_length",
                                "Requests that wait or are being worked on, by lane.",
                                {{"lane", NameOf(lane)}});
  });
  closed.ForEach([&](CloseReason reason, metrics::Counter*& count) {
    count = &registry.GetCounter("rollcall_http_closed_total", "Connections ended, by reason.",
                                 {{"reason", NameOf(reason)}});
  });
  rejected.ForEach([&](RejectReason reason, metrics::Counter*& count) {
    count = &registry.GetCounter(
        "rollcall_http_rejected_total",
        "Requests and connections that were refused before the application saw them, by reason.",
        {{"reason", NameOf(reason)}});
  });
}

}  // namespace rollcall::http
