#include "cli/version.h"

namespace rollcall::cli {

std::string_view Version() { return ROLLCALL_VERSION; }

std::string VersionLine() { return "rollcall " + std::string(Version()) + "\n"; }

}  // namespace rollcall::cli
