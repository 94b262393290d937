// The log's output to stderr, line by line. One per process; set up once, before other threads log.
#pragma once

#include <cstddef>
#include <string>

namespace rollcall::log {

// With the line break: the most that a pipe takes in one piece.
inline constexpr size_t kMaxLineBytes = 4096;

// kText: "2026-03-07T12:00:05.250Z info message". kJson: an object with the members time, level and
// message, all texts; what of a message is no UTF-8 is a question mark.
enum class Format { kText, kJson };

// Sends lines of this level and above to stderr; `level` is debug, info, warning or error. A line
// is a single write without a line break inside, so it stays whole even if others write to the same
// stderr. A line over kMaxLineBytes is cut.
void WriteToStderr(const std::string& level, Format format = Format::kText);

// Changes the level. Any thread, at any time after WriteToStderr.
void SetLevel(const std::string& level);

}  // namespace rollcall::log
