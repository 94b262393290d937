// Where the log goes: to stderr, line by line. Of the process; set up once, before other threads
// log.
#pragma once

#include <cstddef>
#include <string>

namespace rollcall::log {

inline constexpr size_t kMaxLineBytes = 4096;  // with its end: what a pipe takes in one piece

// From the level of this name on: debug, info, warning or error. A line is one write and has no
// line break in it, so that it stays whole whoever else writes to the same stderr; a longer one is
// cut.
void WriteToStderr(const std::string& level);

}  // namespace rollcall::log
