#include "api/record_view_answer.h"

#include "base/civil_time.h"

namespace rollcall::api {

nlohmann::ordered_json AsOfJson(UnixSeconds time) { return {{"as_of", FormatRfc3339(time)}}; }

}  // namespace rollcall::api
