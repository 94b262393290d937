#include "storage/host_rows.h"

#include <bit>
#include <cmath>

#include "storage/coding.h"
#include "storage/keys.h"

namespace rollcall::storage {
namespace {

constexpr double kMostThousandths = 9007199254740992;  // 2^53
constexpr double kMostPercent = 100;

// -0 is written as 0.
void PutThousandths(double v, std::string& out) {
  const double thousandths = std::round(v * 1000);
  if (thousandths <= kMostThousandths && thousandths / 1000 == v) {
    return PutVarint(static_cast<uint64_t>(thousandths) << 1, out);
  }
  PutVarint(1, out);
  PutBigEndian64(std::bit_cast<uint64_t>(v), out);
}

double TakeThousandths(Reader& reader, bool& good) {
  const uint64_t tag = reader.Varint();
  if ((tag & 1) == 0) {
    good &= tag >> 1 <= static_cast<uint64_t>(kMostThousandths);
    return static_cast<double>(tag >> 1) / 1000;
  }
  const double v = std::bit_cast<double>(reader.BigEndian64());
  good &= tag == 1 && std::isfinite(v) && v >= 0;
  return v;
}

Status NotA(const char* what, std::string_view bytes) {
  return Status::DataLoss("decode " + std::string(what) + ": " + std::to_string(bytes.size()) +
                          " bytes are not one");
}

}  // namespace

std::string EncodeKey(const HostSampleKey& key) {
  std::string out = EncodePrefix(key.stretch);
  PutBigEndian32(key.host.value, out);
  PutBigEndian16(key.second, out);
  return out;
}

std::optional<HostSampleKey> DecodeHostSampleKey(std::string_view bytes) {
  Reader reader(bytes);
  const HostSampleKey key{reader.BigEndian32(), {reader.BigEndian32()}, reader.BigEndian16()};
  const bool good = reader.ok() && reader.AtEnd() && std::chrono::seconds(key.second) < kStretch;
  return good ? std::optional(key) : std::nullopt;
}

std::string EncodeHostSample(const HostSample& sample) {
  std::string out;
  PutThousandths(sample.requests_sec, out);
  PutThousandths(sample.p99_ms, out);
  PutThousandths(sample.error_rate, out);
  PutVarint(sample.active_backends, out);
  return out;
}

Status DecodeHostSample(std::string_view bytes, HostSample& sample) {
  Reader reader(bytes);
  bool good = true;
  sample.requests_sec = TakeThousandths(reader, good);
  sample.p99_ms = TakeThousandths(reader, good);
  sample.error_rate = TakeThousandths(reader, good);
  sample.active_backends = reader.Varint32();
  good &= reader.ok() && reader.AtEnd() && sample.error_rate <= kMostPercent;
  return good ? Status::Ok() : NotA("a sample of a host", bytes);
}

std::string EncodeHostRecord(const HostRecord& record) {
  std::string out;
  PutVarint(record.ref.value, out);
  PutVarint(record.newest.number, out);
  return out;
}

Status DecodeHostRecord(std::string_view bytes, HostRecord& record) {
  Reader reader(bytes);
  record.ref = {reader.Varint32()};
  record.newest = {reader.Varint32()};
  const bool good = reader.ok() && reader.AtEnd() && record.ref.value != 0;
  return good ? Status::Ok() : NotA("a host", bytes);
}

}  // namespace rollcall::storage
