// Text as a JSON string. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::api {

// Appends the text in quotes. A byte that is not UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace rollcall::api
