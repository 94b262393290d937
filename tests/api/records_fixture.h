// The fixture of tests of records over HTTP: a server with --records, and a client's verbs. Owned
// by the test; for its thread.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/parse/record_examples.h"
#include "tests/support/server_harness.h"

namespace rollcall::test {

class RecordsServerTest : public ServerTest {
 protected:
  using Json = nlohmann::json;
  using Changes = std::map<std::string, std::optional<std::string>>;

  RecordsServerTest() {
    options_.records = true;
    options_.telemetry_ids = kTelemetryIds;
  }

  // The header lines of a record of version 4 with some fields changed, or left out.
  static std::string Headers(const Changes& changes = {}) {
    auto fields = FieldsOfVersion(4);
    for (const auto& change : changes) {
      std::erase_if(fields, [&](const auto& field) { return field.first == change.first; });
      if (change.second) fields.emplace_back(change.first, *change.second);
    }
    std::string headers = "Content-Type: application/text\r\n";
    for (const auto& [name, value] : fields) headers += name + ": " + value + "\r\n";
    return headers;
  }
  Reply Post(const Changes& changes = {}, const std::string& payload = "hello\n",
             const std::string& target = "/") {
    return public_->PostBare(payload, Headers(changes), target);
  }
  Reply PostJson(const std::string& body) {
    return public_->PostBare(
        body, "Content-Type: application/json\r\nX-Telemetry-TID: " + kTelemetryIds[0] + "\r\n",
        "/v3/collector");
  }
  static Json JsonOf(const Changes& changes = {}, const std::string& payload = "hello\n") {
    Json json{{"payload", payload}};
    for (const auto& [name, value] : FieldsOfVersion(4)) {
      if (name != "X-Telemetry-TID") json[name] = value;
    }
    for (const auto& [name, value] : changes) {
      json.erase(name);
      if (value) json[name] = *value;
    }
    return json;
  }
  Reply Get(const std::string& query = "", const std::string& headers = "") {
    return private_->Get("/api/records" + (query.empty() ? "" : "?" + query), headers);
  }
  Json Records(const std::string& query = "") {
    const Reply reply = Get(query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return Json::parse(reply.body)["records"];
  }
  // "3 1": their ids, as they are given out.
  std::string Ids(const std::string& query = "") {
    std::string ids;
    for (const Json& record : Records(query)) {
      ids += (ids.empty() ? "" : " ") + std::to_string(record["id"].get<uint64_t>());
    }
    return ids;
  }
  // What is wrong with a query: "400 …", the message alone.
  std::string Refusal(const std::string& query) {
    const Reply reply = Get(query);
    const Json json = Json::parse(reply.body, nullptr, false);
    return std::to_string(reply.status) + " " + json.value("message", "");
  }
};

}  // namespace rollcall::test
