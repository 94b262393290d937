// Hexadecimal digits. Pure; text.h writes them.
#pragma once

namespace rollcall {

// Returns the value of a hexadecimal digit, of which letters are lower-case; -1: it is none.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace rollcall
