// Any bytes as the fields of a record: as lines "name: value", as headers bring them, and as JSON.
// What must hold whatever they are:
//  - a record that is taken keeps the contract's limits, and all of its texts are UTF-8;
//  - JSON that is taken is JSON, by another reader;
//  - a refusal is one short line of printable ASCII.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "parse/record_json.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

const std::vector<std::string> kIds{kDefaultTelemetryId};

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz_record_fields: does not hold: %s\n", what);
  std::abort();
}

void CheckRefusal(const Status& status) {
  Require(status.code() == Code::kInvalidArgument, "a refusal is the sender's fault");
  Require(status.message().size() < 512, "a refusal is short");
  for (const char c : status.message()) Require(c >= ' ' && c <= '~', "a refusal is one line");
}

void CheckRecord(const Result<Record>& record) {
  if (!record.ok()) return CheckRefusal(record.status());
  Require(record->version >= 1 && record->version <= 4, "its version");
  Require(record->severity >= 1 && record->severity <= 4, "its severity");
  Require(record->capture >= UnixSeconds(), "its capture");
  Require(FormatRfc3339(record->capture).size() == 20, "a year of four digits");
  Require(std::count(record->classification.begin(), record->classification.end(), '/') == 2,
          "its classification");
  Require(CountCharacters(record->classification) <= kMaxClassification, "its length");
  Require(CountCharacters(record->machine_id) <= kMaxMachineId, "its machine");
  Require(!record->build.empty(), "its build");
  for (const auto field : kRecordWords) Require(IsUtf8((*record).*field), "a text is UTF-8");
  Require(IsUtf8(record->machine_id) && IsUtf8(record->payload), "a text is UTF-8");
}

void CheckHeaders(std::string_view text) {
  RecordFields fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    if (const auto field = RecordFieldNamed(line.substr(0, colon))) {
      fields.Add(*field, line.substr(colon + 2));
    }
  }
  fields.Add(RecordField::kTelemetryId, kIds[0]);
  CheckRecord(fields.Read(std::string(text), kIds));
}

void CheckJson(std::string_view body) {
  RecordFields fields;
  fields.Add(RecordField::kTelemetryId, kIds[0]);
  std::string payload;
  const Status status = ParseRecordJson(body, fields, payload);
  if (!status.ok()) return CheckRefusal(status);
  Require(nlohmann::json::accept(body), "what is taken is JSON");
  CheckRecord(fields.Read(payload, kIds));
}

}  // namespace
}  // namespace rollcall

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  rollcall::CheckHeaders(body);
  rollcall::CheckJson(body);
  return 0;
}
