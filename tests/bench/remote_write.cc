#include "tests/bench/remote_write.h"

#include <snappy.h>

#include <bit>
#include <string_view>

namespace rollcall::bench {
namespace {

constexpr size_t kBytesPerRequest = 4 * 1024 * 1024;

// Protocol buffers: a number, and the kind of value that follows it.
constexpr char kTimeSeries = 1 << 3 | 2;  // of a WriteRequest
constexpr char kLabel = 1 << 3 | 2;       // of a TimeSeries
constexpr char kSample = 2 << 3 | 2;
constexpr char kName = 1 << 3 | 2;  // of a Label
constexpr char kText = 2 << 3 | 2;
constexpr char kValue = 1 << 3 | 1;  // of a Sample
constexpr char kTime = 2 << 3 | 0;

void AppendVarint(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void AppendBytes(char tag, std::string_view bytes, std::string& out) {
  out += tag;
  AppendVarint(bytes.size(), out);
  out += bytes;
}

void AppendSample(const RemoteWrite::Sample& sample, std::string& out) {
  std::string inside;
  inside += kValue;
  auto bits = std::bit_cast<uint64_t>(sample.value);
  for (int i = 0; i < 8; ++i, bits >>= 8) inside += static_cast<char>(bits);
  inside += kTime;
  AppendVarint(static_cast<uint64_t>(sample.time), inside);
  AppendBytes(kSample, inside, out);
}

}  // namespace

Status RemoteWrite::Add(const promql::Labels& labels, std::span<const Sample> samples) {
  series_.clear();
  for (const auto& [name, value] : labels.all()) {
    std::string label;
    AppendBytes(kName, name, label);
    AppendBytes(kText, value, label);
    AppendBytes(kLabel, label, series_);
  }
  for (const Sample& sample : samples) AppendSample(sample, series_);
  AppendBytes(kTimeSeries, series_, request_);
  return request_.size() < kBytesPerRequest ? Status::Ok() : Send();
}

Status RemoteWrite::Send() {
  if (request_.empty()) return Status::Ok();
  std::string packed;
  snappy::Compress(request_.data(), request_.size(), &packed);
  request_.clear();
  const auto reply = client_.PostBare(packed,
                                      "Content-Encoding: snappy\r\n"
                                      "Content-Type: application/x-protobuf\r\n"
                                      "X-Prometheus-Remote-Write-Version: 0.1.0\r\n",
                                      "/api/v1/write");
  if (reply.status / 100 == 2) return Status::Ok();
  return Status::Unavailable("remote write: " + std::to_string(reply.status) + " " +
                             reply.body.substr(0, 200));
}

}  // namespace rollcall::bench
