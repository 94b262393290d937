#include "query/promql/parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"
#include "query/promql/parser_impl.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

// How strongly operators bind.
enum Power { kOr = 1, kAnd, kCompare, kSum, kProduct, kPower };

int PowerOf(BinaryOp op) {
  switch (op) {
    case BinaryOp::kOr:
      return kOr;
    case BinaryOp::kAnd:
    case BinaryOp::kUnless:
      return kAnd;
    case BinaryOp::kAdd:
    case BinaryOp::kSubtract:
      return kSum;
    case BinaryOp::kMultiply:
    case BinaryOp::kDivide:
    case BinaryOp::kModulo:
    case BinaryOp::kAtan2:
      return kProduct;
    case BinaryOp::kPower:
      return kPower;
    default:
      return kCompare;
  }
}

// A whole number as Go writes them: `0x1F`, `017` (octal), `1_000`. nullopt: none, or over 63 bits.
std::optional<double> ReadWhole(std::string_view text) {
  int base = 10;
  std::string digits;
  if (text.size() > 1 && text[0] == '0') {
    base = AsciiLower(text[1]) == 'x' ? 16 : 8;
    text.remove_prefix(base == 16 ? 2 : 1);
    if (!text.empty() && text[0] == '_') text.remove_prefix(1);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      digits += text[i];
    } else if (i + 1 == text.size() || text[i + 1] == '_') {
      return std::nullopt;
    }
  }
  int64_t whole = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, whole, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return static_cast<double>(whole);
}

std::optional<double> ReadLiteral(std::string_view text) {
  if (EqualsIgnoringCase(text, "inf")) return std::numeric_limits<double>::infinity();
  if (EqualsIgnoringCase(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (const auto whole = ReadWhole(text)) return whole;
  // What remains are decimal fractions, exponents and large numbers.
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  const std::string copy(text);
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size() || std::isinf(value)) return std::nullopt;
  return value;
}

}  // namespace

void Parser::Advance() {
  last_end_ = token_.place.end;
  token_ = lexer_.Next();
  if (token_.kind == TokenKind::kError) Fail(token_.place, token_.value);
}

bool Parser::Fail(Place place, std::string message) {
  if (!failure_) failure_ = Failure{place, std::move(message)};
  return false;
}

void Parser::WrongType(Place place, std::string message) {
  if (!wrong_type_) wrong_type_ = Failure{place, std::move(message)};
}

bool Parser::Unexpected(std::string_view context, std::string_view expected) {
  if (context.empty() && aggregations_ > 0) context = "aggregation";
  std::string message = "unexpected " + token_.Description();
  if (!context.empty()) message.append(" in ").append(context);
  if (!expected.empty()) message.append(", expected ").append(expected);
  return Fail(token_.place, std::move(message));
}

Status Parser::Report(const Failure& failure) const {
  const std::string_view before = text_.substr(0, failure.place.begin);
  const size_t line_begin = before.rfind('\n') + 1;  // 0 where there is none
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return Status::InvalidArgument(std::to_string(line) + ":" +
                                 std::to_string(before.size() - line_begin + 1) +
                                 ": parse error: " + failure.message);
}

Result<ExprPtr> Parser::Query() {
  if (!failure_ && token_.kind == TokenKind::kEnd) Fail({}, "no expression found in input");
  ExprPtr expr = Expression(kOr);
  if (expr != nullptr && token_.kind != TokenKind::kEnd) Unexpected();
  if (failure_) return Report(*failure_);
  if (wrong_type_) return Report(*wrong_type_);
  return expr;
}

Result<std::vector<Matcher>> Parser::SelectorAlone() {
  const Token name = token_;
  ExprPtr expr;
  if (token_.kind == TokenKind::kLeftBrace) {
    expr = Selector(nullptr);
  } else if (token_.IsMetricName()) {
    Advance();
    expr = Selector(&name);
  } else {
    Unexpected();
  }
  if (expr != nullptr && token_.kind != TokenKind::kEnd) Unexpected();
  if (failure_) return Report(*failure_);
  if (wrong_type_) return Report(*wrong_type_);
  return std::move(std::get<VectorSelector>(expr->node).matchers);
}

ExprPtr Parser::Expression(int weakest) {
  if (++depth_ > kMaxDepth) {
    Fail(token_.place, "more than " + std::to_string(kMaxDepth) + " expressions in each other");
  }
  ExprPtr expr = failure_ ? nullptr : Operand();
  while (expr != nullptr && token_.kind == TokenKind::kOperator) {
    const int power = PowerOf(token_.binary);
    if (power < weakest) break;
    // What binds as strongly goes to the left, but for powers.
    expr = Operation(std::move(expr), power == kPower ? kPower : power + 1);
  }
  --depth_;
  return failure_ ? nullptr : std::move(expr);
}

