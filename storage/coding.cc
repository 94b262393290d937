#include "storage/coding.h"

#include <bit>
#include <cmath>

namespace rollcall::storage {
namespace {

constexpr double kLargestWhole = 4611686018427387904.0;  // 2^62, inclusive
constexpr uint64_t kRawValueTag = 1;

}  // namespace

void PutVarint(uint64_t v, std::string& out) {
  while (v >= 0x80) {
    out += static_cast<char>(v | 0x80);
    v >>= 7;
  }
  out += static_cast<char>(v);
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

uint64_t Reader::LongVarint() {
  // Most varints that are not one byte are two or a few: where the end is far no byte is checked
  // for it.
  if (rest_.size() > 8) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(rest_.data());
    uint64_t v = bytes[0] & 0x7FU;
    for (unsigned i = 1; i < 8; ++i) {
      v |= uint64_t{bytes[i] & 0x7FU} << (7 * i);
      if (bytes[i] < 0x80) {
        rest_.remove_prefix(i + 1);
        return v;
      }
    }
  }
  uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return Fail();
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return Fail();
    v |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return v;
  }
  return Fail();
}

double Reader::RawValue(uint64_t tag) {
  if (tag != kRawValueTag) return static_cast<double>(Fail());
  const auto v = std::bit_cast<double>(BigEndian64());
  return std::isnan(v) ? static_cast<double>(Fail()) : v;
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
