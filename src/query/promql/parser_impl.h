// The parser's inside: a Pratt parser over the lexer's tokens. Made for one text, single-threaded.
//
// A step that fails has set the failure and returns null. Wrong types are told only where the whole
// text has no other mistake, as Prometheus does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/promql/ast.h"
#include "query/promql/lexer.h"
#include "query/promql/parser.h"

namespace rollcall::promql {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), lexer_(text) { Advance(); }

  Result<ExprPtr> Query();
  Result<std::vector<Matcher>> SelectorAlone();

 private:
  struct Failure {
    Place place;
    std::string message;
  };
  struct Arguments {
    std::vector<ExprPtr> all;
    size_t end = 0;  // behind the closing parenthesis
  };
  struct Length {
    int64_t ms = 0;
    Place place;
  };

  // parser.cc: tokens and failures.
  void Advance();
  bool Fail(Place place, std::string message);  // returns false
  void WrongType(Place place, std::string message);
  bool Unexpected(std::string_view context = {}, std::string_view expected = {});  // returns false
  Status Report(const Failure& failure) const;
  template <typename Node>
  ExprPtr Make(Node node, ValueType type, Place place, int depth_below = 0);

  // parser.cc: what binds what.
  ExprPtr Expression(int weakest);
  ExprPtr Operand();
  ExprPtr Signed();
  ExprPtr Primary();
  ExprPtr Word();
  ExprPtr Number();
  ExprPtr String();
  ExprPtr Parenthesized();
  std::optional<double> NumberValue();

  // parser_binary.cc
  ExprPtr Operation(ExprPtr left, int power);
  bool Modifiers(Binary& binary, std::optional<VectorMatching>& matching);
  bool GroupModifier(VectorMatching& matching);
  void CheckOperation(Binary& binary, std::optional<VectorMatching> matching, Place op, Place all);

  // parser_call.cc
  ExprPtr FunctionCall(const Token& name);
  void CheckCall(const Call& call, Place place);
  ExprPtr Aggregate(const Token& op);
  ExprPtr MakeAggregate(Aggregation aggregation, Arguments arguments, Place place);
  bool ParseArguments(Arguments& arguments);
  bool Grouping(std::vector<std::string>& labels);
  void ExpectType(const Expr& expr, ValueType wanted, std::string_view context);

  // parser_selector.cc
  ExprPtr Selector(const Token* name);
  bool Matchers(VectorSelector& selector, bool& named_in_braces);
  bool ParseMatcher(VectorSelector& selector, bool& named_in_braces);

  // parser_suffix.cc
  ExprPtr Suffixes(ExprPtr expr);
  ExprPtr Brackets(ExprPtr expr);
  ExprPtr Range(ExprPtr expr, Place brackets, int64_t range_ms);
  bool Offset(Expr& expr);
  bool At(Expr& expr);
  std::optional<Length> ParseLength();
  std::optional<Length> ParsePositiveLength();

  const std::string_view text_;
  Lexer lexer_;
  Token token_;          // the one that is looked at
  size_t last_end_ = 0;  // where the one before ends
  int depth_ = 0;
  int patterns_ = 0;
  int aggregations_ = 0;  // whose arguments are being read
  std::optional<Failure> failure_;
  std::optional<Failure> wrong_type_;
};

template <typename Node>
ExprPtr Parser::Make(Node node, ValueType type, Place place, int depth_below) {
  if (depth_below >= kMaxDepth) {
    Fail(place, "more than " + std::to_string(kMaxDepth) + " expressions in each other");
    return nullptr;
  }
  auto expr = std::make_unique<Expr>();
  expr->type = type;
  expr->place = place;
  expr->depth = depth_below + 1;
  expr->node = std::move(node);
  return expr;
}

}  // namespace rollcall::promql
