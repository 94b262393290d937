#include "query/promql/lexer.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "parse/utf8.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

using enum TokenKind;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsLetter(char c) { return c == '_' || (IsAsciiAlphanumeric(c) && !IsAsciiDigit(c)); }
bool IsNameCharacter(char c) { return c == '_' || IsAsciiAlphanumeric(c); }

struct KnownWord {
  std::string_view text;
  TokenKind kind;
  BinaryOp binary = {};
  AggregateOp aggregate = {};
  bool experimental = false;
};

constexpr KnownWord Aggregator(std::string_view text, AggregateOp op) {
  return {text, kAggregator, {}, op, false};
}

constexpr auto kWords = std::to_array<KnownWord>({
    {"and", kOperator, BinaryOp::kAnd},
    {"atan2", kOperator, BinaryOp::kAtan2},
    {"or", kOperator, BinaryOp::kOr},
    {"unless", kOperator, BinaryOp::kUnless},
    Aggregator("avg", AggregateOp::kAvg),
    Aggregator("bottomk", AggregateOp::kBottomK),
    Aggregator("count", AggregateOp::kCount),
    Aggregator("count_values", AggregateOp::kCountValues),
    Aggregator("group", AggregateOp::kGroup),
    Aggregator("max", AggregateOp::kMax),
    Aggregator("min", AggregateOp::kMin),
    Aggregator("quantile", AggregateOp::kQuantile),
    Aggregator("stddev", AggregateOp::kStddev),
    Aggregator("stdvar", AggregateOp::kStdvar),
    Aggregator("sum", AggregateOp::kSum),
    Aggregator("topk", AggregateOp::kTopK),
    {"limit_ratio", kAggregator, {}, {}, true},
    {"limitk", kAggregator, {}, {}, true},
    {"bool", kBool},
    {"by", kBy},
    {"end", kEndWord},
    {"group_left", kGroupLeft},
    {"group_right", kGroupRight},
    {"ignoring", kIgnoring},
    {"offset", kOffset},
    {"on", kOn},
    {"start", kStart},
    {"without", kWithout},
    {"inf", kNumber},
    {"nan", kNumber},
});

// A text as it stands in a message: in quotes, and cut after ten characters.
std::string QuoteShort(std::string_view text) {
  size_t end = 0;
  for (int characters = 0; characters < 10 && end < text.size(); ++characters) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  }
  return Quote(text.substr(0, end)) + (text.size() > 10 ? "..." : "");
}

}  // namespace

bool Token::IsWord() const {
  if (kind == kOperator) return IsLetter(text[0]);
  return kind == kIdentifier || kind >= kAggregator;
}

bool Token::IsMetricName() const {
  if (kind == kMetricIdentifier) return true;
  return IsWord() && kind != kBool && kind != kOn && kind != kIgnoring && kind != kGroupLeft &&
         kind != kGroupRight && !IsOperator(BinaryOp::kAtan2);
}

std::string Token::Description() const {
  switch (kind) {
    case kEnd:
      return "end of input";
    case kIdentifier:
      return "identifier " + Quote(text);
    case kMetricIdentifier:
      return "metric identifier " + Quote(text);
    case kString:
      return "string " + QuoteShort(text);
    case kNumber:
      return "number " + QuoteShort(text);
    case kDuration:
      return "duration " + QuoteShort(text);
    case kAt:
    case kEqualRegex:
    case kNotRegex:
    case kOperator:
      return "<op:" + std::string(text) + ">";
    case kAggregator:
      return "<aggr:" + std::string(text) + ">";
    case kBool:
    case kBy:
    case kGroupLeft:
    case kGroupRight:
    case kIgnoring:
    case kOffset:
    case kOn:
    case kWithout:
      return "<" + std::string(text) + ">";
    default:
      return Quote(text);
  }
}

bool Lexer::Accept(std::string_view set) {
  if (AtEnd() || set.find(text_[at_]) == std::string_view::npos) return false;
  ++at_;
  return true;
}

std::string Lexer::Character(size_t at) const {
  if (at >= text_.size()) return "end of input";
  const char* const begin = text_.data() + at;
  const char* end = begin + 1;
  if (static_cast<unsigned char>(*begin) >= 0x80) {
    end = SkipUtf8Sequence(begin, text_.data() + text_.size());
  }
  if (end == nullptr) end = begin + 1;
  const std::string quoted = Quote(std::string_view(begin, end));
  return "'" + (*begin == '"' ? "\"" : quoted.substr(1, quoted.size() - 2)) + "'";
}

Token Lexer::Make(TokenKind kind) const {
  Token token;
  token.kind = kind;
  token.place = {begin_, at_};
  token.text = text_.substr(begin_, at_ - begin_);
  return token;
}

Token Lexer::MakeOperator(BinaryOp op) const {
  Token token = Make(kOperator);
  token.binary = op;
  return token;
}

