// The id under which an installation reports (the rule: api/README.md, "Contract"). A plain value.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

// 1 to 253 bytes of [A-Za-z0-9._-]. Validated once, here.
class SourceId {
 public:
  static constexpr size_t kMaxBytes = 253;

  // Blanks (space, tab) around the text are not part of the id. InvalidArgument names the rule that
  // is broken.
  static Result<SourceId> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const SourceId&) const = default;

 private:
  explicit SourceId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace rollcall
