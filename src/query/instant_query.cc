#include "query/instant_query.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "model/label_set.h"

namespace rollcall::query {
namespace {

constexpr int64_t kLeastRangeSeconds = 300;

// The peak of each series in the range.
std::string PeaksOf(const std::string& selector, int64_t range_seconds) {
  return "max_over_time(" + selector + "[" + std::to_string(range_seconds) + "s])";
}

}  // namespace

Evaluation EvaluationOf(const Window& window, UnixSeconds now) {
  const UnixSeconds last_second = window.last.Plus(1).Start() - std::chrono::seconds(1);
  const UnixSeconds at = std::min(last_second, now);
  return {at, std::max<int64_t>((at - window.first().Start()).count(), kLeastRangeSeconds)};
}

std::string SourcesQuery(const Fleet& fleet, int64_t range_seconds) {
  return "count(count by (" + fleet.id_label + ") (" +
         PeaksOf(fleet.counted_metric, range_seconds) + "))";
}

std::string FigureQuery(const Figure& figure, int64_t range_seconds) {
  std::string selector = figure.metric;
  if (!figure.label.empty()) {
    selector += "{" + figure.label + "=";
    AppendQuoted(figure.label_value, selector);
    selector += "}";
  }
  return "sum(" + PeaksOf(selector, range_seconds) + ")";
}

std::string BreakdownQuery(const Breakdown& breakdown, int64_t range_seconds) {
  return "sum by (" + breakdown.label + ") (" + PeaksOf(breakdown.metric, range_seconds) + ")";
}

std::string InstantQueryUrl(const std::string& base, const std::string& query, UnixSeconds at) {
  std::string url = base;
  while (url.ends_with('/')) url.pop_back();
  const size_t authority = url.find("://") + 3;
  const size_t path = url.find('/', authority);
  const bool is_whole =
      path != std::string::npos && std::string_view(url).substr(path).ends_with("/prometheus");
  if (!is_whole) url += "/select/0/prometheus";
  url += "/api/v1/query?query=";
  AppendPercentEncoded(query, url);
  return url + "&time=" + std::to_string(at.time_since_epoch().count());
}

}  // namespace rollcall::query
