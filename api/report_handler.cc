#include "api/report_handler.h"

#include <utility>

#include "http/server/address.h"

namespace rollcall::api {
namespace {

constexpr const char* kIdRule = " (1 to 253 of A-Z a-z 0-9 . _ -)";

// What the head of a report says: whose it is, and which source sent it unless the body says that.
struct Sender {
  const fleets::DeclaredFleet* fleet = nullptr;
  std::optional<SourceId> id;
};

const fleets::DeclaredFleet* FleetOf(const fleets::FleetSet& fleets,
                                     const http::HttpRequest& head) {
  return fleets.FindFor(head.path(),
                        [&](std::string_view name) { return head.Header(name).has_value(); });
}

// InvalidArgument: no fleet or no id.
Result<Sender> SenderOf(const fleets::FleetSet& fleets, const http::HttpRequest& head) {
  Sender sender;
  sender.fleet = FleetOf(fleets, head);
  if (sender.fleet == nullptr) {
    std::string names;
    for (const fleets::DeclaredFleet* const fleet : fleets.At(head.path())) {
      names += (names.empty() ? "" : " or ") + fleet->declaration().id_header;
    }
    if (names.empty()) return Status::InvalidArgument("no fleet reports to this path");
    return Status::InvalidArgument(names + ": the header is missing" + kIdRule);
  }
  if (sender.fleet->body_names_source()) return sender;
  const std::string& header = sender.fleet->declaration().id_header;
  Result<SourceId> id = SourceId::Parse(*head.Header(header));
  if (!id.ok()) return Status::InvalidArgument(header + ": " + id.status().message() + kIdRule);
  sender.id = *std::move(id);
  return sender;
}

http::HttpResponse ResponseTo(const Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return http::HttpResponse{};
    case Code::kInvalidArgument:
      return http::HttpResponse::Text(400, "Error processing metrics: " + status.message());
    case Code::kFailedPrecondition:
      return http::HttpResponse::Text(413, "The report is too large: " + status.message());
    case Code::kTooMany: {
      http::HttpResponse response =
          http::HttpResponse::Text(429, "The report is not taken now: " + status.message());
      response.headers.push_back({"Retry-After", "60"});
      return response;
    }
    default: {
      http::HttpResponse response =
          http::HttpResponse::Text(503, "The report cannot be stored now: " + status.message());
      response.headers.push_back({"Retry-After", "60"});
      return response;
    }
  }
}

}  // namespace

bool IsForReports(const fleets::FleetSet& fleets, const http::HttpRequest& head) {
  return !fleets.At(head.path()).empty() || IsOfAFleet(fleets, head);
}

bool IsOfAFleet(const fleets::FleetSet& fleets, const http::HttpRequest& head) {
  return FleetOf(fleets, head) != nullptr;
}

std::optional<http::HttpResponse> JudgeReport(const fleets::FleetSet& fleets,
                                              const http::HttpRequest& head) {
  const Result<Sender> sender = SenderOf(fleets, head);
  if (sender.ok()) return std::nullopt;
  return http::HttpResponse::Text(400, sender.status().message());
}

http::Route::Handler ReportHandler(const fleets::Catalog& catalog, ingest::Ingester& ingester) {
  return [&catalog, &ingester](http::HttpRequest&& request, http::Responder&& responder) {
    // Its head was judged already, but by a set of fleets that may be gone.
    Result<Sender> sender = SenderOf(catalog.current(), request);
    if (!sender.ok()) {
      return responder.Respond(http::HttpResponse::Text(400, sender.status().message()));
    }
    // Whoever sends from this machine is no stranger.
    std::optional<uint64_t> stranger;
    if (!http::IsLoopbackPrefix(request.sender)) stranger = request.sender;
    auto answer = std::make_shared<http::Responder>(std::move(responder));
    ingester.Ingest({sender->fleet->fleet().ref, &sender->fleet->format(), stranger},
                    std::move(sender->id), std::move(request.body), std::nullopt,
                    [answer, log = sender->fleet->log().get()](const Status& status) {
                      if (status.ok()) log->CountTaken();
                      answer->Respond(ResponseTo(status));
                    });
  };
}

}  // namespace rollcall::api
