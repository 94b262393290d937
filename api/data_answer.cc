#include "api/data_answer.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/log.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

// Of what would have been allowed: a person reads it, and strangers name labels.
constexpr size_t kMostAllowedNamed = 100;
constexpr size_t kMostAllowedBytes = 256;

// Weak: it stands for the plain and the packed body.
std::string TagOf(const std::string& body) {
  const Hash128 hash = HashBytes(body, 0);
  char text[40];
  std::snprintf(text, sizeof text, "W/\"%016" PRIx64 "%016" PRIx64 "\"", hash.high, hash.low);
  return text;
}

// RFC 9110, 13.1.2: weak and strong are the same here.
bool IsKnown(const http::ApiRequest& request, const std::string& tag) {
  const auto known = request.Header("If-None-Match");
  return known &&
         (*known == "*" || known->find(tag.substr(tag.find('"'))) != std::string_view::npos);
}

// Each file its own name, so that one does not take another's place: rollcall-trend-cozystack-
// myapp_info-version-month-2026-03.csv.
std::string FileName(const http::ApiRequest& request, const char* what) {
  constexpr size_t kMostBytes = 200;  // file systems take 255
  constexpr std::string_view kPlain =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-";
  std::string name = "rollcall-" + std::string(what);
  for (const char* const parameter :
       {"fleet", "figure", "metric", "by", "step", "period", "month", "periods", "from", "to"}) {
    const std::optional<std::string> value = request.Param(parameter);
    if (value && !value->empty()) name += "-" + *value;
  }
  for (char& c : name) {
    if (kPlain.find(c) == std::string_view::npos) c = '-';
  }
  name.resize(std::min(name.size(), kMostBytes));
  return name + ".csv";
}

}  // namespace

void AnswerData(const http::ApiRequest& request, const char* content_type, std::string body,
                const char* cache_control, http::HttpResponse& response) {
  const std::string tag = TagOf(body);
  response.headers.push_back({"ETag", tag});
  response.headers.push_back({"Cache-Control", cache_control});
  response.headers.push_back({"Vary", "Accept-Encoding"});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  if (IsKnown(request, tag)) {
    response.status = 304;
    return;
  }
  response.headers.push_back({"Content-Type", content_type});
  response.body = std::move(body);
}

void AnswerCsv(const http::ApiRequest& request, const char* what, std::string body,
               http::HttpResponse& response) {
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"" + FileName(request, what) + "\""});
  AnswerData(request, "text/csv; charset=utf-8", std::move(body), kRevalidate, response);
}

void AnswerJson(const http::ApiRequest& request, const Json& json, http::HttpResponse& response) {
  AnswerData(request, "application/json", DumpJson(json), kRevalidate, response);
}

void AnswerImage(const http::ApiRequest& request, std::string svg, http::HttpResponse& response) {
  response.headers.push_back(
      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"});
  AnswerData(request, "image/svg+xml", std::move(svg), kFiveMinutes, response);
}

void AnswerProblem(int status, const DataParams::Problem& problem, http::HttpResponse& response) {
  Json json;
  json["error"] = problem.message;
  if (const size_t names = problem.allowed.size(); names > 0) {
    json["allowed"] = Json::array();
    for (size_t i = 0; i < std::min(names, kMostAllowedNamed); ++i) {
      json["allowed"].push_back(problem.allowed[i].substr(0, kMostAllowedBytes));
    }
    if (names > kMostAllowedNamed) json["allowed_more"] = names - kMostAllowedNamed;
  }
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = DumpJson(json);
}

void AnswerFailure(const char* what, const Status& status, http::HttpResponse& response) {
  log::Error("{}: {}", what, status.message());
  response.headers.push_back({"Retry-After", "10"});
  AnswerProblem(503, {"the numbers cannot be read now; try again", {}}, response);
}

Json TotalsJson(const BreakdownTotals& totals) {
  Json::object_t object;
  object.reserve(totals.size());
  for (const auto& [name, total] : totals) object.push_back({name, total});
  return object;
}

std::string DumpJson(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json NumberJson(ExactSum sum) {
  return sum.IsWhole() ? Json(sum.ToInt64()) : Json(sum.ToShortest());
}

}  // namespace rollcall::api
