// The version of this rollcall. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::cli {

std::string_view Version();  // "0.1.0"
std::string VersionLine();   // "rollcall 0.1.0\n"
// The commit that it was built from, "3f0c…", with "-dirty" behind it where files had changed;
// "unknown" outside a repository.
std::string_view Commit();
// The licence of rollcall, and those of whatever is linked into it or stands in its page.
std::string_view Licenses();

}  // namespace rollcall::cli
