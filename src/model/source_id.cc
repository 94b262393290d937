#include "model/source_id.h"

#include <cstdio>

namespace rollcall {
namespace {

bool AllowedInId(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

Result<SourceId> SourceId::Parse(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text.empty()) return Status::InvalidArgument("the id is empty");
  if (text.size() > kMaxBytes) {
    return Status::InvalidArgument("the id has " + std::to_string(text.size()) +
                                   " bytes, at most " + std::to_string(kMaxBytes) + " are allowed");
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (AllowedInId(text[i])) continue;
    char byte[8];
    std::snprintf(byte, sizeof byte, "0x%02x", static_cast<unsigned char>(text[i]));
    return Status::InvalidArgument("byte " + std::to_string(i + 1) + " of the id is " + byte +
                                   ", only A-Z a-z 0-9 . _ - are allowed");
  }
  return SourceId(std::string(text));
}

}  // namespace rollcall
