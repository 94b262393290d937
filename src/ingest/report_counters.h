// Reports by what became of them, for /metrics.
#pragma once

#include "metrics/registry.h"

namespace rollcall::ingest {

struct ReportCounters {
  explicit ReportCounters(metrics::Registry& registry)
      : same(Get(registry, "same")),
        changed(Get(registry, "changed")),
        full(Get(registry, "full")),
        empty(Get(registry, "empty")),
        forward_only(Get(registry, "forward_only")),
        refused(Get(registry, "refused")),
        failed(Get(registry, "failed")) {}

  metrics::Counter& same;
  metrics::Counter& changed;
  metrics::Counter& full;
  metrics::Counter& empty;
  metrics::Counter& forward_only;
  metrics::Counter& refused;
  metrics::Counter& failed;

 private:
  static metrics::Counter& Get(metrics::Registry& registry, const char* outcome) {
    return registry.GetCounter(
        "rollcall_reports_total",
        "Reports by what became of them: same (the lines of the stream's last), changed, full (the "
        "stream's first of a day), empty, forward_only (to the outbox alone), refused (does not "
        "parse), failed (could not be stored)",
        {{"outcome", outcome}});
  }
};

}  // namespace rollcall::ingest
