#include "http/server/api_request.h"

#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "base/log.h"
#include "http/server/gzip.h"
#include "http/server/text.h"

namespace rollcall::http {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool IsForm(const HttpRequest& request) {
  const std::string_view type = request.Header("Content-Type").value_or("");
  return request.method == "POST" &&
         EqualsIgnoringCase(TrimBlanks(type.substr(0, type.find(';'))), kForm);
}

HttpResponse AnswerTo(const ApiHandler& handler, const HttpRequest& request) {
  HttpResponse response;
  try {
    handler(ApiRequest(request), response);
    CompressFor(request, response);
    return response;
  } catch (const std::bad_alloc&) {
    log::Error("handle {} {}: out of memory", request.method, request.path());
    return BusyAnswer("out of memory");
  } catch (const std::exception& error) {
    log::Error("handle {} {}: {}", request.method, request.path(), error.what());
  } catch (...) {
    log::Error("handle {} {}: an exception of no known kind", request.method, request.path());
  }
  return HttpResponse::Text(500, "internal error");
}

}  // namespace

ApiRequest::ApiRequest(const HttpRequest& request)
    : request_(request), path_(PercentDecode(request.path())) {
  const size_t query = request.path().size() + 1;
  if (query <= request.target.size()) {
    parameters_.Add(std::string_view(request.target).substr(query));
  }
  if (IsForm(request)) parameters_.Add(request.body);
}

Route::Handler Answering(ApiHandler handler) {
  return [handler = std::move(handler)](HttpRequest&& request, Responder&& responder) {
    responder.Respond(AnswerTo(handler, request));
  };
}

}  // namespace rollcall::http