ExprPtr Parser::Operand() {
  if (token_.IsOperator(BinaryOp::kAdd) || token_.IsOperator(BinaryOp::kSubtract)) return Signed();
  ExprPtr expr = Primary();
  return expr == nullptr ? nullptr : Suffixes(std::move(expr));
}

ExprPtr Parser::Signed() {
  const size_t begin = token_.place.begin;
  const bool negative = token_.IsOperator(BinaryOp::kSubtract);
  Advance();
  ExprPtr expr = Expression(kPower);
  if (expr == nullptr) return nullptr;
  const Place place{begin, expr->place.end};
  if (auto* number = std::get_if<NumberLiteral>(&expr->node)) {
    if (negative) number->value = -number->value;
    expr->place = place;
    return expr;
  }
  const ValueType type = expr->type;
  if (type != ValueType::kScalar && type != ValueType::kVector) {
    WrongType(
        place,
        "unary expression only allowed on expressions of type scalar or instant vector, got " +
            Quote(NameOf(type)));
  }
  if (!negative) {
    expr->place = place;
    return expr;
  }
  const int below = expr->depth;
  return Make(Negation{std::move(expr)}, type, place, below);
}

ExprPtr Parser::Primary() {
  switch (token_.kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
      return Number();
    case TokenKind::kString:
      return String();
    case TokenKind::kLeftParen:
      return Parenthesized();
    case TokenKind::kLeftBrace:
      return Selector(nullptr);
    default:
      return Word();
  }
}

// A word is a metric's name, but where what follows makes it the name of a function.
ExprPtr Parser::Word() {
  const Token word = token_;
  if (!word.IsMetricName()) {
    Unexpected();
    return nullptr;
  }
  Advance();
  const bool is_called = token_.kind == TokenKind::kLeftParen;
  if (word.kind == TokenKind::kAggregator) {
    if (is_called || token_.kind == TokenKind::kBy || token_.kind == TokenKind::kWithout) {
      return Aggregate(word);
    }
  } else if (is_called && (word.kind == TokenKind::kIdentifier || word.kind == TokenKind::kStart ||
                           word.kind == TokenKind::kEndWord)) {
    return FunctionCall(word);
  }
  return Selector(&word);
}

std::optional<double> Parser::NumberValue() {
  if (token_.kind == TokenKind::kDuration) {
    if (const auto ms = ReadDurationMs(token_.text)) return static_cast<double>(*ms) / 1000;
    Fail(token_.place, "not a valid duration string: " + Quote(token_.text));
    return std::nullopt;
  }
  const auto value = ReadLiteral(token_.text);
  if (!value) Fail(token_.place, "error parsing number: " + Quote(token_.text));
  return value;
}

ExprPtr Parser::Number() {
  const auto value = NumberValue();
  if (!value) return nullptr;
  const Place place = token_.place;
  const bool is_duration = token_.kind == TokenKind::kDuration;
  Advance();
  return Make(NumberLiteral{*value, is_duration}, ValueType::kScalar, place);
}

ExprPtr Parser::String() {
  const Place place = token_.place;
  std::string value = std::move(token_.value);
  Advance();
  return Make(StringLiteral{std::move(value)}, ValueType::kString, place);
}

ExprPtr Parser::Parenthesized() {
  const size_t begin = token_.place.begin;
  Advance();
  ExprPtr expr = Expression(kOr);
  if (expr == nullptr) return nullptr;
  if (token_.kind != TokenKind::kRightParen) {
    Unexpected();
    return nullptr;
  }
  const Place place{begin, token_.place.end};
  Advance();
  const ValueType type = expr->type;
  const int below = expr->depth;
  return Make(Parentheses{std::move(expr)}, type, place, below);
}

namespace {

Status CheckSize(std::string_view text) {
  if (text.size() <= kMaxQueryBytes) return Status::Ok();
  return Status::InvalidArgument("1:1: parse error: the query has " + std::to_string(text.size()) +
                                 " bytes, at most " + std::to_string(kMaxQueryBytes) + " may come");
}

}  // namespace

Result<ExprPtr> ParseExpr(std::string_view text) {
  ROLLCALL_RETURN_IF_ERROR(CheckSize(text));
  return Parser(text).Query();
}

Result<std::vector<Matcher>> ParseSelector(std::string_view text) {
  ROLLCALL_RETURN_IF_ERROR(CheckSize(text));
  return Parser(text).SelectorAlone();
}

Status CheckTypeForRange(const Expr& expr) {
  if (expr.type == ValueType::kScalar || expr.type == ValueType::kVector) return Status::Ok();
  return Status::InvalidArgument("invalid expression type " + Quote(NameOf(expr.type)) +
                                 " for range query, must be Scalar or instant Vector");
}

}  // namespace rollcall::promql
