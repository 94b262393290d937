#include "storage/record_row.h"

#include <algorithm>

#include "base/hex.h"
#include "storage/coding.h"

namespace rollcall::storage {
namespace {

// The first number of a row.
constexpr unsigned kVersionBits = 3;
constexpr unsigned kSeverityBits = 3;
constexpr uint64_t kExternal = uint64_t{1} << (kVersionBits + kSeverityBits);
constexpr uint64_t kPacked = kExternal << 1;
constexpr uint64_t kFlagsEnd = kPacked << 1;

constexpr size_t kHexDigits = 32;

bool IsHex(std::string_view text) {
  return text.size() == kHexDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return HexDigit(c) >= 0; });
}

// An id: mostly 32 hexadecimal digits, which are then 16 bytes.
void PutId(std::string_view id, std::string& out) {
  if (!IsHex(id)) {
    PutVarint(id.size() << 1, out);
    out += id;
    return;
  }
  PutVarint(1, out);
  for (size_t i = 0; i < id.size(); i += 2) {
    out += static_cast<char>(HexDigit(id[i]) << 4 | HexDigit(id[i + 1]));
  }
}

// False: it is not one.
bool TakeId(Reader& reader, std::string& id) {
  const uint64_t tag = reader.Varint();
  id.clear();
  if ((tag & 1) == 0) {
    id = reader.Bytes(tag >> 1);
    return !IsHex(id);
  }
  for (const char c : reader.Bytes(kHexDigits / 2)) {
    const auto byte = static_cast<unsigned char>(c);
    id += "0123456789abcdef"[byte >> 4];
    id += "0123456789abcdef"[byte & 15];
  }
  return tag == 1;
}

}  // namespace

std::string EncodeRecordRow(const RecordRow& row) {
  std::string out;
  out.reserve(64 + row.payload.size());
  PutVarint(row.version | uint64_t{row.severity} << kVersionBits | (row.external ? kExternal : 0) |
                (row.is_packed ? kPacked : 0),
            out);
  const int64_t reception = row.reception.time_since_epoch().count();
  PutVarint(ZigZag(reception), out);
  PutVarint(ZigZag(row.capture.time_since_epoch().count() - reception), out);
  PutVarint(ZigZag(row.payload_version), out);
  for (const WordRef word : row.words) PutVarint(word.value, out);
  PutVarint(row.stack.value, out);
  PutId(row.machine_id, out);
  PutId(row.event_id, out);
  out += row.payload;
  return out;
}

Status DecodeRecordRow(std::string_view bytes, RecordRow& row) {
  Reader reader(bytes);
  const uint64_t flags = reader.Varint();
  row.version = flags & ((1U << kVersionBits) - 1);
  row.severity = flags >> kVersionBits & ((1U << kSeverityBits) - 1);
  row.external = (flags & kExternal) != 0;
  row.is_packed = (flags & kPacked) != 0;
  const int64_t reception = UnZigZag(reader.Varint());
  const int64_t age = UnZigZag(reader.Varint());
  int64_t capture = 0;
  bool good = flags < kFlagsEnd && reception >= 0 &&
              !__builtin_add_overflow(reception, age, &capture) && capture >= 0;
  row.reception = UnixSeconds(std::chrono::seconds(reception));
  row.capture = UnixSeconds(std::chrono::seconds(capture));
  const int64_t payload_version = UnZigZag(reader.Varint());
  good &= payload_version >= INT32_MIN && payload_version <= INT32_MAX;
  row.payload_version = static_cast<int32_t>(payload_version);
  for (WordRef& word : row.words) word = {reader.Varint32()};
  row.stack = {reader.Varint32()};
  good &= TakeId(reader, row.machine_id);
  good &= TakeId(reader, row.event_id);
  row.payload = reader.Bytes(reader.left());
  if (good && reader.ok()) return Status::Ok();
  return Status::DataLoss("decode a record: " + std::to_string(bytes.size()) +
                          " bytes are not one");
}

std::string EncodeKey(RecordId id) {
  std::string out;
  PutBigEndian64(id.value, out);
  return out;
}

std::optional<RecordId> DecodeRecordKey(std::string_view bytes) {
  Reader reader(bytes);
  const RecordId id{reader.BigEndian64()};
  const bool good = reader.ok() && reader.AtEnd() && id.value != 0;
  return good ? std::optional(id) : std::nullopt;
}

std::string EncodeKey(const RecordMachineKey& key) {
  std::string out;
  PutBigEndian64(key.machine, out);
  PutBigEndian64(~key.id.value, out);
  return out;
}

std::optional<RecordMachineKey> DecodeRecordMachineKey(std::string_view bytes) {
  Reader reader(bytes);
  const RecordMachineKey key{reader.BigEndian64(), {~reader.BigEndian64()}};
  const bool good = reader.ok() && reader.AtEnd() && key.id.value != 0;
  return good ? std::optional(key) : std::nullopt;
}

}  // namespace rollcall::storage
