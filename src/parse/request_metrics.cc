#include "parse/request_metrics.h"

#include <cmath>
#include <optional>

#include "parse/number.h"
#include "parse/text_parser.h"

namespace rollcall {
namespace {

// The value of a label; of one that stands twice the last. nullopt: there is none.
std::optional<std::string_view> ValueOf(const std::vector<Label>& labels, std::string_view name) {
  std::optional<std::string_view> value;
  for (const Label& label : labels) {
    if (label.name == name) value = label.value;
  }
  return value;
}

// 500 to 599.
bool IsError(std::string_view code) { return code.size() == 3 && code[0] == '5'; }

}  // namespace

Result<CountersByHost> ParseRequestMetrics(std::string_view body, const RequestMetrics& metrics,
                                           const std::string& host) {
  const std::string buckets = std::string(metrics.seconds) + "_bucket";
  CountersByHost hosts;
  TextParser parser(body);
  for (;;) {
    const TextParser::Event event = parser.Next();
    if (event == TextParser::Event::kEnd) return hosts;
    if (event == TextParser::Event::kError) {
      return Status::InvalidArgument("line " + std::to_string(parser.line()) + ": " +
                                     parser.reason());
    }
    const bool counts = parser.metric() == metrics.requests;
    if (!counts && parser.metric() != buckets) continue;
    const double value = parser.value();
    if (!std::isfinite(value) || value < 0) continue;
    if (hosts.size() > kMostHostsOfAnswer) {
      return Status::InvalidArgument("more than " + std::to_string(kMostHostsOfAnswer) + " hosts");
    }
    const std::string_view name = ValueOf(parser.labels(), "host").value_or("");
    HostCounters& counters = hosts[name.empty() ? host : std::string(name)];
    if (counts) {
      counters.requests += value;
      if (IsError(ValueOf(parser.labels(), "code").value_or(""))) counters.errors += value;
      continue;
    }
    double seconds = 0;
    const std::string_view bound = ValueOf(parser.labels(), "le").value_or("");
    if (ParseValue(bound, seconds) == NumberError::kNone && !std::isnan(seconds)) {
      counters.latency_buckets[seconds] += value;
    }
  }
}

}  // namespace rollcall
