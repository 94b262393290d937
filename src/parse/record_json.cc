#include "parse/record_json.h"

#include <optional>

#include "base/text.h"
#include "parse/json_reader.h"
#include "parse/json_walk.h"

namespace rollcall {
namespace {

using Event = JsonReader::Event;

constexpr std::string_view kPayload = "payload";

Status WrongField(const std::string& name, const char* what) {
  return Status::InvalidArgument(QuoteForMessage(name) + ": " + what);
}

}  // namespace

Status ParseRecordJson(std::string_view body, RecordFields& fields, std::string& payload) {
  JsonReader reader;
  reader.Begin(body);
  const Event first = reader.Next();
  if (first == Event::kError) return reader.status();
  if (first != Event::kBeginObject) return Status::InvalidArgument("the body is not an object");
  bool has_payload = false;
  ROLLCALL_RETURN_IF_ERROR(
      ForEachMember(reader, [&](const std::string& name, Event event) -> Status {
        const std::optional<RecordField> field = RecordFieldNamed(name);
        if (!field && name != kPayload) return SkipJson(reader, event);
        if (event != Event::kText && (event != Event::kNumber || !field)) {
          return WrongField(name, "is not a text");
        }
        if (!field) {
          if (has_payload) return WrongField(name, "is there twice");
          has_payload = true;
          payload = TextOfToken(reader);
          return Status::Ok();
        }
        const std::string text = TextOfToken(reader);
        if (text.size() > kMaxRecordFieldBytes) return WrongField(name, "is too long");
        fields.Add(*field, text);
        return Status::Ok();
      }));
  if (reader.Next() == Event::kError) return reader.status();
  return Status::Ok();
}

}  // namespace rollcall
