// What follows an expression in PromQL: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 1609746000`.
#include <cmath>

#include "base/text.h"
#include "query/promql/functions.h"
#include "query/promql/parser_impl.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

constexpr std::string_view kShiftable =
    " modifier must be preceded by an instant vector selector or range vector selector or a "
    "subquery";

// Returns null where the expression has no shift.
TimeShift* ShiftOf(Expr& expr) {
  if (auto* selector = std::get_if<VectorSelector>(&expr.node)) return &selector->shift;
  if (auto* matrix = std::get_if<MatrixSelector>(&expr.node)) return &matrix->selector.shift;
  if (auto* subquery = std::get_if<Subquery>(&expr.node)) return &subquery->shift;
  return nullptr;
}

bool IsSign(const Token& token) {
  return token.IsOperator(BinaryOp::kAdd) || token.IsOperator(BinaryOp::kSubtract);
}

// Milliseconds of seconds, rounded; nullopt where they are too many to count, or none.
std::optional<int64_t> ToMs(double seconds) {
  constexpr double kMost = 9.2e15;  // about 290,000 years
  if (!(std::abs(seconds) <= kMost / 1000)) return std::nullopt;
  return static_cast<int64_t>(std::round(seconds * 1000));
}

}  // namespace

ExprPtr Parser::Suffixes(ExprPtr expr) {
  while (!failure_) {
    if (token_.kind == TokenKind::kLeftBracket) {
      expr = Brackets(std::move(expr));
      if (expr == nullptr) return nullptr;
    } else if (token_.kind == TokenKind::kOffset) {
      if (!Offset(*expr)) return nullptr;
    } else if (token_.kind == TokenKind::kAt) {
      if (!At(*expr)) return nullptr;
    } else if (EqualsIgnoringCase(token_.text, "smoothed") ||
               EqualsIgnoringCase(token_.text, "anchored")) {
      Fail(token_.place, "modifier " + Quote(token_.text) + " is experimental");
    } else {
      return expr;
    }
  }
  return nullptr;
}

ExprPtr Parser::Brackets(ExprPtr expr) {
  Place brackets = token_.place;
  Advance();
  if (failure_) return nullptr;
  if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kDuration) {
    Unexpected("subquery or range selector", "number or duration");
    return nullptr;
  }
  const auto range = ParsePositiveLength();
  if (!range) return nullptr;
  if (token_.kind == TokenKind::kRightBracket) {
    brackets.end = token_.place.end;
    Advance();
    return failure_ ? nullptr : Range(std::move(expr), brackets, range->ms);
  }
  if (token_.kind != TokenKind::kColon) {
    Unexpected("subquery or range", "\":\" or \"]\"");
    return nullptr;
  }
  Advance();
  Subquery subquery;
  subquery.range_ms = range->ms;
  if (token_.kind == TokenKind::kNumber || token_.kind == TokenKind::kDuration) {
    const auto step = ParsePositiveLength();
    if (!step) return nullptr;
    subquery.step_ms = step->ms;
    if (token_.kind != TokenKind::kRightBracket) {
      Unexpected("subquery selector", "\"]\"");
      return nullptr;
    }
  } else if (token_.kind != TokenKind::kRightBracket) {
    Unexpected("subquery selector", "number or duration or \"]\"");
    return nullptr;
  }
  const Place place{expr->place.begin, token_.place.end};
  Advance();
  if (failure_) return nullptr;
  if (expr->type != ValueType::kVector) {
    WrongType(place, "subquery is only allowed on instant vector, got " +
                         std::string(ShortNameOf(expr->type)) + " instead");
  }
  const int below = expr->depth;
  subquery.expr = std::move(expr);
  return Make(std::move(subquery), ValueType::kMatrix, place, below);
}

ExprPtr Parser::Range(ExprPtr expr, Place brackets, int64_t range_ms) {
  auto* const selector = std::get_if<VectorSelector>(&expr->node);
  const char* wrong = nullptr;
  if (selector == nullptr) {
    wrong = "ranges only allowed for vector selectors";
  } else if (selector->shift.offset_ms != 0) {
    wrong = "no offset modifiers allowed before range";
  } else if (selector->shift.at != TimeShift::At::kNone) {
    wrong = "no @ modifiers allowed before range";
  }
  if (wrong != nullptr) {
    Fail(brackets, wrong);
    return nullptr;
  }
  const Place place{expr->place.begin, brackets.end};
  return Make(MatrixSelector{std::move(*selector), range_ms}, ValueType::kMatrix, place);
}

// Reads a number of seconds or a duration, where one stands.
std::optional<Parser::Length> Parser::ParseLength() {
  const Place place = token_.place;
  const auto seconds = NumberValue();
  if (!seconds) return std::nullopt;
  const auto ms = ToMs(*seconds);
  if (!ms) {
    Fail(place, "duration out of range");
    return std::nullopt;
  }
  Advance();
  if (failure_) return std::nullopt;
  return Length{*ms, place};
}

std::optional<Parser::Length> Parser::ParsePositiveLength() {
  auto length = ParseLength();
  if (!length) return std::nullopt;
  if (length->ms <= 0) {
    Fail(length->place, "duration must be greater than 0");
    return std::nullopt;
  }
  if (token_.kind == TokenKind::kOperator) {
    Fail(token_.place, "duration expression is experimental");
    return std::nullopt;
  }
  return length;
}

bool Parser::Offset(Expr& expr) {
  Advance();
  if (failure_) return false;
  const bool negative = token_.IsOperator(BinaryOp::kSubtract);
  if (IsSign(token_)) Advance();
  if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kDuration) {
    return Unexpected("offset", "number or duration");
  }
  const auto length = ParseLength();
  if (!length) return false;
  TimeShift* const shift = ShiftOf(expr);
  if (shift == nullptr) return Fail(expr.place, "offset" + std::string(kShiftable));
  if (shift->offset_ms != 0) return Fail(expr.place, "offset may not be set multiple times");
  shift->offset_ms = negative ? -length->ms : length->ms;
  expr.place.end = length->place.end;
  return true;
}

bool Parser::At(Expr& expr) {
  Advance();
  if (failure_) return false;
  TimeShift at;
  if (token_.kind == TokenKind::kStart || token_.kind == TokenKind::kEndWord) {
    const bool is_start = token_.kind == TokenKind::kStart;
    at.at = is_start ? TimeShift::At::kStart : TimeShift::At::kEnd;
    Advance();
    if (token_.kind != TokenKind::kLeftParen) return Unexpected("@", "timestamp");
    Advance();
    if (token_.kind != TokenKind::kRightParen) return Unexpected("@", "timestamp");
  } else {
    const bool negative = token_.IsOperator(BinaryOp::kSubtract);
    if (IsSign(token_)) Advance();
    if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kDuration) {
      return Unexpected("@", "timestamp");
    }
    const auto seconds = NumberValue();
    if (!seconds) return false;
    const auto ms = ToMs(*seconds);
    if (!ms) return Fail(token_.place, "timestamp out of bounds for @ modifier");
    at.at = TimeShift::At::kInstant;
    at.at_ms = negative ? -*ms : *ms;
  }
  const size_t end = token_.place.end;
  Advance();
  if (failure_) return false;
  TimeShift* const shift = ShiftOf(expr);
  if (shift == nullptr) return Fail(expr.place, "@" + std::string(kShiftable));
  if (shift->at != TimeShift::At::kNone) {
    return Fail(expr.place, "@ <timestamp> may not be set multiple times");
  }
  shift->at = at.at;
  shift->at_ms = at.at_ms;
  expr.place.end = end;
  return true;
}

}  // namespace rollcall::promql
