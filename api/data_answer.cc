#include "api/data_answer.h"

#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/log.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string TagOf(const std::string& body) {
  const Hash128 hash = HashBytes(body, 0);
  char text[40];
  std::snprintf(text, sizeof text, "\"%016" PRIx64 "%016" PRIx64 "\"", hash.high, hash.low);
  return text;
}

// RFC 9110, 13.1.2: a weak tag of the same bytes is good enough here.
bool IsKnown(const http::ApiRequest& request, const std::string& tag) {
  const auto known = request.Header("If-None-Match");
  return known && (*known == "*" || known->find(tag) != std::string_view::npos);
}

}  // namespace

void AnswerData(const http::ApiRequest& request, const char* content_type, std::string body,
                const char* cache_control, http::HttpResponse& response) {
  const std::string tag = TagOf(body);
  response.headers.push_back({"ETag", tag});
  response.headers.push_back({"Cache-Control", cache_control});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  if (IsKnown(request, tag)) {
    response.status = 304;
    return;
  }
  response.headers.push_back({"Content-Type", content_type});
  response.body = std::move(body);
}

void AnswerCsv(const http::ApiRequest& request, const char* name, std::string body,
               http::HttpResponse& response) {
  response.headers.push_back(
      {"Content-Disposition", "attachment; filename=\"rollcall-" + std::string(name) + ".csv\""});
  AnswerData(request, "text/csv; charset=utf-8", std::move(body), kRevalidate, response);
}

void AnswerJson(const http::ApiRequest& request, const Json& json, http::HttpResponse& response) {
  AnswerData(request, "application/json", Dump(json), kRevalidate, response);
}

void AnswerImage(const http::ApiRequest& request, std::string svg, http::HttpResponse& response) {
  response.headers.push_back(
      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"});
  AnswerData(request, "image/svg+xml", std::move(svg), kFiveMinutes, response);
}

void AnswerProblem(int status, const DataParams::Problem& problem, http::HttpResponse& response) {
  Json json;
  json["error"] = problem.message;
  if (!problem.allowed.empty()) json["allowed"] = problem.allowed;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = Dump(json);
}

void AnswerFailure(const char* what, const Status& status, http::HttpResponse& response) {
  log::Error("{}: {}", what, status.message());
  response.headers.push_back({"Retry-After", "10"});
  AnswerProblem(503, {"the numbers cannot be read now; try again", {}}, response);
}

Json NumberJson(ExactSum sum) { return sum.IsWhole() ? Json(sum.ToInt64()) : Json(sum.ToDouble()); }

}  // namespace rollcall::api
