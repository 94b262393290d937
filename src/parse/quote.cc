#include "parse/quote.h"

namespace rollcall {
namespace {

constexpr size_t kMaxQuotedBytes = 58;  // two more for the quotes

void AppendEscaped(char c, std::string& out) {
  constexpr char kHexDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += c;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (c >= ' ' && c <= '~') {
    out += c;
    return;
  }
  const unsigned byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 0xFU];
}

}  // namespace

std::string QuoteForMessage(std::string_view text) {
  std::string out = "\"";
  std::string piece;
  for (const char c : text) {
    piece.clear();
    AppendEscaped(c, piece);
    if (out.size() - 1 + piece.size() > kMaxQuotedBytes) return out + "\"...";
    out += piece;
  }
  return out + "\"";
}

}  // namespace rollcall
