#include "parse/record_fields.h"

#include <algorithm>

#include "base/civil_time.h"
#include "base/text.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

// In the order of RecordField.
constexpr std::array<std::string_view, static_cast<size_t>(RecordField::kEnd)> kFieldNames{
    "Record-Format-Version",
    "Severity",
    "Classification",
    "Machine-Id",
    "Creation-Timestamp",
    "Arch",
    "Host-Type",
    "Kernel-Version",
    "Build",
    "X-Telemetry-TID",
    "System-Name",
    "Payload-Format-Version",
    "Board-Name",
    "Cpu-Model",
    "Bios-Version",
    "Event-Id",
    "X-CLR-External"};

constexpr std::array<std::string_view, 10> kArchitectures{
    "armv7l", "armv6l", "aarch64", "amd64", "sparc64", "ppc64", "i686", "i386", "x86_64", "ppc"};

// Versions of the format, by what they brought.
constexpr uint64_t kLatestVersion = 4;
constexpr uint64_t kWithSystemName = 2;
constexpr uint64_t kWithHardware = 3;
constexpr uint64_t kWithEventId = 4;

constexpr uint64_t kWorstSeverity = 4;
constexpr uint64_t kMaxPayloadVersion = 2'147'483'646;
constexpr size_t kMaxHostType = 249;
constexpr size_t kMaxHardware = 199;
// The contract gives no bound for what remains; the store keeps each distinct one.
constexpr size_t kMaxWord = 256;
constexpr size_t kEventIdDigits = 32;
constexpr std::string_view kClearLinux = "clear-linux-os";

// Comparable forms of a name's byte.
char Folded(char c) { return c == '_' ? '-' : AsciiLower(c); }

bool SameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Folded(x) == Folded(y); });
}

bool HasThreeParts(std::string_view text, char separator) {
  return std::count(text.begin(), text.end(), separator) == 2;
}

bool IsKernelVersion(std::string_view text) {
  for (int part = 0; part < 2; ++part) {
    const size_t point = text.find('.');
    if (point == 0 || point == std::string_view::npos) return false;
    if (!std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(point), IsAsciiDigit)) {
      return false;
    }
    text.remove_prefix(point + 1);
  }
  return true;
}

bool IsBuild(std::string_view build, std::string_view system_name) {
  if (build.empty()) return false;
  if (system_name == kClearLinux) return std::all_of(build.begin(), build.end(), IsAsciiDigit);
  return std::all_of(build.begin(), build.end(), [](char c) {
    return IsAsciiAlphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool IsEventId(std::string_view text) {
  return text.size() == kEventIdDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return IsAsciiDigit(c) || (c >= 'a' && c <= 'f');
         });
}

// A version of a payload's format, which may have a sign.
std::optional<int32_t> ParsePayloadVersion(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto number = ParseDigits(text, negative ? uint64_t{1} << 31 : kMaxPayloadVersion);
  if (!number) return std::nullopt;
  const auto v = static_cast<int64_t>(*number);
  return static_cast<int32_t>(negative ? -v : v);
}

// Reads fields one after another; keeps the first failure.
class FieldReader {
 public:
  using Values = std::array<std::optional<std::string>, kFieldNames.size()>;

  explicit FieldReader(const Values& values) : values_(values) {}

  // Returns the field's text; "" where it is missing, which is a failure.
  std::string Take(RecordField field) {
    const auto& value = values_[static_cast<size_t>(field)];
    if (!value) Fail(field, "is missing");
    return value.value_or("");
  }
  // The same; a missing one is `if_missing`.
  std::string TakeOr(RecordField field, const char* if_missing) {
    const auto& value = values_[static_cast<size_t>(field)];
    return value ? *value : if_missing;
  }
  // Fails unless `good`, about a field that is there.
  void Require(bool good, RecordField field, const std::string& rule) {
    if (good || !status_.ok()) return;
    Fail(field, QuoteForMessage(values_[static_cast<size_t>(field)].value_or("")) + " " + rule);
  }
  const Status& status() const { return status_; }

 private:
  void Fail(RecordField field, const std::string& what) {
    if (!status_.ok()) return;
    status_ =
        Status::InvalidArgument(std::string(kFieldNames[static_cast<size_t>(field)]) + ": " + what);
  }

  const Values& values_;
  Status status_;
};

std::string AtMost(size_t most) { return "has more than " + std::to_string(most) + " characters"; }

}  // namespace

std::optional<RecordField> RecordFieldNamed(std::string_view name) {
  for (size_t i = 0; i < kFieldNames.size(); ++i) {
    if (SameName(name, kFieldNames[i])) return static_cast<RecordField>(i);
  }
  return std::nullopt;
}

void RecordFields::Add(RecordField field, std::string_view value) {
  std::optional<std::string>& slot = values_[Index(field)];
  if (!slot) slot = ToUtf8(std::string(value));
}

