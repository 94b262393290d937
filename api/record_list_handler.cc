#include "api/record_list_handler.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/record_json.h"
#include "api/record_view_answer.h"
#include "base/civil_time.h"
#include "base/text.h"
#include "parse/utf8.h"

namespace rollcall::api {
namespace {

using std::chrono::days;

constexpr unsigned kUsualLimit = 50;
constexpr unsigned kMostRecords = 1'000;
constexpr unsigned kMostRows = 10'000;
constexpr size_t kMostTextBytes = 1'000;
constexpr size_t kBriefBytes = 200;
constexpr std::string_view kAnyYesNo[] = {"any", "yes", "no"};

std::optional<records::PayloadPattern> PatternOf(const char* name, DataParams& params,
                                                 const http::ApiRequest& request) {
  const std::optional<std::string> text = request.Param(name);
  if (!text || text->empty()) return std::nullopt;
  Result<records::PayloadPattern> pattern = records::PayloadPattern::Make(*text);
  if (pattern.ok()) return *std::move(pattern);
  params.Refuse(std::string(name) + ": " + pattern.status().message());
  return std::nullopt;
}

records::RecordFilter FilterOf(DataParams& params, const http::ApiRequest& request) {
  records::RecordFilter filter;
  filter.classification = params.Text("classification", kMostTextBytes).value_or("");
  filter.severity = static_cast<uint8_t>(params.Number("severity", 1, 4, 0));
  filter.build = params.Text("build", kMostTextBytes).value_or("");
  filter.machine_id = params.Text("machine_id", kMostTextBytes).value_or("");
  filter.system_name = params.Text("system_name", kMostTextBytes).value_or("");
  const size_t external = params.Choice("external", kAnyYesNo);
  if (external != 0) filter.external = kAnyYesNo[external] == "yes";
  if (const auto from = params.OfDay("captured_from")) filter.captured_from = from->Start();
  if (const auto to = params.OfDay("captured_to")) filter.captured_before = to->Start() + days(1);
  filter.payload = PatternOf("payload", params, request);
  filter.not_payload = PatternOf("not_payload", params, request);
  return filter;
}

// An id; 0 where it is not given.
RecordId IdOf(const char* name, DataParams& params, const http::ApiRequest& request) {
  const std::optional<std::string> text = request.Param(name);
  if (!text) return {};
  RecordId id;
  const char* const end = text->data() + text->size();
  const auto [read, error] = std::from_chars(text->data(), end, id.value);
  if (error != std::errc() || read != end || id.value == 0) {
    params.Refuse(std::string(name) + ": want a record's number");
  }
  return id;
}

void CutPayload(Record& record) {
  if (record.payload.size() <= kBriefBytes) return;
  record.payload.resize(CutUtf8(record.payload, kBriefBytes).size());
  record.payload += "…";
}

std::string PageJson(records::RecordPage& page, bool is_brief) {
  std::string body = "{\"records\":[";
  for (Record& record : page.records) {
    if (is_brief) CutPayload(record);
    if (body.back() != '[') body += ',';
    AppendRecordJson(record, body, RecordJson::kWhole);
  }
  body += "],\"next\":";
  body += page.next ? std::to_string(page.next->value) : "null";
  body += ",\"ended_early\":";
  body += page.ended_early ? "true" : "false";
  return body + "}\n";
}

std::string PageCsv(const records::RecordPage& page) {
  CsvWriter csv = QuotedCsv({"id", "external", "server_timestamp", "severity", "classification",
                             "build", "machine_id", "payload"});
  for (const Record& record : page.records) {
    csv.Number(static_cast<int64_t>(record.id.value)).Exact(record.external ? "True" : "False");
    csv.Number(record.reception.time_since_epoch().count()).Number(int64_t{record.severity});
    csv.Exact(record.classification).Exact(record.build).Exact(record.machine_id);
    csv.Exact(record.payload).EndRow();
  }
  return csv.Take();
}

// Returns the request's query with another from_id.
std::string NextQuery(const http::ApiRequest& request, RecordId next) {
  std::string query = "?from_id=" + std::to_string(next.value);
  for (const char* const name :
       {"classification", "severity", "build", "machine_id", "system_name", "external",
        "captured_from", "captured_to", "payload", "not_payload", "limit", "format"}) {
    const std::optional<std::string> value = request.Param(name);
    if (!value) continue;
    query += std::string("&") + name + "=";
    AppendPercentEncoded(*value, query);
  }
  return query;
}

void Answer(records::RecordViews& views, const http::ApiRequest& request,
            http::HttpResponse& response) {
  DataParams params(request);
  const bool wants_csv = params.WantsCsv();
  records::RecordListRequest list{FilterOf(params, request)};
  const RecordId below = IdOf("from_id", params, request);
  if (below.value != 0) list.filter.below = below;
  list.limit = wants_csv ? params.Number("limit", 1, kMostRows, kMostRows)
                         : params.Number("limit", 1, kMostRecords, kUsualLimit);
  const bool is_brief = params.IsYes("brief");
  if (!params.ok()) return AnswerProblem(400, params.problem(), response);
  Result<records::RecordPage> page = views.List(list, request.stop());
  if (!page.ok()) return AnswerFailure("list records", page.status(), response);
  if (!wants_csv) {
    return AnswerData(request, "application/json", PageJson(*page, is_brief), kRevalidate,
                      response);
  }
  if (page->next) {
    response.headers.push_back({"Link", "<" + NextQuery(request, *page->next) + ">; rel=\"next\""});
  }
  AnswerCsv(request, "records", PageCsv(*page), response);
}

}  // namespace

http::ApiHandler RecordListHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(views, request, response);
  };
}

http::ApiHandler RecordDetailsHandler(records::RecordViews& views) {
  return [&views](const http::ApiRequest& request, http::HttpResponse& response) {
    DataParams params(request);
    const RecordId id = IdOf("id", params, request);
    if (id.value == 0) params.Refuse("id: want a record's number");
    if (!params.ok()) return AnswerProblem(400, params.problem(), response);
    const auto record = views.Find(id);
    if (!record.ok()) return AnswerFailure("read a record", record.status(), response);
    if (!*record) return AnswerProblem(404, {"there is no such record", {}}, response);
    std::string body;
    AppendRecordJson(**record, body, RecordJson::kWhole);
    AnswerData(request, "application/json", body + "\n", kRevalidate, response);
  };
}

}  // namespace rollcall::api
