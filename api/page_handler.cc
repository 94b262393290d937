#include "api/page_handler.h"

#include "http/server/text.h"

namespace rollcall::api {
namespace {

// The part of a tag that is compared: a cache may have made a weak one of a strong one.
std::string_view Opaque(std::string_view tag) { return tag.substr(tag.find('"')); }

void Answer(const web::Asset& asset, const http::ApiRequest& request,
            http::HttpResponse& response) {
  response.headers.push_back({"ETag", std::string(asset.etag)});
  response.headers.push_back({"Cache-Control", asset.never_changes()
                                                   ? "public, max-age=31536000, immutable"
                                                   : "no-cache"});
  response.headers.push_back({"Vary", "Accept-Encoding"});
  response.headers.push_back({"Content-Security-Policy", std::string(web::kContentSecurityPolicy)});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
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

}  // namespace

http::ApiHandler PageHandler(const web::Asset& asset) {
  return [&asset](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(asset, request, response);
  };
}

}  // namespace rollcall::api
