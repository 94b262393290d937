// A record as one JSON object, as clients from 2.4 on post it: the fields as members, their names
// with `_`, and the payload. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/status.h"
#include "parse/record_fields.h"

namespace rollcall {

// A payload may take six bytes for each of its own; inclusive.
inline constexpr size_t kMaxRecordJson = 6 * kMaxRecordPayload + 64 * 1024;

// Adds the members of the object to `fields`, as texts or numbers, and sets `payload`; a missing
// payload is empty. What is no field is ignored. InvalidArgument: the body is not such an object;
// both are then unspecified.
Status ParseRecordJson(std::string_view body, RecordFields& fields, std::string& payload);

}  // namespace rollcall
