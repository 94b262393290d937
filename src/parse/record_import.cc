#include "parse/record_import.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/civil_time.h"
#include "base/hex.h"
#include "base/text.h"
#include "parse/json_walk.h"
#include "parse/record_fields.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

using Event = JsonReader::Event;

// A larger one is no record's.
constexpr size_t kMaxLineBytes = 16 * 1024 * 1024;
// Ids beyond it would make the columns of a store sparse.
constexpr uint64_t kMaxId = uint64_t{1} << 40;
// A payload in UTF-8.
constexpr size_t kMaxPayload = 2 * kMaxRecordPayload;

enum class Field {
  kId,
  kExternal,
  kReception,
  kCapture,
  kSeverity,
  kVersion,
  kPayloadVersion,
  kPayload,
  kText,
};

struct Column {
  std::string_view name;
  Field field;
  std::string Record::*text = nullptr;
};

// Names of JSON, of the old server's CSV and of its table. Of two that mean one field the later one
// in this list counts.
constexpr std::array<Column, 27> kColumns{{
    {"id", Field::kId},
    {"external", Field::kExternal},
    {"tsp_server", Field::kReception},
    {"server_timestamp", Field::kReception},
    {"ts_reception", Field::kReception},
    {"tsp", Field::kCapture},
    {"ts_capture", Field::kCapture},
    {"severity", Field::kSeverity},
    {"record_format_version", Field::kVersion},
    {"record_version", Field::kVersion},
    {"payload_format_version", Field::kPayloadVersion},
    {"backtrace", Field::kPayload},
    {"payload", Field::kPayload},
    {"machine_id", Field::kText, &Record::machine_id},
    {"machine", Field::kText, &Record::host_type},
    {"machine_type", Field::kText, &Record::host_type},
    {"classification", Field::kText, &Record::classification},
    {"build", Field::kText, &Record::build},
    {"architecture", Field::kText, &Record::arch},
    {"arch", Field::kText, &Record::arch},
    {"kernel_version", Field::kText, &Record::kernel_version},
    {"os_name", Field::kText, &Record::system_name},
    {"system_name", Field::kText, &Record::system_name},
    {"board_name", Field::kText, &Record::board_name},
    {"bios_version", Field::kText, &Record::bios_version},
    {"cpu_model", Field::kText, &Record::cpu_model},
    {"event_id", Field::kText, &Record::event_id},
}};

const Column* ColumnNamed(std::string_view name) {
  const auto at = std::find_if(kColumns.begin(), kColumns.end(),
                               [&](const Column& column) { return column.name == name; });
  return at == kColumns.end() ? nullptr : &*at;
}

// "1443573575", or "2015-09-30 00:39:35 UTC".
std::optional<UnixSeconds> ParseTime(std::string_view text) {
  if (const auto seconds = ParseDigits(text, kLastSecond)) {
    return UnixSeconds(std::chrono::seconds(*seconds));
  }
  constexpr std::string_view kUtc = " UTC";
  if (text.size() < kUtc.size() + 11 || !text.ends_with(kUtc)) return std::nullopt;
  std::string rfc(text.substr(0, text.size() - kUtc.size()));
  rfc[10] = 'T';
  const auto time = ParseRfc3339(rfc + "Z");
  if (!time || *time < UnixMilliseconds()) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*time);
}

