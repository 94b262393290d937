#include "api/parked_handler.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "api/data_answer.h"
#include "api/overview_json.h"
#include "base/civil_time.h"
#include "base/log.h"

namespace rollcall::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostListed = 1'000;

std::string TimeText(UnixMilliseconds time) {
  return FormatRfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

// What of a damaged row cannot be read is left out.
Json OneJson(const fleets::FleetSet& fleets, uint64_t sequence, std::string_view value) {
  Json json;
  json["number"] = sequence;
  storage::ParkedRow parked;
  if (!storage::DecodeParkedRow(value, parked).ok()) return json;
  storage::OutboxRow row;
  const bool readable = storage::DecodeOutboxRow(parked.outbox_row, row).ok();
  if (readable) json["received_at"] = TimeText(row.received);
  json["parked_at"] = TimeText(parked.parked);
  if (readable) {
    const fleets::DeclaredFleet* const known = fleets.Find(row.fleet);
    json["fleet"] = known == nullptr ? std::to_string(row.fleet.value) : known->fleet().name;
    json["source"] = row.source_id;
  }
  if (parked.http_status != 0) json["status"] = parked.http_status;
  json["reason"] = parked.reason;
  json["bytes"] = parked.outbox_row.size();
  return json;
}

void Answer(const fleets::FleetSet& fleets, const storage::Outbox& outbox,
            const http::ApiRequest& request, http::HttpResponse& response) {
  response.headers.push_back({"Content-Type", "application/json"});
  uint64_t after = 0;
  if (const std::optional<std::string> text = request.Param("after")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), after);
    if (error != std::errc() || end != text->data() + text->size()) {
      response.status = 400;
      response.body = ErrorJson("invalid after parameter");
      return;
    }
  }
  Json list = Json::array();
  const Status status = outbox.ReadParked(after, [&](uint64_t sequence, std::string_view value) {
    list.push_back(OneJson(fleets, sequence, value));
    return list.size() < kMostListed;
  });
  if (!status.ok()) {
    log::Error("list parked reports: {}", status.message());
    response.status = 503;
    response.body = ErrorJson("the store cannot be read");
    return;
  }
  const storage::Outbox::Size size = outbox.size();
  Json json;
  json["parked"] = std::move(list);
  json["reports"] = size.parked_reports;
  json["bytes"] = size.parked_bytes;
  response.body = DumpJson(json);
}

}  // namespace

http::ApiHandler ParkedHandler(const fleets::Catalog& catalog, const storage::Outbox& outbox) {
  return [&catalog, &outbox](const http::ApiRequest& request, http::HttpResponse& response) {
    Answer(catalog.current(), outbox, request, response);
  };
}

}  // namespace rollcall::api
