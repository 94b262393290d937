// A series selector as PromQL has it: `name`, `{__name__=~"cozy_.*",kind="Tenant"}`,
// `name{a!="b",c!~"d|e"}`. Regular expressions are RE2's and match the whole value. A label that is
// not there has the empty value. A plain value; any number of threads may match with it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace re2 {
class RE2;
}

namespace rollcall {

class Selector {
 public:
  // Inclusive.
  static constexpr size_t kMaxBytes = 8 * 1024;

  // InvalidArgument: the text is not a selector, or over the bound; the message quotes it and says
  // where it goes wrong.
  static Result<Selector> Parse(std::string_view text);

  // Whether a label of that name and value is one that the selector wants; true where it says
  // nothing of it.
  bool MatchesLabel(std::string_view name, std::string_view value) const;
  // Whether it wants the canonical label set, as far as labels other than `left_out` go.
  bool Matches(std::string_view label_set, std::string_view left_out) const;

 private:
  friend class SelectorParser;
  struct Matcher {
    std::string label;
    std::string value;
    bool negated = false;
    std::shared_ptr<const re2::RE2> pattern;  // null: the value itself
    bool Wants(std::string_view candidate) const;
  };
  std::vector<Matcher> matchers_;
};

}  // namespace rollcall
