// A record as JSON, as clients of the old server's API read it. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "model/record.h"

namespace rollcall::api {

// What of a record is given out: what clients know, or all of it, for an import.
enum class RecordJson { kAnswer, kWhole };

// Appends one object, without a newline.
void AppendRecordJson(const Record& record, std::string& out,
                      RecordJson form = RecordJson::kAnswer);

// Returns {"message":"…"} and a newline: why a request was refused.
std::string MessageJson(std::string_view message);

}  // namespace rollcall::api
