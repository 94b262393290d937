#include "parse/selector.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "model/label_set.h"

namespace rollcall {
namespace {

constexpr std::string_view kNameLabel = "__name__";
// The memory of a compiled pattern. No selector that a person wrote comes close.
constexpr int64_t kMaxPatternBytes = 1 << 20;

bool IsNameByte(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         (!first && c >= '0' && c <= '9');
}

}  // namespace

bool Selector::Matcher::Wants(std::string_view candidate) const {
  const bool equal =
      pattern == nullptr
          ? candidate == value
          : re2::RE2::FullMatch(re2::StringPiece(candidate.data(), candidate.size()), *pattern);
  return equal != negated;
}

// One thread, one text.
class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : text_(text), rest_(text) {}

  Result<Selector> Run() {
    if (text_.size() > Selector::kMaxBytes) {
      return Status::InvalidArgument("a selector of " + std::to_string(text_.size()) +
                                     " bytes; at most " + std::to_string(Selector::kMaxBytes));
    }
    SkipBlanks();
    if (const std::string_view name = TakeName(); !name.empty()) {
      selector_.matchers_.push_back({std::string(kNameLabel), std::string(name), false, nullptr});
    } else if (!rest_.starts_with('{')) {
      return Fail("a metric's name or { is wanted");
    }
    SkipBlanks();
    if (Take("{")) ROLLCALL_RETURN_IF_ERROR(ReadMatchers());
    SkipBlanks();
    if (!rest_.empty()) return Fail("nothing is wanted behind the selector");
    return std::move(selector_);
  }

 private:
  Status ReadMatchers() {
    for (;;) {
      SkipBlanks();
      if (Take("}")) return Status::Ok();
      ROLLCALL_RETURN_IF_ERROR(ReadMatcher());
      SkipBlanks();
      if (Take("}")) return Status::Ok();
      if (!Take(",")) return Fail("a comma or } is wanted");
    }
  }

  Status ReadMatcher() {
    Selector::Matcher matcher;
    if (IsQuote()) {
      ROLLCALL_RETURN_IF_ERROR(ReadQuoted(matcher.label));
    } else {
      matcher.label = TakeName();
    }
    if (matcher.label.empty()) return Fail("a label's name is wanted");
    SkipBlanks();
    const bool is_pattern = rest_.size() > 1 && rest_[1] == '~';
    matcher.negated = rest_.starts_with('!');
    if (!Take("=~") && !Take("!~") && !Take("!=") && !Take("=")) {
      return Fail("one of = != =~ !~ is wanted");
    }
    SkipBlanks();
    if (!IsQuote()) return Fail("a value in quotes is wanted");
    ROLLCALL_RETURN_IF_ERROR(ReadQuoted(matcher.value));
    if (is_pattern) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      options.set_max_mem(kMaxPatternBytes);
      // A line break is a byte like any other: `.` matches it.
      options.set_dot_nl(true);
      auto pattern = std::make_shared<re2::RE2>(matcher.value, options);
      if (!pattern->ok()) return Fail("the regular expression is bad: " + pattern->error());
      matcher.pattern = std::move(pattern);
    }
    selector_.matchers_.push_back(std::move(matcher));
    return Status::Ok();
  }

  bool IsQuote() const { return !rest_.empty() && std::string_view("\"'`").find(rest_[0]) < 3; }

  Status ReadQuoted(std::string& out) {
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    for (;;) {
      if (rest_.empty()) return Fail("a closing quote is missing");
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == quote) return Status::Ok();
      if (c != '\\' || quote == '`') {
        out += c;
        continue;
      }
      if (rest_.empty()) return Fail("a closing quote is missing");
      const char escaped = rest_[0];
      switch (escaped) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case '\\':
        case '"':
        case '\'':
          out += escaped;
          break;
        default:
          return Fail("an escape is one of \\\\ \\\" \\' \\n \\t; a backslash is written twice");
      }
      rest_.remove_prefix(1);
    }
  }

  bool Take(std::string_view token) {
    const bool there = rest_.starts_with(token);
    if (there) rest_.remove_prefix(token.size());
    return there;
  }
  std::string_view TakeName() {
    size_t size = 0;
    while (size < rest_.size() && IsNameByte(rest_[size], size == 0)) ++size;
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }
  void SkipBlanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) < 4) {
      rest_.remove_prefix(1);
    }
  }
  Status Fail(const std::string& reason) const {
    return Status::InvalidArgument("selector " + QuoteForMessage(text_) + ": byte " +
                                   std::to_string(text_.size() - rest_.size() + 1) + ": " + reason);
  }

  const std::string_view text_;
  std::string_view rest_;
  Selector selector_;
};

Result<Selector> Selector::Parse(std::string_view text) { return SelectorParser(text).Run(); }

bool Selector::MatchesLabel(std::string_view name, std::string_view value) const {
  return std::all_of(matchers_.begin(), matchers_.end(),
                     [&](const Matcher& m) { return m.label != name || m.Wants(value); });
}

bool Selector::Matches(std::string_view label_set, std::string_view left_out) const {
  return std::all_of(matchers_.begin(), matchers_.end(), [&](const Matcher& m) {
    if (m.label == left_out) return true;
    return m.Wants(m.label == kNameLabel ? MetricOf(label_set) : LabelValue(label_set, m.label));
  });
}

}  // namespace rollcall
