#include "api/record_intake.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/record_json.h"
#include "parse/record_fields.h"
#include "parse/record_json.h"
#include "parse/utf8.h"

namespace rollcall::api {
namespace {

http::HttpResponse JsonAnswer(int status, std::string body) {
  http::HttpResponse response;
  response.status = status;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = std::move(body);
  return response;
}

http::HttpResponse Refusal(int status, const std::string& message) {
  http::HttpResponse response = JsonAnswer(status, MessageJson(message));
  if (status == 503) response.headers.push_back({"Retry-After", "60"});
  return response;
}

http::HttpResponse Created(const Record& record) {
  std::string body;
  body.reserve(record.payload.size() + 1'024);
  AppendRecordJson(record, body);
  body += '\n';
  return JsonAnswer(201, std::move(body));
}

RecordFields FieldsOf(const http::HttpRequest& request) {
  RecordFields fields;
  for (const http::HttpHeader& header : request.headers) {
    if (const auto field = RecordFieldNamed(header.name)) fields.Add(*field, header.value);
  }
  return fields;
}

void Take(const RecordIntake& intake, const RecordFields& fields, std::string payload,
          http::Responder&& responder) {
  Result<Record> record = fields.Read(std::move(payload), intake.telemetry_ids);
  if (!record.ok()) {
    intake.writer.CountRefused();
    return responder.Respond(Refusal(400, record.status().message()));
  }
  const auto answer = std::make_shared<http::Responder>(std::move(responder));
  const Status queued = intake.writer.Submit(
      std::move(record).value(), [answer](const Status& status, const Record& stored) {
        answer->Respond(status.ok() ? Created(stored) : Refusal(503, status.message()));
      });
  if (!queued.ok()) answer->Respond(Refusal(503, queued.message()));
}

}  // namespace

bool IsRecord(const http::HttpRequest& head) {
  return std::any_of(head.headers.begin(), head.headers.end(), [](const http::HttpHeader& header) {
    const auto field = RecordFieldNamed(header.name);
    return field == RecordField::kFormatVersion || field == RecordField::kTelemetryId;
  });
}

http::Route::Handler RecordHandler(const RecordIntake& intake) {
  return [&intake](http::HttpRequest&& request, http::Responder&& responder) {
    Take(intake, FieldsOf(request), std::move(request.body), std::move(responder));
  };
}

http::Route::Handler RecordJsonHandler(const RecordIntake& intake) {
  return [&intake](http::HttpRequest&& request, http::Responder&& responder) {
    // Headers come first: the id of the telemetry is one.
    RecordFields fields = FieldsOf(request);
    std::string payload;
    const size_t bytes = request.body.size();
    const std::string body = ToUtf8(std::move(request.body));
    const Status status = ParseRecordJson(body, fields, payload);
    // As it came: of Latin-1 each character was one byte.
    const size_t came = body.size() == bytes ? payload.size() : CountCharacters(payload);
    const bool is_too_large = status.ok() && came > kMaxRecordPayload;
    if (status.ok() && !is_too_large) {
      return Take(intake, fields, std::move(payload), std::move(responder));
    }
    intake.writer.CountRefused();
    responder.Respond(is_too_large
                          ? Refusal(413, "the payload has " + std::to_string(came) +
                                             " bytes, at most " + std::to_string(kMaxRecordPayload))
                          : Refusal(400, status.message()));
  };
}

}  // namespace rollcall::api
