#include "api/page_handler.h"

#include <string_view>
#include <utility>

#include "api/data_answer.h"
#include "api/index_page.h"
#include "http/server/text.h"

namespace rollcall::api {
namespace {

// The part of a tag that is compared: a cache may have made a weak one of a strong one.
std::string_view Opaque(std::string_view tag) { return tag.substr(tag.find('"')); }

void AddPolicy(http::HttpResponse& response) {
  response.headers.push_back({"Content-Security-Policy", std::string(web::kContentSecurityPolicy)});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
}

void AnswerAsset(const web::Asset& asset, const http::ApiRequest& request,
                 http::HttpResponse& response) {
  AddPolicy(response);
  response.headers.push_back({"ETag", std::string(asset.etag)});
  response.headers.push_back({"Cache-Control", asset.never_changes()
                                                   ? "public, max-age=31536000, immutable"
                                                   : "no-cache"});
  response.headers.push_back({"Vary", "Accept-Encoding"});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  const std::optional<std::string_view> known = request.Header("If-None-Match");
  if (known && known->find(Opaque(asset.etag)) != std::string_view::npos) {
    response.status = 304;
    return;
  }
  response.headers.push_back({"Content-Type", std::string(asset.content_type)});
  const bool as_gzip = http::TakesGzip(request.Header("Accept-Encoding").value_or(""));
  if (as_gzip) response.headers.push_back({"Content-Encoding", "gzip"});
  response.body = as_gzip ? asset.gzip : asset.bytes;
}

// The name in "/NAME/"; empty for "/".
std::string_view NameIn(std::string_view path) {
  return path.size() < 2 ? std::string_view() : path.substr(1, path.size() - 2);
}

}  // namespace

http::ApiHandler PageHandler(const web::Asset& asset) {
  return [&asset](const http::ApiRequest& request, http::HttpResponse& response) {
    AnswerAsset(asset, request, response);
  };
}

http::ApiHandler IndexHandler(const fleets::Catalog& catalog) {
  return [&catalog](const http::ApiRequest& request, http::HttpResponse& response) {
    const fleets::FleetSet& fleets = catalog.current();
    const std::string_view place = NameIn(request.path());
    const fleets::DeclaredFleet* const named =
        fleets.Find(request.Param("fleet").value_or(std::string(place)));
    const fleets::DeclaredFleet& shown = named == nullptr ? fleets.first() : *named;
    AnswerHtml(request, IndexPage(shown.declaration(), place.empty() ? "" : "../"), response);
  };
}

void AnswerHtml(const http::ApiRequest& request, std::string html, http::HttpResponse& response) {
  AddPolicy(response);
  AnswerData(request, "text/html; charset=utf-8", std::move(html), kRevalidate, response);
}

}  // namespace rollcall::api