std::optional<bool> ParseBool(std::string_view text) {
  for (const std::string_view yes : {"true", "t", "1"}) {
    if (EqualsIgnoringCase(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "f", "0", ""}) {
    if (EqualsIgnoringCase(text, no)) return false;
  }
  return std::nullopt;
}

// PostgreSQL's text of bytes: "\x68690a"; nullopt: it is something else.
std::optional<std::string> ParseBytes(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 2; i < text.size(); i += 2) {
    const int high = HexDigit(AsciiLower(text[i]));
    const int low = HexDigit(AsciiLower(text[i + 1]));
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

// A record as its columns come, in any order.
class Row {
 public:
  // `has_hex_bytes`: a payload may be PostgreSQL's text of bytes.
  explicit Row(bool has_hex_bytes) : has_hex_bytes_(has_hex_bytes) {}

  void Set(const Column& column, std::string text) {
    const auto place = static_cast<size_t>(&column - kColumns.data());
    if (!values_[place]) values_[place] = std::move(text);
  }

  Result<Record> Read() {
    for (size_t i = 0; i < kColumns.size(); ++i) {
      if (!values_[i]) continue;
      if (!Take(kColumns[i], ToUtf8(std::move(*values_[i])))) {
        return Status::InvalidArgument(std::string(kColumns[i].name) + ": not a value of it");
      }
    }
    if (record_.id.value == 0) return Status::InvalidArgument("id: it is missing");
    if (!has_reception_) return Status::InvalidArgument("the time of its reception is missing");
    if (!has_capture_) record_.capture = record_.reception;
    if (CountCharacters(record_.classification) > kMaxClassification ||
        record_.classification.empty()) {
      return Status::InvalidArgument("classification: not one of 1 to " +
                                     std::to_string(kMaxClassification) + " characters");
    }
    return std::move(record_);
  }

 private:
  // Returns whether the text is a value of the column.
  bool Take(const Column& column, std::string text) {
    const auto number = [&](uint64_t most) { return ParseDigits(text, most); };
    switch (column.field) {
      case Field::kId:
        record_.id = {number(kMaxId).value_or(0)};
        return record_.id.value != 0;
      case Field::kExternal:
        record_.external = ParseBool(text).value_or(false);
        return ParseBool(text).has_value();
      case Field::kReception:
        has_reception_ = true;
        return TakeTime(text, record_.reception);
      case Field::kCapture:
        has_capture_ = true;
        return TakeTime(text, record_.capture);
      case Field::kSeverity:
        record_.severity = static_cast<uint8_t>(number(4).value_or(0));
        return number(4).has_value();
      case Field::kVersion:
        record_.version = static_cast<uint8_t>(number(4).value_or(0));
        return text.empty() || number(4).has_value();
      case Field::kPayloadVersion:
        return TakePayloadVersion(text);
      case Field::kPayload:
        if (auto bytes = has_hex_bytes_ ? ParseBytes(text) : std::nullopt) {
          text = ToUtf8(std::move(*bytes));
        }
        record_.payload = std::move(text);
        return record_.payload.size() <= kMaxPayload;
      case Field::kText:
        record_.*column.text = std::move(text);
        return (record_.*column.text).size() <= kMaxRecordFieldBytes;
    }
    return false;
  }
  static bool TakeTime(std::string_view text, UnixSeconds& time) {
    const auto parsed = ParseTime(text);
    time = parsed.value_or(UnixSeconds());
    return parsed.has_value();
  }
  bool TakePayloadVersion(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto number = ParseDigits(text, negative ? uint64_t{1} << 31 : uint64_t{INT32_MAX});
    const auto v = static_cast<int64_t>(number.value_or(0));
    record_.payload_version = static_cast<int32_t>(negative ? -v : v);
    return number.has_value() || text.empty();
  }

  const bool has_hex_bytes_;
  std::array<std::optional<std::string>, kColumns.size()> values_;
  Record record_;
  bool has_reception_ = false;
  bool has_capture_ = false;
};

Result<Record> ReadJson(JsonReader& reader, std::string_view line) {
  reader.Begin(line);
  const Event first = reader.Next();
  if (first == Event::kError) return reader.status();
  if (first != Event::kBeginObject) return Status::InvalidArgument("not an object");
  Row row(false);
  ROLLCALL_RETURN_IF_ERROR(
      ForEachMember(reader, [&](const std::string& name, Event event) -> Status {
        const Column* const column = ColumnNamed(name);
        if (column == nullptr || event == Event::kNull) return SkipJson(reader, event);
        const bool is_bool = event == Event::kTrue || event == Event::kFalse;
        if (!is_bool && event != Event::kText && event != Event::kNumber) {
          return Status::InvalidArgument(name + ": not a value of it");
        }
        row.Set(*column,
                is_bool ? (event == Event::kTrue ? "true" : "false") : TextOfToken(reader));
        return Status::Ok();
      }));
  if (reader.Next() == Event::kError) return reader.status();
  return row.Read();
}

}  // namespace

RecordImportReader::RecordImportReader(Sink sink)
    : sink_(std::move(sink)),
      csv_([this](std::vector<std::string>& cells, uint64_t line) { TakeCsvRow(cells, line); }) {}

Status RecordImportReader::Feed(std::string_view piece) {
  if (!is_chosen_ && !piece.empty()) {
    is_chosen_ = true;
    is_csv_ = piece.front() != '{';
  }
  const Status read = is_csv_ ? csv_.Feed(piece) : TakePiece(piece);
  return status_.ok() ? read : status_;
}

Status RecordImportReader::TakePiece(std::string_view piece) {
  while (status_.ok()) {
    const size_t end = piece.find('\n');
    if (end == std::string_view::npos) break;
    rest_ += piece.substr(0, end);
    piece.remove_prefix(end + 1);
    TakeJsonLine(rest_);
    rest_.clear();
  }
  rest_ += piece;
  if (rest_.size() > kMaxLineBytes) {
    return Status::InvalidArgument("line " + std::to_string(line_ + 1) + ": it is too long");
  }
  return Status::Ok();
}

Status RecordImportReader::Finish() {
  Status read;
  if (is_csv_) {
    read = csv_.Finish();
  } else if (!rest_.empty()) {
    TakeJsonLine(rest_);
  }
  return status_.ok() ? read : status_;
}

void RecordImportReader::TakeJsonLine(std::string_view line) {
  ++line_;
  if (line.empty() || line == "\r") return;
  Pass(line_, ReadJson(json_, line));
}

void RecordImportReader::TakeCsvRow(std::vector<std::string>& cells, uint64_t line) {
  if (columns_.empty()) {
    columns_ = std::move(cells);
    return;
  }
  if (cells.size() != columns_.size()) {
    return Pass(line,
                Status::InvalidArgument(std::to_string(cells.size()) + " cells, not the " +
                                        std::to_string(columns_.size()) + " of the first row"));
  }
  // Only the old server's table has this column.
  Row row(std::find(columns_.begin(), columns_.end(), "tsp_server") != columns_.end());
  for (size_t i = 0; i < cells.size(); ++i) {
    const Column* const column = ColumnNamed(columns_[i]);
    if (column != nullptr) row.Set(*column, std::move(cells[i]));
  }
  Pass(line, row.Read());
}

void RecordImportReader::Pass(uint64_t line, Result<Record> record) {
  if (!status_.ok()) return;
  ++tally_.rows;
  if (record.ok()) {
    status_ = sink_(std::move(record).value());
    return;
  }
  ++tally_.refused;
  if (tally_.errors.size() < Tally::kMaxErrors) {
    tally_.errors.push_back("line " + std::to_string(line) + ": " + record.status().message());
  }
}

}  // namespace rollcall
