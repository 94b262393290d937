#include "query/promql/matcher.h"

#include <re2/re2.h>

#include <array>

#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

constexpr auto kOperators = std::to_array<std::string_view>({"=", "!=", "=~", "!~"});

}  // namespace

std::string_view NameOf(MatchOp op) { return kOperators[static_cast<size_t>(op)]; }

Result<Matcher> Matcher::Make(MatchOp op, std::string label, std::string value) {
  Matcher matcher(op, std::move(label), std::move(value));
  if (op == MatchOp::kRegex || op == MatchOp::kNotRegex) {
    RE2::Options options(RE2::Quiet);
    options.set_dot_nl(true);
    options.set_max_mem(kMaxPatternBytes);
    auto pattern = std::make_shared<const RE2>(matcher.value_, options);
    if (!pattern->ok()) {
      return Status::InvalidArgument("error parsing regexp: " + pattern->error());
    }
    matcher.pattern_ = std::move(pattern);
  }
  return matcher;
}

bool Matcher::Matches(std::string_view value) const {
  if (pattern_ == nullptr) return (value == value_) == (op_ == MatchOp::kEqual);
  return MatchesPattern(value) == (op_ == MatchOp::kRegex);
}

bool Matcher::MatchesPattern(std::string_view value) const {
  // What dashboards write for "all", without the cost of a match.
  if (value_ == ".*") return true;
  if (value_ == ".+") return !value.empty();
  return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *pattern_);
}

std::string Matcher::ToString() const {
  std::string text = WriteLabelName(label_);
  text += NameOf(op_);
  return text + Quote(value_);
}

}  // namespace rollcall::promql
