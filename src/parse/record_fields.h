// The fields that a record comes with, as headers or as members of a JSON object, and the rules
// that they keep: the wire format of the telemetry clients of Clear Linux. Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/record.h"

namespace rollcall {

enum class RecordField : size_t {
  kFormatVersion,
  kSeverity,
  kClassification,
  kMachineId,
  kCreationTimestamp,
  kArch,
  kHostType,
  kKernelVersion,
  kBuild,
  kTelemetryId,
  kSystemName,
  kPayloadFormatVersion,
  kBoardName,
  kCpuModel,
  kBiosVersion,
  kEventId,
  kExternal,
  kEnd,  // not a field: how many there are
};

// The id that clients send unless somebody configured another.
inline constexpr const char* kDefaultTelemetryId = "6907c830-eed9-4ce9-81ae-76daf8d88f0f";

// Bytes of one field, inclusive: as much as a header can have.
inline constexpr size_t kMaxRecordFieldBytes = 32 * 1024;

// Returns the field of that name; nullopt where it is of none. Case does not matter, and `_` is as
// good as `-`: most clients write `machine_id`.
std::optional<RecordField> RecordFieldNamed(std::string_view name);

class RecordFields {
 public:
  // Adds a field unless it is there: the first one counts. What is not UTF-8 is taken for Latin-1.
  void Add(RecordField field, std::string_view value);
  bool Has(RecordField field) const { return values_[Index(field)].has_value(); }

  // Returns the record that the fields and the payload say, without id and reception.
  // InvalidArgument: a field is missing, or breaks its rule; the message names it.
  Result<Record> Read(std::string payload, std::span<const std::string> telemetry_ids) const;

 private:
  static size_t Index(RecordField field) { return static_cast<size_t>(field); }

  std::array<std::optional<std::string>, static_cast<size_t>(RecordField::kEnd)> values_;
};

// Returns the number that all of `text` says in ASCII digits, if it is at most `most`, inclusive.
std::optional<uint64_t> ParseDigits(std::string_view text, uint64_t most);

// Returns the text without its quotes, double and single, wherever they stand.
std::string WithoutQuotes(std::string_view text);

// Returns how many characters a text in UTF-8 has.
size_t CountCharacters(std::string_view text);

}  // namespace rollcall
