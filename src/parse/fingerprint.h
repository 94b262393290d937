// A fingerprint of the lines of a body, independent of their order: senders iterate over hash maps,
// so equal reports come in different orders. Pure function.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace rollcall {

// Returns the sum of the 128-bit hashes of the lines. Bodies with the same lines, each equally
// often, have the same fingerprint; other bodies differ, except with a probability of 2^-128. The
// last line counts the same with and without its newline; an empty body is 0. Lines are bytes and
// nothing is parsed: where a label value spans lines (ParsedReport::has_multiline_value), equal
// fingerprints do not mean equal reports.
Hash128 FingerprintLines(std::string_view body, uint64_t seed);

}  // namespace rollcall
