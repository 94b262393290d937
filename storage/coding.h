// Numbers as bytes, the two ways the store writes them: fixed-width big-endian where bytes must
// sort as the numbers do (keys), varints elsewhere. storage/FORMAT.md has the definitions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::storage {

inline void PutBigEndian16(uint16_t v, std::string& out) {
  out += static_cast<char>(v >> 8);
  out += static_cast<char>(v);
}
inline void PutBigEndian32(uint32_t v, std::string& out) {
  PutBigEndian16(static_cast<uint16_t>(v >> 16), out);
  PutBigEndian16(static_cast<uint16_t>(v), out);
}
inline void PutBigEndian64(uint64_t v, std::string& out) {
  PutBigEndian32(static_cast<uint32_t>(v >> 32), out);
  PutBigEndian32(static_cast<uint32_t>(v), out);
}

// LEB128: 7 bits a byte, lowest first, the top bit set on all but the last. At most 10 bytes.
void PutVarint(uint64_t v, std::string& out);
// A sample's value. Whole numbers from 0 to 2^62: varint of the number × 2. Any other: varint 1,
// then the 8 bytes of the IEEE 754 double, big-endian. -0 is "any other".
void PutValue(double v, std::string& out);
// 128 bits signed as zigzag LEB128, at most 19 bytes.
void PutSigned128(__int128 v, std::string& out);

constexpr uint64_t ZigZag(int64_t v) {
  return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63);
}
constexpr int64_t UnZigZag(uint64_t v) {
  return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
}

// Takes numbers off the front of some bytes. After a failed take ok() is false, all further takes
// give 0, and the position no longer moves; so a decoder may check once at its end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

  uint16_t BigEndian16() { return static_cast<uint16_t>(BigEndian(2)); }
  uint32_t BigEndian32() { return static_cast<uint32_t>(BigEndian(4)); }
  uint64_t BigEndian64() { return BigEndian(8); }
  uint64_t Varint() {
    if (!rest_.empty() && static_cast<unsigned char>(rest_.front()) < 0x80) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      return byte;
    }
    return LongVarint();
  }
  // A varint that must fit: more is a failure.
  uint32_t Varint32() {
    const uint64_t v = Varint();
    return v > UINT32_MAX ? static_cast<uint32_t>(Fail()) : static_cast<uint32_t>(v);
  }
  // Never NaN: that is a failure.
  double Value() {
    const uint64_t v = Varint();
    return (v & 1) == 0 ? static_cast<double>(v >> 1) : RawValue(v);
  }
  __int128 Signed128();
  std::string_view Bytes(size_t size);

 private:
  uint64_t BigEndian(size_t size);
  uint64_t LongVarint();
  double RawValue(uint64_t tag);
  uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rollcall::storage
