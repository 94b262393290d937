#include "storage/coding.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace rollcall::storage {
namespace {

constexpr double kLargestWhole = 4611686018427387904.0;  // 2^62, inclusive
constexpr uint64_t kRawValueTag = 1;

}  // namespace

void PutVarint(uint64_t v, std::string& out) {
  char bytes[10];
  size_t size = 0;
  for (; v >= 0x80; v >>= 7) bytes[size++] = static_cast<char>(v | 0x80);
  bytes[size++] = static_cast<char>(v);
  out.append(bytes, size);
}

void PutValue(double v, std::string& out) {
  if (v >= 0 && v <= kLargestWhole && !std::signbit(v)) {
    const auto whole = static_cast<uint64_t>(v);
    if (static_cast<double>(whole) == v) return PutVarint(whole << 1, out);
  }
  PutVarint(kRawValueTag, out);
  PutBigEndian64(std::bit_cast<uint64_t>(v), out);
}

void PutSigned128(__int128 v, std::string& out) {
  auto zigzag = (static_cast<unsigned __int128>(v) << 1) ^ static_cast<unsigned __int128>(v >> 127);
  while (zigzag >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(zigzag) | 0x80);
    zigzag >>= 7;
  }
  out += static_cast<char>(zigzag);
}

uint64_t Reader::BigEndian(size_t size) {
  if (rest_.size() < size) return Fail();
  uint64_t v = 0;
  for (size_t i = 0; i < size; ++i) v = v << 8 | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(size);
  return v;
}

Reader::Taken<uint64_t> Reader::LongVarint(std::string_view bytes) {
  uint64_t v = 0;
  if (bytes.size() >= sizeof v) {
    // Up to 8 bytes at once: their end is the first byte without its top bit.
    std::memcpy(&v, bytes.data(), sizeof v);
    const uint64_t ends = ~v & 0x8080'8080'8080'8080;
    if (ends != 0) {
      v &= ends ^ (ends - 1);  // what is behind the end goes
      v = (v & 0x007F'007F'007F'007F) | (v & 0x7F00'7F00'7F00'7F00) >> 1;
      v = (v & 0x0000'3FFF'0000'3FFF) | (v & 0x3FFF'0000'3FFF'0000) >> 2;
      v = (v & 0x0FFF'FFFF) | (v & 0x0FFF'FFFF'0000'0000) >> 4;
      return {v, static_cast<size_t>(std::countr_zero(ends)) / 8 + 1};
    }
    v = 0;
  }
  for (size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 9 && byte > 1) break;
    v |= uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) return {v, i + 1};
  }
  return {0, 0};
}

Reader::Taken<double> Reader::RawValue(uint64_t tag, std::string_view bytes) {
  Reader reader(bytes);
  const auto v = std::bit_cast<double>(reader.BigEndian64());
  if (tag != kRawValueTag || !reader.ok() || std::isnan(v)) return {0, 0};
  return {v, sizeof v};
}

__int128 Reader::Signed128() {
  unsigned __int128 v = 0;
  for (unsigned shift = 0; shift < 128; shift += 7) {
    if (rest_.empty()) return Fail();
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 126 && byte > 3) return Fail();
    v |= static_cast<unsigned __int128>(byte & 0x7FU) << shift;
    if (byte < 0x80) return static_cast<__int128>(v >> 1) ^ -static_cast<__int128>(v & 1);
  }
  return Fail();
}

std::string_view Reader::Bytes(size_t size) {
  if (rest_.size() < size) {
    Fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

}  // namespace rollcall::storage
