// Bodies as an instance of Coroot posts them, by the contract's fields. Pure functions.
#pragma once

#include <string>

namespace rollcall::bench {

// 4 KB: an instance that sends no profiles.
std::string SmallCorootBody(const std::string& uuid);
// 2 MB: one that does.
std::string LargeCorootBody(const std::string& uuid);

}  // namespace rollcall::bench
