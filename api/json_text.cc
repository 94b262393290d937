#include "api/json_text.h"

#include "base/text.h"
#include "parse/utf8.h"

namespace rollcall::api {
namespace {

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

bool StandsForItself(char c) { return IsAscii(c) && c >= ' ' && c != '"' && c != '\\'; }

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
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
      out += "\\u00";
      AppendHexByte(c, out);
  }
}

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  const char* from = text.data();  // of what is still to be appended
  const char* const end = from + text.size();
  out += '"';
  for (const char* at = from; at != end;) {
    if (StandsForItself(*at)) {
      ++at;
      continue;
    }
    const char* const next = IsAscii(*at) ? nullptr : SkipUtf8Sequence(at, end);
    if (next != nullptr) {
      at = next;
      continue;
    }
    out.append(from, at);
    if (IsAscii(*at)) {
      AppendEscaped(*at, out);
    } else {
      out += "\uFFFD";
    }
    from = ++at;
  }
  out.append(from, end);
  out += '"';
}

}  // namespace rollcall::api
