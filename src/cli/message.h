// Messages from a command to a person: whole lines, and counts in words. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::cli {

// Writes the text to stderr in one piece, so that no other process can write in between.
void Say(std::string_view text);

// Returns "1 month", "2 months"; `noun` is the singular.
std::string Count(uint64_t n, std::string_view noun);

// Returns a message for a request that only a private listener takes and that `server` refused: the
// server's address, the status and the first line of its answer. For 404 and 405 it says instead
// that this is not the private listener of a rollcall.
std::string RefusalOf(std::string_view server, int status, std::string_view body);

}  // namespace rollcall::cli
