// The two ways the store writes numbers as bytes: fixed-width big-endian where bytes must sort as
// the numbers do (keys), varints elsewhere. Plain functions and values; see storage/FORMAT.md.
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

// Reads numbers from the front of some bytes, which must outlive it. After a failed read ok() is
// false, every further read returns 0, and the position stays; so a decoder may check at its end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

  uint16_t BigEndian16() { return static_cast<uint16_t>(BigEndian(2)); }
  uint32_t BigEndian32() { return static_cast<uint32_t>(BigEndian(4)); }
  uint64_t BigEndian64() { return BigEndian(8); }
  // Long and rare numbers are decoded by functions that do not know this object, so that a decoding
  // loop keeps the position in registers.
  uint64_t Varint() {
    if (!rest_.empty() && ByteAt(0) < 0x80) {
      const uint64_t v = ByteAt(0);
      rest_.remove_prefix(1);
      return v;
    }
    if (rest_.size() > 1 && ByteAt(1) < 0x80) {
      const uint64_t v = (ByteAt(0) & 0x7F) | ByteAt(1) << 7;
      rest_.remove_prefix(2);
      return v;
    }
    const Taken<uint64_t> taken = LongVarint(rest_);
    if (taken.bytes == 0) return Fail();
    rest_.remove_prefix(taken.bytes);
    return taken.value;
  }
  // A varint of at most 32 bits; a larger one is a failed read.
  uint32_t Varint32() {
    const uint64_t v = Varint();
    return v > UINT32_MAX ? static_cast<uint32_t>(Fail()) : static_cast<uint32_t>(v);
  }
  // Never NaN, which is a failed read.
  double Value() {
    const uint64_t v = Varint();
    if ((v & 1) == 0) return static_cast<double>(v >> 1);
    const Taken<double> taken = RawValue(v, rest_);
    if (taken.bytes == 0) return static_cast<double>(Fail());
    rest_.remove_prefix(taken.bytes);
    return taken.value;
  }
  __int128 Signed128();
  std::string_view Bytes(size_t size);

 private:
  // A value at the front of some bytes, and how many bytes it takes; 0 where there is none.
  template <typename T>
  struct Taken {
    T value;
    size_t bytes;
  };

  static Taken<uint64_t> LongVarint(std::string_view bytes);
  static Taken<double> RawValue(uint64_t tag, std::string_view bytes);
  uint64_t ByteAt(size_t i) const { return static_cast<unsigned char>(rest_[i]); }
  uint64_t BigEndian(size_t size);
  uint64_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace rollcall::storage
