// A record: one event of one machine, as telemetry clients of operating systems post it, one record
// at a time: a crash, a machine check, a heartbeat. It has nothing to do with reports. Plain
// values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace rollcall {

// The number of a record: counted from 1 in the order of reception, never given out again. 0 is
// none.
struct RecordId {
  uint64_t value = 0;
  auto operator<=>(const RecordId&) const = default;
};

// The number by which the store knows a text that many records have; 0 is the empty text.
struct WordRef {
  uint32_t value = 0;
  auto operator<=>(const WordRef&) const = default;
};

// The number by which the store knows a distinct stack; 0 is none.
struct StackRef {
  uint32_t value = 0;
  auto operator<=>(const StackRef&) const = default;
};

// What stands in the place of a field that the record's version does not have.
inline constexpr const char* kNotAvailable = "N/A";

// Inclusive, in bytes.
inline constexpr size_t kMaxRecordPayload = 1024 * 1024;
// Inclusive, in characters.
inline constexpr size_t kMaxClassification = 140;
inline constexpr size_t kMaxMachineId = 32;

// All texts are UTF-8.
struct Record {
  RecordId id;
  uint8_t version = 0;   // of its format, 1 to 4; 0: not known
  uint8_t severity = 0;  // 1 to 4, the worst
  bool external = false;
  int32_t payload_version = 0;
  UnixSeconds capture{};       // by the machine's clock; 0 to the end of year 9999
  UnixSeconds reception{};     // by ours; from 1970 on
  std::string machine_id;      // for some days the same, then another one
  std::string classification;  // "org.clearlinux/crash/clr"
  std::string build;
  std::string arch;
  std::string host_type;  // "vendor|product|version"
  std::string kernel_version;
  std::string system_name;
  std::string board_name = kNotAvailable;
  std::string cpu_model = kNotAvailable;
  std::string bios_version = kNotAvailable;
  std::string event_id = kNotAvailable;
  std::string payload;

  bool operator==(const Record&) const = default;
};

// The fields that many records have in common.
inline constexpr std::array kRecordWords{
    &Record::classification, &Record::build,          &Record::arch,
    &Record::host_type,      &Record::kernel_version, &Record::system_name,
    &Record::board_name,     &Record::cpu_model,      &Record::bios_version};

}  // namespace rollcall
