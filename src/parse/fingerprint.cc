#include "parse/fingerprint.h"

#include <cstring>

namespace rollcall {

Hash128 FingerprintLines(std::string_view body, uint64_t seed) {
  Hash128 sum;
  while (!body.empty()) {
    const void* const newline = std::memchr(body.data(), '\n', body.size());
    const size_t size = newline != nullptr
                            ? static_cast<size_t>(static_cast<const char*>(newline) - body.data())
                            : body.size();
    sum += HashBytes(body.substr(0, size), seed);
    body.remove_prefix(newline != nullptr ? size + 1 : size);
  }
  return sum;
}

}  // namespace rollcall
