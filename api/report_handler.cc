#include "api/report_handler.h"

#include "model/fleet.h"

namespace rollcall::api {
namespace {

Result<SourceId> SourceIdOf(const http::HttpRequest& request) {
  const std::optional<std::string_view> text = request.Header(kSourceIdHeader);
  if (!text) return Status::InvalidArgument("the header is missing");
  return SourceId::Parse(*text);
}

http::HttpResponse ResponseTo(const Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return http::HttpResponse{};
    case Code::kInvalidArgument:
      return http::HttpResponse::Text(400, "Error processing metrics: " + status.message());
    case Code::kFailedPrecondition:
      return http::HttpResponse::Text(413, "The report is too large: " + status.message());
    default: {
      http::HttpResponse response =
          http::HttpResponse::Text(503, "The report cannot be stored now: " + status.message());
      response.headers.push_back({"Retry-After", "60"});
      return response;
    }
  }
}

}  // namespace

std::optional<http::HttpResponse> JudgeReport(const http::HttpRequest& head) {
  const Result<SourceId> id = SourceIdOf(head);
  if (id.ok()) return std::nullopt;
  return http::HttpResponse::Text(400, std::string(kSourceIdHeader) + ": " + id.status().message() +
                                           " (1 to 253 of A-Z a-z 0-9 . _ -)");
}

http::Route::Handler ReportHandler(ingest::Ingester& ingester) {
  return [&ingester](http::HttpRequest&& request, http::Responder&& responder) {
    // Its head was judged already.
    Result<SourceId> id = SourceIdOf(request);
    if (!id.ok()) return responder.Respond(*JudgeReport(request));
    auto answer = std::make_shared<http::Responder>(std::move(responder));
    ingester.Ingest(CozystackFleet().ref, std::move(id).value(), std::move(request.body),
                    std::nullopt,
                    [answer](const Status& status) { answer->Respond(ResponseTo(status)); });
  };
}

}  // namespace rollcall::api
