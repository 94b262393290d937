#include "parse/utf8.h"

namespace rollcall {
namespace {

unsigned Byte(const char* at) { return static_cast<unsigned char>(*at); }

bool IsContinuation(const char* at) { return (Byte(at) & 0xC0U) == 0x80U; }

}  // namespace

const char* SkipUtf8Sequence(const char* at, const char* end) {
  const unsigned first = Byte(at);
  const auto left = end - at;
  if (first < 0xC2 || first > 0xF4 || left < 2) return nullptr;
  // The second byte's range is narrower after the leads that could start an overlong form, a
  // surrogate, or a code point past the last.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  const unsigned second = Byte(at + 1);
  if (second < low || second > high) return nullptr;
  if (first < 0xE0) return at + 2;
  if (left < 3 || !IsContinuation(at + 2)) return nullptr;
  if (first < 0xF0) return at + 3;
  if (left < 4 || !IsContinuation(at + 3)) return nullptr;
  return at + 4;
}

bool IsUtf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (Byte(at) < 0x80) {
      ++at;
      continue;
    }
    at = SkipUtf8Sequence(at, end);
    if (at == nullptr) return false;
  }
  return true;
}

std::string_view CutUtf8(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && IsContinuation(text.data() + most)) --most;
  return text.substr(0, most);
}

std::string ToUtf8(std::string text) {
  if (IsUtf8(text)) return text;
  std::string utf8;
  utf8.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0U | byte >> 6);
      utf8 += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return utf8;
}

}  // namespace rollcall
