// A series selector in PromQL syntax: `name`, `{__name__=~"myapp_.*",version="v2"}`,
// `name{a!="b",c!~"d|e"}`. Regular expressions are RE2's and match the whole value. A missing label
// has the empty value. A plain value; any number of threads may match with it.
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
  // The longest selector, inclusive.
  static constexpr size_t kMaxBytes = 8 * 1024;

  // InvalidArgument: the text is not a selector, or over the bound; the message quotes it and says
  // where it is wrong.
  static Result<Selector> Parse(std::string_view text);

  // Returns whether the selector accepts a label of that name and value; true if it does not
  // mention the name.
  bool MatchesLabel(std::string_view name, std::string_view value) const;
  // Returns whether it accepts the canonical label set, ignoring what it says about the
  // label `left_out`.
  bool Matches(std::string_view label_set, std::string_view left_out) const;

 private:
  friend class SelectorParser;
  struct Matcher {
    std::string label;
    std::string value;
    bool negated = false;
    std::shared_ptr<const re2::RE2> pattern;  // null: compares with the value
    bool Wants(std::string_view candidate) const;
  };
  std::vector<Matcher> matchers_;
};

}  // namespace rollcall
