#include "api/promql_params.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "parse/instant.h"
#include "query/promql/parser.h"
#include "query/promql/text.h"

namespace rollcall::api {
namespace {

// Of times and durations: far beyond any, and far from where milliseconds overflow.
constexpr double kMostSeconds = 9e12;
constexpr size_t kMaxSelectors = 64;

Status Wrong(const char* name, const std::string& why) {
  return Status::InvalidArgument("invalid parameter \"" + std::string(name) + "\": " + why);
}

// As Prometheus quotes, but no more of a long text than tells it apart.
std::string Quoted(const std::string& text) { return promql::Quote(text.substr(0, 200)); }

// Decimal seconds in milliseconds; nullopt: it is none.
std::optional<int64_t> ReadSeconds(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(std::abs(seconds) <= kMostSeconds)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(std::llround(seconds * 1000));
}

std::string Given(const http::ApiRequest& request, const char* name) {
  return request.Param(name).value_or("");
}

Result<int64_t> RequiredTime(const http::ApiRequest& request, const char* name) {
  if (Given(request, name).empty()) {
    return Wrong(name, "cannot parse \"\" to a valid timestamp");
  }
  return TimeParam(request, name, 0);
}

}  // namespace

Result<int64_t> TimeParam(const http::ApiRequest& request, const char* name, int64_t otherwise) {
  const std::string text = Given(request, name);
  if (text.empty()) return otherwise;
  if (const auto milliseconds = ReadSeconds(text)) return *milliseconds;
  // The longest form alone: "2026" are seconds here.
  if (text.find('T') != std::string::npos) {
    if (const auto instant = ParseInstant(text); instant.ok()) {
      return instant->time_since_epoch().count();
    }
  }
  return Wrong(name, "cannot parse " + Quoted(text) + " to a valid timestamp");
}

Result<std::optional<int64_t>> DurationParam(const http::ApiRequest& request, const char* name) {
  const std::string text = Given(request, name);
  if (text.empty()) return std::optional<int64_t>();
  std::optional<int64_t> duration = ReadSeconds(text);
  if (!duration) duration = promql::ReadDurationMs(text);
  if (!duration || *duration < 0) {
    return Wrong(name, "cannot parse " + Quoted(text) + " to a valid duration");
  }
  return duration;
}

Result<uint64_t> LimitParam(const http::ApiRequest& request, const char* name) {
  const std::string text = Given(request, name);
  uint64_t limit = 0;
  if (text.empty()) return limit;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size()) {
    return Wrong(name, Quoted(text) + " is not a whole number from 0");
  }
  return limit;
}

Result<promql::Steps> InstantParams(const http::ApiRequest& request, int64_t now) {
  const Result<int64_t> time = TimeParam(request, "time", now);
  if (!time.ok()) return time.status();
  return promql::Steps{*time, *time, 1};
}

Result<promql::Steps> RangeParams(const http::ApiRequest& request) {
  const Result<int64_t> start = RequiredTime(request, "start");
  if (!start.ok()) return start.status();
  const Result<int64_t> end = RequiredTime(request, "end");
  if (!end.ok()) return end.status();
  if (*end < *start) return Wrong("end", "end timestamp must not be before start time");
  const Result<std::optional<int64_t>> step = DurationParam(request, "step");
  if (!step.ok()) return step.status();
  if (!*step) return Wrong("step", "cannot parse \"\" to a valid duration");
  if (**step == 0) {
    return Wrong("step",
                 "zero or negative query resolution step widths are not accepted. Try a "
                 "positive integer");
  }
  if ((*end - *start) / **step > kMaxPoints) {
    return Status::InvalidArgument("more than " + std::to_string(kMaxPoints) +
                                   " points per series: ask for a longer step or a shorter range");
  }
  return promql::Steps{*start, *end, **step};
}

Result<LabelParams> ReadLabelParams(const http::ApiRequest& request) {
  LabelParams params;
  const Result<int64_t> start = TimeParam(request, "start", 0);
  if (!start.ok()) return start.status();
  params.start = *start;
  const Result<int64_t> end = TimeParam(request, "end", static_cast<int64_t>(kMostSeconds) * 1000);
  if (!end.ok()) return end.status();
  params.end = *end;
  if (params.end < params.start) {
    return Wrong("end", "end timestamp must not be before start time");
  }
  const Result<uint64_t> limit = LimitParam(request);
  if (!limit.ok()) return limit.status();
  params.limit = *limit;
  for (const std::string& text : request.AllOf("match[]")) {
    if (params.selectors.size() == kMaxSelectors) {
      return Wrong("match[]", "at most " + std::to_string(kMaxSelectors) + " are taken");
    }
    auto selector = promql::ParseSelector(text);
    if (!selector.ok()) return Wrong("match[]", selector.status().message());
    params.selectors.push_back(std::move(selector).value());
  }
  return params;
}

}  // namespace rollcall::api
