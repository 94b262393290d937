// A number for the lines of a body, whatever their order: senders iterate hash maps, so equal
// reports come in different orders. Pure function.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace rollcall {

// The sum of the lines' 128-bit hashes: bodies with the same lines, each as often, have the same
// fingerprint; others have not, but for a chance of 2^-128. The last line counts the same with and
// without its newline; a body without bytes is 0. Lines are bytes, nothing is parsed: where a label
// value spans lines (ParsedReport::has_multiline_value), equal fingerprints do not mean equal
// reports.
Hash128 FingerprintLines(std::string_view body, uint64_t seed);

}  // namespace rollcall