Token Lexer::Error(std::string message) const {
  Token token = Make(kError);
  token.value = std::move(message);
  return token;
}

void Lexer::SkipBlanksAndComments() {
  while (!AtEnd()) {
    if (IsBlank(text_[at_])) {
      ++at_;
    } else if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

Token Lexer::Next() {
  SkipBlanksAndComments();
  begin_ = at_;
  if (in_braces_) return NextInBraces();
  if (AtEnd()) {
    if (open_parentheses_ > 0) return Error("unclosed left parenthesis");
    if (in_brackets_) return Error("unclosed left bracket");
    return Make(kEnd);
  }
  const char c = text_[at_];
  if (IsAsciiDigit(c) || (c == '.' && IsAsciiDigit(Peek(1)))) return Number();
  if (c == '"' || c == '\'') return String();
  if (c == '`') return RawString();
  if (c == ':' && in_brackets_) {
    ++at_;
    return Make(kColon);
  }
  if (IsLetter(c) || c == ':') return Word();
  ++at_;
  switch (c) {
    case '(':
    case ')':
      return Parenthesis(c);
    case '[':
    case ']':
      return Bracket(c);
    case '{':
      in_braces_ = true;
      return Make(kLeftBrace);
    default:
      return Symbol(c);
  }
}

Token Lexer::NextInBraces() {
  if (AtEnd()) return Error("unexpected end of input inside braces");
  const char c = text_[at_];
  if (c == '"' || c == '\'') return String();
  if (c == '`') return RawString();
  ++at_;
  if (IsLetter(c)) {
    while (IsNameCharacter(Peek())) ++at_;
    return Make(kIdentifier);
  }
  switch (c) {
    case ',':
      return Make(kComma);
    case '=':
      return Make(Accept("~") ? kEqualRegex : kEqual);
    case '!':
      if (Accept("~")) return Make(kNotRegex);
      if (Accept("=")) return MakeOperator(BinaryOp::kNotEqual);
      return Error("unexpected character after '!' inside braces: " + Character(at_));
    case '}':
      in_braces_ = false;
      return Make(kRightBrace);
    case '{':
      return Error("unexpected left brace '{'");
    default:
      return Error("unexpected character inside braces: " + Character(begin_));
  }
}

Token Lexer::Parenthesis(char c) {
  if (c == '(') {
    ++open_parentheses_;
    return Make(kLeftParen);
  }
  if (open_parentheses_ == 0) return Error("unexpected right parenthesis ')'");
  --open_parentheses_;
  return Make(kRightParen);
}

Token Lexer::Bracket(char c) {
  if (c == '[') {
    if (in_brackets_) return Error("unexpected left bracket '['");
    in_brackets_ = true;
    return Make(kLeftBracket);
  }
  if (!in_brackets_) return Error("unexpected right bracket ']'");
  in_brackets_ = false;
  return Make(kRightBracket);
}

Token Lexer::Symbol(char c) {
  switch (c) {
    case ',':
      return Make(kComma);
    case '@':
      return Make(kAt);
    case '+':
      return MakeOperator(BinaryOp::kAdd);
    case '-':
      return MakeOperator(BinaryOp::kSubtract);
    case '*':
      return MakeOperator(BinaryOp::kMultiply);
    case '/':
      return MakeOperator(BinaryOp::kDivide);
    case '%':
      return MakeOperator(BinaryOp::kModulo);
    case '^':
      return MakeOperator(BinaryOp::kPower);
    case '<':
      return MakeOperator(Accept("=") ? BinaryOp::kLessOrEqual : BinaryOp::kLess);
    case '>':
      return MakeOperator(Accept("=") ? BinaryOp::kGreaterOrEqual : BinaryOp::kGreater);
    case '=':
      if (Accept("=")) return MakeOperator(BinaryOp::kEqual);
      if (Peek() == '~') return Error("unexpected character after '=': '~'");
      return Make(kEqual);
    case '!':
      if (Accept("=")) return MakeOperator(BinaryOp::kNotEqual);
      return Error("unexpected character after '!': " + Character(at_));
    default:
      return Error("unexpected character: " + Character(begin_));
  }
}

Token Lexer::Word() {
  while (IsNameCharacter(Peek()) || (Peek() == ':' && !in_brackets_)) ++at_;
  const std::string_view text = text_.substr(begin_, at_ - begin_);
  const auto known = std::ranges::find_if(
      kWords, [&](const KnownWord& word) { return EqualsIgnoringCase(word.text, text); });
  if (known != kWords.end()) {
    Token token = Make(known->kind);
    token.binary = known->binary;
    token.aggregate = known->aggregate;
    token.experimental = known->experimental;
    return token;
  }
  return Make(text.find(':') == std::string_view::npos ? kIdentifier : kMetricIdentifier);
}

}  // namespace rollcall::promql
