// What a command says to a person: whole lines, and counts in words. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::cli {

// Writes the text to stderr at once, so that no other process' line comes between its parts.
void Say(std::string_view text);

// "1 month", "2 months"; `noun` is the singular.
std::string Count(uint64_t n, std::string_view noun);

// What a server's refusal of a request that only its private listener takes means: its address, the
// status, and the first line of its answer; or that it has no such path, so is another listener.
std::string RefusalOf(std::string_view server, int status, std::string_view body);

}  // namespace rollcall::cli
