#include "api/hosts_handler.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/data_answer.h"
#include "base/log.h"
#include "hosts/ranges.h"
#include "parse/host_samples_json.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

// Up to here every whole number is a double.
constexpr double kMostWhole = 9007199254740992;

// A whole number is written without ".0".
Json SampleNumberJson(double v) {
  return std::abs(v) <= kMostWhole && v == std::floor(v) ? Json(static_cast<int64_t>(v)) : Json(v);
}

Json SampleJson(const HostSample& sample) {
  Json json;
  json["ts"] = sample.time.time_since_epoch().count();
  json["requests_sec"] = SampleNumberJson(sample.requests_sec);
  json["p99_ms"] = SampleNumberJson(sample.p99_ms);
  json["error_rate"] = SampleNumberJson(sample.error_rate);
  json["active_backends"] = sample.active_backends;
  return json;
}

void Answer(const Json& json, http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = DumpJson(json);
}

std::string Trim(std::string text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  text.erase(std::find_if_not(text.rbegin(), text.rend(), is_blank).base(), text.end());
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_blank));
  return text;
}

// The first moment whose samples are shown and taken.
UnixSeconds Earliest(const HostServices& services, UnixSeconds now) {
  return now - std::chrono::floor<std::chrono::seconds>(services.retention);
}

void AnswerHistory(const HostServices& services, const http::ApiRequest& request,
                   http::HttpResponse& response) {
  const std::string host = Trim(request.Param("host").value_or(""));
  if (host.empty()) {
    response = http::HttpResponse::Text(400, "host parameter required");
    return;
  }
  std::string name = request.Param("range").value_or("");
  if (name.empty()) name = hosts::kDefaultRange;
  const auto range = std::find_if(hosts::kRanges.begin(), hosts::kRanges.end(),
                                  [&](const hosts::Range& one) { return one.name == name; });
  if (range == hosts::kRanges.end()) {
    response = http::HttpResponse::Text(400, "invalid range; use 30m, 1h, 6h, or 24h");
    return;
  }
  const UnixSeconds now = services.clock.Now();
  std::vector<HostSample> samples;
  const Status read =
      services.stores.hosts().Read(host, std::max(now - range->span, Earliest(services, now)),
                                   now + kMaxPushedAhead, range->step, samples);
  if (!read.ok()) {
    log::Error("history of a host: {}", read.message());
    response = http::HttpResponse::Text(503, "the store cannot be read");
    return;
  }
  Json list = Json::array();
  for (const HostSample& sample : samples) list.push_back(SampleJson(sample));
  Json json;
  json["host"] = host;
  json["range"] = range->label;
  json["samples"] = std::move(list);
  Answer(json, response);
}

http::HttpResponse TryLater(const std::string& why) {
  http::HttpResponse response =
      http::HttpResponse::Text(503, "the samples cannot be stored now: " + why);
  response.headers.push_back({"Retry-After", "60"});
  return response;
}

http::HttpResponse RefusalOf(const Status& status) {
  switch (status.code()) {
    case Code::kOk: {
      http::HttpResponse response;
      response.status = 204;
      return response;
    }
    case Code::kInvalidArgument:
      return http::HttpResponse::Text(400, status.message());
    case Code::kFailedPrecondition:
      return http::HttpResponse::Text(429, status.message());
    default:
      return TryLater(status.message());
  }
}

Result<std::vector<HostSamples>> ReadPush(const HostServices& services, std::string_view body) {
  const UnixSeconds now = services.clock.Now();
  auto pushed = ParseHostSamplesJson(
      body, {Earliest(services, now), now + kMaxPushedAhead, kMaxPushedSamples});
  if (!pushed.ok()) return pushed;
  for (const HostSamples& of : *pushed) {
    if (of.host.text() == kSelfHost) {
      return Status::InvalidArgument("host " + std::string(kSelfHost) + " is this server itself");
    }
  }
  return pushed;
}

}  // namespace

http::ApiHandler HostListHandler(const HostServices& services) {
  return [services](const http::ApiRequest&, http::HttpResponse& response) {
    const UnixSeconds now = services.clock.Now();
    Json json;
    json["hosts"] = services.stores.hosts().NamesSince(storage::Hour::Of(Earliest(services, now)));
    Answer(json, response);
  };
}

http::ApiHandler HostHistoryHandler(const HostServices& services) {
  return [services](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerHistory(services, request, response);
  };
}

http::Route::Handler PushHandler(const HostServices& services) {
  return [services](http::HttpRequest&& request, http::Responder&& responder) {
    storage::StoreTime& time = services.stores.time();
    if (time.Follow(services.clock.NowMilliseconds()) == storage::ClockState::kImplausible) {
      return responder.Respond(TryLater(time.view().Explain()));
    }
    Result<std::vector<HostSamples>> pushed = ReadPush(services, request.body);
    if (!pushed.ok()) return responder.Respond(RefusalOf(pushed.status()));
    const auto answer = std::make_shared<http::Responder>(std::move(responder));
    const Status queued = services.writer.Submit(
        std::move(*pushed), [answer](const Status& status) { answer->Respond(RefusalOf(status)); });
    if (!queued.ok()) answer->Respond(RefusalOf(queued));
  };
}

}  // namespace rollcall::api
