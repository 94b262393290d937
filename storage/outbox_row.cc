#include "storage/outbox_row.h"

#include "storage/coding.h"

namespace rollcall::storage {
namespace {

void PutTime(UnixMilliseconds time, std::string& out) {
  PutVarint(ZigZag(time.time_since_epoch().count()), out);
}
UnixMilliseconds TakeTime(Reader& reader) {
  return UnixMilliseconds(std::chrono::milliseconds(UnZigZag(reader.Varint())));
}

void PutText(std::string_view text, std::string& out) {
  PutVarint(text.size(), out);
  out += text;
}
std::string_view TakeText(Reader& reader) { return reader.Bytes(reader.Varint()); }

}  // namespace

std::string EncodeOutboxKey(uint64_t sequence) {
  std::string key;
  PutBigEndian64(sequence, key);
  return key;
}

std::optional<uint64_t> DecodeOutboxKey(std::string_view bytes) {
  Reader reader(bytes);
  const uint64_t sequence = reader.BigEndian64();
  if (!reader.ok() || !reader.AtEnd()) return std::nullopt;
  return sequence;
}

std::string EncodeOutboxRow(const OutboxRow& row) {
  std::string out;
  PutTime(row.received, out);
  PutVarint(row.fleet.value, out);
  PutText(row.source_id, out);
  out += row.packed_body;
  return out;
}

std::string EncodeParkedRow(const ParkedRow& row) {
  std::string out;
  PutTime(row.parked, out);
  PutVarint(row.http_status, out);
  PutText(row.reason, out);
  out += row.outbox_row;
  return out;
}

Status DecodeOutboxRow(std::string_view bytes, OutboxRow& row) {
  Reader reader(bytes);
  row.received = TakeTime(reader);
  const uint64_t fleet = reader.Varint();
  row.fleet = {static_cast<uint16_t>(fleet)};
  row.source_id = TakeText(reader);
  row.packed_body = reader.Bytes(reader.left());
  if (reader.ok() && fleet <= UINT16_MAX) return Status::Ok();
  return Status::DataLoss("decode a row of the outbox: " + std::to_string(bytes.size()) +
                          " bytes are not one");
}

Status DecodeParkedRow(std::string_view bytes, ParkedRow& row) {
  Reader reader(bytes);
  row.parked = TakeTime(reader);
  row.http_status = reader.Varint32();
  row.reason = TakeText(reader);
  row.outbox_row = reader.Bytes(reader.left());
  if (reader.ok()) return Status::Ok();
  return Status::DataLoss("decode a parked row: " + std::to_string(bytes.size()) +
                          " bytes are not one");
}

}  // namespace rollcall::storage
