#include "cli/promql_options.h"

#include <chrono>
#include <cstdint>

#include "base/byte_sizes.h"
#include "cli/option_kinds.h"

namespace rollcall::cli {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr milliseconds kLeastLookback{1'000};
constexpr milliseconds kMostLookback = hours(24 * 366);

OptionSpec Lookback() {
  OptionSpec spec = Base(
      kBoth, "query-lookback", "DURATION",
      {"How long a sample stands for the instants after it. With auto, as long as its source's "
       "reports are apart, and an eighth more, but no shorter than the query's step. 5m is what "
       "Prometheus does.",
       "installations report every 15 minutes, or once a day"});
  spec.allowed = "auto, or " + AllowedDurations(kLeastLookback, kMostLookback);
  spec.set = [](std::string_view text, Options& options) {
    if (text == "auto") {
      options.server.promql.lookback.reset();
      return Status::Ok();
    }
    const Result<milliseconds> value = ParseDuration(text, kLeastLookback, kMostLookback);
    if (value.ok()) options.server.promql.lookback = *value;
    return value.status();
  };
  spec.show = [](const Options& options) {
    const auto& lookback = options.server.promql.lookback;
    return lookback ? FormatDuration(*lookback) : std::string("auto");
  };
  return spec;
}

}  // namespace

void AddPromqlOptions(std::vector<OptionSpec>& table) {
  table.push_back(Lookback());
  table.push_back(Duration(kBoth, "query-timeout", milliseconds(1), hours(24),
                           ROLLCALL_FIELD(server.promql.limits.time),
                           {"Time that a query in PromQL may take.", "what Prometheus gives one"}));
  table.push_back(
      Number<uint64_t>(kBoth, "query-max-samples", 1, UINT64_MAX / 2, "samples",
                       ROLLCALL_FIELD(server.promql.limits.samples),
                       {"Samples that a query in PromQL may look at; over it: an error.",
                        "ten years of 1,300 clusters that report every 15 minutes"}));
  table.push_back(Number<uint64_t>(kBoth, "query-max-series", 1, UINT64_MAX / 2, "series",
                                   ROLLCALL_FIELD(server.promql.limits.series),
                                   {"Series that a query in PromQL may look at; over it: an error.",
                                    "ten of each of 100,000 installations"}));
  table.push_back(
      Size(kBoth, "query-max-memory", kMiB, 1024 * 1024 * kMiB,
           ROLLCALL_FIELD(server.promql.limits.memory_bytes),
           {"Memory that a query in PromQL may hold; over it: an error.",
            "1,000 series of 11,000 points; with two at once, a small machine's share"}));
  table.push_back(Size(kBoth, "query-max-answer-bytes", kMiB, 1024 * 1024 * kMiB,
                       ROLLCALL_FIELD(server.promql.max_answer_bytes),
                       {"Memory of all their answers that are still on their way; over it: 503.",
                        "as much as one query may hold"}));
  table.push_back(Number<size_t>(kBoth, "query-max-concurrent", 1, 256, "queries",
                                 ROLLCALL_FIELD(server.front.promql_threads),
                                 {"Queries in PromQL at once; others wait.",
                                  "each uses all processors that nothing else needs"}));
  table.push_back(Number<size_t>(
      kBoth, "query-max-waiting", 1, 100'000, "queries", ROLLCALL_FIELD(server.front.promql_queue),
      {"Queries in PromQL that may wait or be in work; over it: 503.", "ten dashboards at once"}));
  table.push_back(Duration(kBoth, "query-log-slower", milliseconds(0), hours(24),
                           ROLLCALL_FIELD(server.promql.slow),
                           {"A query in PromQL that takes longer gets a line in the log.",
                            "people notice a second", "each gets one"}));
}

}  // namespace rollcall::cli
