// The version of this rollcall. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::cli {

std::string_view Version();  // "0.1.0"
std::string VersionLine();   // "rollcall 0.1.0\n"

}  // namespace rollcall::cli
