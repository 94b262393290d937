// Records as clients send them, for tests of their readers.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rollcall::test {

inline const std::vector<std::string> kTelemetryIds{"6907c830-eed9-4ce9-81ae-76daf8d88f0f",
                                                    "a-second-one"};

// The fields that a record of that version must have, named as most clients name them.
inline std::vector<std::pair<std::string, std::string>> FieldsOfVersion(int version) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"record_format_version", std::to_string(version)},
      {"severity", "2"},
      {"classification", "org.clearlinux/hello/world"},
      {"machine_id", "66c196ce4222dd761470da5e7e35f6f1"},
      {"creation_timestamp", "1443573575"},
      {"arch", "x86_64"},
      {"host_type", "blank|blank|blank"},
      {"kernel_version", "4.2.0-120"},
      {"build", "\"41000\""},
      {"X-Telemetry-TID", kTelemetryIds[0]}};
  if (version >= 2) {
    fields.emplace_back("system_name", "\"clear-linux-os\"");
    fields.emplace_back("payload_format_version", "7");
  }
  if (version >= 3) {
    fields.emplace_back("board_name", "Board|Maker");
    fields.emplace_back("cpu_model", "Intel(R) Core(TM) i7");
    fields.emplace_back("bios_version", "1.2.3");
  }
  if (version >= 4) fields.emplace_back("event_id", "0123456789abcdef0123456789abcdef");
  return fields;
}

}  // namespace rollcall::test