Result<Record> RecordFields::Read(std::string payload,
                                  std::span<const std::string> telemetry_ids) const {
  using enum RecordField;
  FieldReader fields(values_);
  Record record;
  const std::string id = fields.Take(kTelemetryId);
  fields.Require(std::find(telemetry_ids.begin(), telemetry_ids.end(), id) != telemetry_ids.end(),
                 kTelemetryId, "is not an id that is taken here");
  const auto version = ParseDigits(fields.Take(kFormatVersion), kLatestVersion);
  fields.Require(version && *version > 0, kFormatVersion, "is not 1, 2, 3 or 4");
  if (!fields.status().ok()) return fields.status();
  record.version = static_cast<uint8_t>(*version);

  const auto severity = ParseDigits(fields.Take(kSeverity), kWorstSeverity);
  fields.Require(severity && *severity > 0, kSeverity, "is not 1, 2, 3 or 4");
  record.severity = static_cast<uint8_t>(severity.value_or(0));

  record.classification = fields.Take(kClassification);
  fields.Require(HasThreeParts(record.classification, '/'), kClassification,
                 "does not have three parts with / between them");
  fields.Require(CountCharacters(record.classification) <= kMaxClassification, kClassification,
                 AtMost(kMaxClassification));

  record.machine_id = fields.Take(kMachineId);
  fields.Require(CountCharacters(record.machine_id) <= kMaxMachineId, kMachineId,
                 AtMost(kMaxMachineId));

  const auto capture = ParseDigits(fields.Take(kCreationTimestamp), kLastSecond);
  fields.Require(capture.has_value(), kCreationTimestamp,
                 "is not a number of Unix seconds up to the year 9999");
  record.capture = UnixSeconds(std::chrono::seconds(capture.value_or(0)));

  record.arch = fields.Take(kArch);
  fields.Require(
      std::find(kArchitectures.begin(), kArchitectures.end(), record.arch) != kArchitectures.end(),
      kArch, "is not an architecture that is known here");

  record.host_type = fields.Take(kHostType);
  fields.Require(CountCharacters(record.host_type) <= kMaxHostType, kHostType,
                 AtMost(kMaxHostType));

  record.kernel_version = fields.Take(kKernelVersion);
  fields.Require(IsKernelVersion(record.kernel_version), kKernelVersion,
                 "does not have three parts with . between them, the first two of digits");
  fields.Require(CountCharacters(record.kernel_version) <= kMaxWord, kKernelVersion,
                 AtMost(kMaxWord));

  const bool has_system_name = *version >= kWithSystemName;
  record.system_name =
      WithoutQuotes(has_system_name ? fields.Take(kSystemName) : fields.TakeOr(kSystemName, ""));
  fields.Require(CountCharacters(record.system_name) <= kMaxWord, kSystemName, AtMost(kMaxWord));
  record.build = WithoutQuotes(fields.Take(kBuild));
  fields.Require(CountCharacters(record.build) <= kMaxWord, kBuild, AtMost(kMaxWord));
  fields.Require(
      IsBuild(record.build, record.system_name), kBuild,
      record.system_name == kClearLinux ? "is not a number" : "is not of A-Z a-z 0-9 . _ -");

  const auto payload_version =
      ParsePayloadVersion(has_system_name ? fields.Take(kPayloadFormatVersion)
                                          : fields.TakeOr(kPayloadFormatVersion, "0"));
  fields.Require(payload_version.has_value(), kPayloadFormatVersion,
                 "is not a whole number under 2147483647");
  record.payload_version = payload_version.value_or(0);

  if (*version >= kWithHardware) {
    for (const auto& [field, text] :
         {std::pair(kBoardName, &record.board_name), std::pair(kCpuModel, &record.cpu_model),
          std::pair(kBiosVersion, &record.bios_version)}) {
      *text = fields.Take(field);
      fields.Require(IsPrintable(*text), field, "is not printable ASCII");
      fields.Require(text->size() <= kMaxHardware, field, AtMost(kMaxHardware));
    }
  }
  if (*version >= kWithEventId) {
    record.event_id = fields.Take(kEventId);
    fields.Require(IsEventId(record.event_id), kEventId, "is not 32 lower-case hexadecimal digits");
  }
  record.external = fields.TakeOr(kExternal, "") == "true";
  if (!fields.status().ok()) return fields.status();
  record.payload = ToUtf8(std::move(payload));
  return record;
}

std::optional<uint64_t> ParseDigits(std::string_view text, uint64_t most) {
  uint64_t number = 0;
  for (const char c : text) {
    const auto digit = static_cast<uint64_t>(c - '0');
    if (!IsAsciiDigit(c) || number > (UINT64_MAX - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  return text.empty() || number > most ? std::nullopt : std::optional(number);
}

std::string WithoutQuotes(std::string_view text) {
  std::string without(text);
  std::erase_if(without, [](char c) { return c == '"' || c == '\''; });
  return without;
}

size_t CountCharacters(std::string_view text) {
  // All bytes but those that continue a character.
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace rollcall
