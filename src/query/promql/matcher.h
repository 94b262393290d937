// A label matcher: `label="value"`, `!=`, `=~`, `!~`. A plain value; any number of threads may
// match with one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace re2 {
class RE2;
}

namespace rollcall::promql {

// What a compiled regular expression may take; an alternative of 1,500 ids fits.
inline constexpr int64_t kMaxPatternBytes = 2 << 20;

enum class MatchOp { kEqual, kNotEqual, kRegex, kNotRegex };
// Returns the operator as it is written.
std::string_view NameOf(MatchOp op);

class Matcher {
 public:
  // A regular expression is RE2's, matches the whole value, and its `.` takes newlines too.
  // InvalidArgument: it is none, or too large to compile.
  static Result<Matcher> Make(MatchOp op, std::string label, std::string value);

  MatchOp op() const { return op_; }
  const std::string& label() const { return label_; }
  const std::string& value() const { return value_; }

  // Returns whether the matcher takes a label of this value; that of a missing label is "".
  bool Matches(std::string_view value) const;

  // As PromQL writes it: `label=~"value"`.
  std::string ToString() const;

 private:
  Matcher(MatchOp op, std::string label, std::string value)
      : op_(op), label_(std::move(label)), value_(std::move(value)) {}

  bool MatchesPattern(std::string_view value) const;

  MatchOp op_;
  std::string label_;
  std::string value_;
  std::shared_ptr<const re2::RE2> pattern_;  // of the regular operators
};

}  // namespace rollcall::promql
