// The parser's selectors: `name{label="value"}`, `{"name", "label"="value"}`.
#include <algorithm>

#include "parse/utf8.h"
#include "query/promql/labels.h"
#include "query/promql/parser_impl.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

constexpr std::string_view kContext = "label matching";

}  // namespace

// `name` is the word in front, which has been read; null where there is none.
ExprPtr Parser::Selector(const Token* name) {
  VectorSelector selector;
  const size_t begin = name != nullptr ? name->place.begin : token_.place.begin;
  bool named_in_braces = false;
  if (token_.kind == TokenKind::kLeftBrace && !Matchers(selector, named_in_braces)) return nullptr;
  if (failure_) return nullptr;
  const Place place{begin, last_end_};
  if (name != nullptr) {
    selector.name = name->text;
    Result<Matcher> matcher =
        Matcher::Make(MatchOp::kEqual, std::string(kMetricName), selector.name);
    selector.matchers.push_back(std::move(*matcher));
  }
  // A second name is a mistake where one of the two is written as nothing but a name.
  if (name != nullptr || named_in_braces) {
    std::vector<std::string> names;
    for (const Matcher& matcher : selector.matchers) {
      if (matcher.label() == kMetricName) names.push_back(matcher.value());
    }
    if (name != nullptr) std::rotate(names.begin(), names.end() - 1, names.end());
    if (names.size() > 1) {
      WrongType(place,
                "metric name must not be set twice: " + Quote(names[0]) + " or " + Quote(names[1]));
    }
  }
  if (std::ranges::none_of(selector.matchers, [](const Matcher& m) { return !m.Matches(""); })) {
    WrongType(place, "vector selector must contain at least one non-empty matcher");
  }
  return Make(std::move(selector), ValueType::kVector, place);
}

bool Parser::Matchers(VectorSelector& selector, bool& named_in_braces) {
  Advance();
  while (token_.kind != TokenKind::kRightBrace) {
    if (!ParseMatcher(selector, named_in_braces)) return false;
    if (token_.kind == TokenKind::kRightBrace) break;
    if (token_.kind != TokenKind::kComma) return Unexpected(kContext, "\",\" or \"}\"");
    Advance();
  }
  Advance();
  return !failure_;
}

bool Parser::ParseMatcher(VectorSelector& selector, bool& named_in_braces) {
  const Token label = token_;
  const bool is_string = label.kind == TokenKind::kString;
  if (!is_string && label.kind != TokenKind::kIdentifier) {
    return Unexpected(kContext, "identifier or \"}\"");
  }
  Advance();
  MatchOp op = MatchOp::kEqual;
  bool has_operator = true;
  if (token_.kind == TokenKind::kEqualRegex) {
    op = MatchOp::kRegex;
  } else if (token_.kind == TokenKind::kNotRegex) {
    op = MatchOp::kNotRegex;
  } else if (token_.IsOperator(BinaryOp::kNotEqual)) {
    op = MatchOp::kNotEqual;
  } else if (token_.kind != TokenKind::kEqual) {
    has_operator = false;
    if (!is_string) return Unexpected(kContext, "label matching operator");
  }
  std::string name = is_string ? label.value : std::string(label.text);
  if (is_string && (name.empty() || !IsUtf8(name))) {
    return Fail(label.place, std::string("invalid ") + (has_operator ? "label" : "metric") +
                                 " name: " + Quote(name));
  }
  std::string value;
  Place place = label.place;
  if (has_operator) {
    Advance();
    if (token_.kind != TokenKind::kString) return Unexpected(kContext, "string");
    value = std::move(token_.value);
    place.end = token_.place.end;
    Advance();
  } else {
    value = std::exchange(name, std::string(kMetricName));
    named_in_braces = true;
  }
  if ((op == MatchOp::kRegex || op == MatchOp::kNotRegex) && ++patterns_ > kMaxPatterns) {
    return Fail(place, "more than " + std::to_string(kMaxPatterns) + " regular expressions");
  }
  Result<Matcher> matcher = Matcher::Make(op, std::move(name), std::move(value));
  if (!matcher.ok()) return Fail(place, matcher.status().message());
  selector.matchers.push_back(std::move(*matcher));
  if (selector.matchers.size() > kMaxLabels) {
    return Fail(place, "more than " + std::to_string(kMaxLabels) + " label matchers");
  }
  return !failure_;
}

}  // namespace rollcall::promql
