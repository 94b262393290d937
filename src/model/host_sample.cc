#include "model/host_sample.h"

#include <cstdio>

#include "base/text.h"

namespace rollcall {
namespace {

constexpr std::string_view kSigns = "._-:*[]@/~+";

bool AllowedInHostName(char c) {
  return IsAsciiAlphanumeric(c) || kSigns.find(c) != std::string_view::npos;
}

}  // namespace

Result<HostName> HostName::Parse(std::string_view text) {
  if (text.empty()) return Status::InvalidArgument("is empty");
  if (text.size() > kMaxBytes) {
    return Status::InvalidArgument("has " + std::to_string(text.size()) + " bytes, at most " +
                                   std::to_string(kMaxBytes) + " are allowed");
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (AllowedInHostName(text[i])) continue;
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02x", static_cast<unsigned char>(text[i]));
    return Status::InvalidArgument("has " + std::string(byte) + " as byte " +
                                   std::to_string(i + 1) + ", allowed are A-Z a-z 0-9 and " +
                                   std::string(kSigns));
  }
  return HostName(std::string(text));
}

}  // namespace rollcall
