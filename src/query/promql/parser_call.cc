// The parser's functions and aggregations.
#include <algorithm>

#include "parse/utf8.h"
#include "query/promql/parser_impl.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

int DepthOf(const std::vector<ExprPtr>& exprs) {
  int depth = 0;
  for (const ExprPtr& expr : exprs) depth = std::max(depth, expr->depth);
  return depth;
}

}  // namespace

bool Parser::ParseArguments(Arguments& arguments) {
  if (token_.kind != TokenKind::kLeftParen) return Unexpected("aggregation");
  Advance();
  while (token_.kind != TokenKind::kRightParen) {
    ExprPtr argument = Expression(1);
    if (argument == nullptr) return false;
    arguments.all.push_back(std::move(argument));
    if (token_.kind == TokenKind::kRightParen) break;
    if (token_.kind != TokenKind::kComma) return Unexpected();
    const Place comma = token_.place;
    Advance();
    if (token_.kind == TokenKind::kRightParen) {
      return Fail(comma, "trailing commas not allowed in function call args");
    }
  }
  arguments.end = token_.place.end;
  Advance();
  return !failure_;
}

ExprPtr Parser::FunctionCall(const Token& name) {
  Arguments arguments;
  if (!ParseArguments(arguments)) return nullptr;
  Call call;
  call.function = FindFunction(name.text);
  if (call.function == nullptr) {
    const std::string_view why = WhyNotAnswered(name.text);
    if (why.empty()) {
      Fail(name.place, "unknown function with name " + Quote(name.text));
    } else {
      Fail(name.place, "function " + Quote(name.text) + " " + std::string(why));
    }
    return nullptr;
  }
  call.arguments = std::move(arguments.all);
  const Place place{name.place.begin, arguments.end};
  CheckCall(call, place);
  const int below = DepthOf(call.arguments);
  const ValueType returns = call.function->returns;
  return Make(std::move(call), returns, place, below);
}

void Parser::CheckCall(const Call& call, Place place) {
  const Function& function = *call.function;
  const size_t count = call.arguments.size();
  const auto wrong_count = [&](const char* bound, size_t wanted) {
    WrongType(place, "expected " + std::string(bound) + std::to_string(wanted) +
                         " argument(s) in call to " + Quote(function.name) + ", got " +
                         std::to_string(count));
  };
  const size_t most = function.arguments.size();
  const bool is_fixed = function.required == most && !function.repeats_last;
  if (is_fixed && count != most) {
    wrong_count("", most);
  } else if (count < function.required) {
    wrong_count("at least ", function.required);
  } else if (count > most && !function.repeats_last) {
    wrong_count("at most ", most);
  }
  for (size_t i = 0; i < count && most > 0; ++i) {
    ExpectType(*call.arguments[i], function.arguments[std::min(i, most - 1)],
               "call to function " + Quote(function.name));
  }
}

void Parser::ExpectType(const Expr& expr, ValueType wanted, std::string_view context) {
  if (expr.type == wanted) return;
  WrongType(expr.place, "expected type " + std::string(NameOf(wanted)) + " in " +
                            std::string(context) + ", got " + std::string(NameOf(expr.type)));
}

ExprPtr Parser::Aggregate(const Token& op) {
  if (op.experimental) {
    Fail(op.place, "aggregation " + Quote(op.text) + " " + std::string(WhyNotAnswered("limitk")));
    return nullptr;
  }
  Aggregation aggregation;
  aggregation.op = op.aggregate;
  Arguments arguments;
  const auto modifier = [&] {
    if (token_.kind != TokenKind::kBy && token_.kind != TokenKind::kWithout) return false;
    aggregation.without = token_.kind == TokenKind::kWithout;
    Advance();
    return true;
  };
  const bool modifier_first = modifier();
  if (modifier_first && !Grouping(aggregation.grouping)) return nullptr;
  ++aggregations_;
  const bool has_arguments = ParseArguments(arguments);
  --aggregations_;
  if (!has_arguments) return nullptr;
  if (!modifier_first && modifier()) {
    if (!Grouping(aggregation.grouping)) return nullptr;
  }
  return MakeAggregate(std::move(aggregation), std::move(arguments), {op.place.begin, last_end_});
}

ExprPtr Parser::MakeAggregate(Aggregation aggregation, Arguments arguments, Place place) {
  const AggregateOp op = aggregation.op;
  const bool has_parameter = op == AggregateOp::kTopK || op == AggregateOp::kBottomK ||
                             op == AggregateOp::kQuantile || op == AggregateOp::kCountValues;
  const size_t wanted = has_parameter ? 2 : 1;
  if (arguments.all.empty()) {
    Fail(place, "no arguments for aggregate expression provided");
    return nullptr;
  }
  if (arguments.all.size() != wanted) {
    Fail(place, "wrong number of arguments for aggregate expression provided, expected " +
                    std::to_string(wanted) + ", got " + std::to_string(arguments.all.size()));
    return nullptr;
  }
  const int below = DepthOf(arguments.all);
  aggregation.expr = std::move(arguments.all.back());
  ExpectType(*aggregation.expr, ValueType::kVector, "aggregation expression");
  if (has_parameter) {
    aggregation.parameter = std::move(arguments.all.front());
    const bool is_text = op == AggregateOp::kCountValues;
    ExpectType(*aggregation.parameter, is_text ? ValueType::kString : ValueType::kScalar,
               "aggregation parameter");
  }
  return Make(std::move(aggregation), ValueType::kVector, place, below);
}

// `(a, "b", by)`, with a comma at the end or without.
bool Parser::Grouping(std::vector<std::string>& labels) {
  constexpr std::string_view kContext = "grouping opts";
  if (token_.kind != TokenKind::kLeftParen) return Unexpected(kContext, "\"(\"");
  Advance();
  while (token_.kind != TokenKind::kRightParen) {
    const bool is_string = token_.kind == TokenKind::kString;
    if (!is_string && !token_.IsWord() && token_.kind != TokenKind::kMetricIdentifier) {
      return Unexpected(kContext, "label");
    }
    std::string label = is_string ? token_.value : std::string(token_.text);
    if (is_string ? label.empty() || !IsUtf8(label) : !IsPlainLabelName(label)) {
      return Fail(token_.place, "invalid label name for grouping: " + Quote(label));
    }
    if (std::ranges::find(labels, label) == labels.end()) labels.push_back(std::move(label));
    if (labels.size() > kMaxLabels) {
      return Fail(token_.place, "more than " + std::to_string(kMaxLabels) + " labels");
    }
    Advance();
    if (token_.kind == TokenKind::kRightParen) break;
    if (token_.kind != TokenKind::kComma) return Unexpected(kContext, "\",\" or \")\"");
    Advance();
  }
  Advance();
  return !failure_;
}

}  // namespace rollcall::promql
