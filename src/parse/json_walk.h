// Steps over objects and arrays with a JsonReader, for parsers that know what they look for. The
// nesting of their code is the nesting that they read; everything else is skipped, and checked all
// the same. One thread.
#pragma once

#include <cstddef>
#include <string>

#include "base/status.h"
#include "parse/json_reader.h"
#include "parse/json_text.h"

namespace rollcall {

// Returns the token with its escapes resolved.
inline std::string TextOfToken(const JsonReader& reader) {
  std::string text(reader.token());
  std::string resolved;
  if (reader.has_escapes() && UnescapeJson(text, resolved)) return resolved;
  return text;
}

// Reads to the end of the value that `event` began. InvalidArgument: as JsonReader::status().
inline Status SkipJson(JsonReader& reader, JsonReader::Event event) {
  using Event = JsonReader::Event;
  for (size_t depth = 0;; event = reader.Next()) {
    if (event == Event::kError) return reader.status();
    if (event == Event::kBeginObject || event == Event::kBeginArray) ++depth;
    if (event == Event::kEndObject || event == Event::kEndArray) --depth;
    if (depth == 0 && event != Event::kName) return Status::Ok();
  }
}

// Calls `visit(name, event)` for each member of the object that has just begun, up to its end.
// `event` begins the member's value; `visit` must read the value to its end. Returns its failure,
// or InvalidArgument as JsonReader::status().
template <typename Visit>
Status ForEachMember(JsonReader& reader, Visit visit) {
  for (;;) {
    const JsonReader::Event event = reader.Next();
    if (event == JsonReader::Event::kEndObject) return Status::Ok();
    if (event == JsonReader::Event::kError) return reader.status();
    const std::string name = TextOfToken(reader);
    const JsonReader::Event value = reader.Next();
    if (value == JsonReader::Event::kError) return reader.status();
    ROLLCALL_RETURN_IF_ERROR(visit(name, value));
  }
}

// The same with `visit(event)` for each item of the array that has just begun.
template <typename Visit>
Status ForEachItem(JsonReader& reader, Visit visit) {
  for (;;) {
    const JsonReader::Event event = reader.Next();
    if (event == JsonReader::Event::kEndArray) return Status::Ok();
    if (event == JsonReader::Event::kError) return reader.status();
    ROLLCALL_RETURN_IF_ERROR(visit(event));
  }
}

}  // namespace rollcall
