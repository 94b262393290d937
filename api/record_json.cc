#include "api/record_json.h"

#include "api/json_text.h"
#include "base/civil_time.h"

namespace rollcall::api {
namespace {

// "2015-09-30 00:39:35 UTC".
std::string FormatTime(UnixSeconds time) {
  std::string text = FormatRfc3339(time);
  text[text.find('T')] = ' ';
  text.pop_back();
  return text + " UTC";
}

void AppendMember(const char* name, std::string_view text, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  AppendJsonString(text, out);
}

void AppendNumber(const char* name, uint64_t number, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  out += std::to_string(number);
}

}  // namespace

void AppendRecordJson(const Record& record, std::string& out, RecordJson form) {
  out += "{\"id\":";
  out += std::to_string(record.id.value);
  AppendMember("machine_id", record.machine_id, out);
  AppendMember("machine_type", record.host_type, out);
  AppendMember("arch", record.arch, out);
  AppendMember("build", record.build, out);
  AppendMember("kernel_version", record.kernel_version, out);
  AppendMember("ts_capture", FormatTime(record.capture), out);
  AppendMember("ts_reception", FormatTime(record.reception), out);
  AppendNumber("severity", record.severity, out);
  AppendMember("classification", record.classification, out);
  // The old server named it in both ways.
  AppendNumber("record_version", record.version, out);
  AppendNumber("record_format_version", record.version, out);
  AppendMember("payload", record.payload, out);
  AppendMember("board_name", record.board_name, out);
  AppendMember("bios_version", record.bios_version, out);
  AppendMember("cpu_model", record.cpu_model, out);
  AppendMember("event_id", record.event_id, out);
  out += record.external ? ",\"external\":true" : ",\"external\":false";
  if (form == RecordJson::kWhole) {
    AppendMember("system_name", record.system_name, out);
    out += ",\"payload_format_version\":" + std::to_string(record.payload_version);
  }
  out += '}';
}

std::string MessageJson(std::string_view message) {
  std::string json = "{\"message\":";
  AppendJsonString(message, json);
  return json + "}\n";
}

}  // namespace rollcall::api
