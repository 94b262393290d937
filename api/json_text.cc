#include "api/json_text.h"

#include "base/text.h"
#include "parse/utf8.h"

namespace rollcall::api {
namespace {

bool StandsForItself(char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }

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
    const bool is_ascii = static_cast<unsigned char>(*at) < 0x80;
    const char* const next = is_ascii ? nullptr : SkipUtf8Sequence(at, end);
    if (next != nullptr) {
      at = next;
      continue;
    }
    out.append(from, at);
    if (is_ascii) {
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
