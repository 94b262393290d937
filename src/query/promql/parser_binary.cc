// The parser's binary operators and how their sides match.
#include <algorithm>

#include "query/promql/parser_impl.h"
#include "query/promql/text.h"

namespace rollcall::promql {

ExprPtr Parser::Operation(ExprPtr left, int power) {
  Binary binary;
  binary.op = token_.binary;
  const Place op = token_.place;
  Advance();
  std::optional<VectorMatching> matching;
  if (!Modifiers(binary, matching)) return nullptr;
  binary.left = std::move(left);
  binary.right = Expression(power);
  if (binary.right == nullptr) return nullptr;
  const Place all{binary.left->place.begin, binary.right->place.end};
  CheckOperation(binary, std::move(matching), op, all);
  const bool is_scalar =
      binary.left->type == ValueType::kScalar && binary.right->type == ValueType::kScalar;
  const int below = std::max(binary.left->depth, binary.right->depth);
  return Make(std::move(binary), is_scalar ? ValueType::kScalar : ValueType::kVector, all, below);
}

bool Parser::Modifiers(Binary& binary, std::optional<VectorMatching>& matching) {
  if (token_.kind == TokenKind::kBool) {
    binary.returns_bool = true;
    Advance();
  }
  if (token_.kind != TokenKind::kOn && token_.kind != TokenKind::kIgnoring) return !failure_;
  matching.emplace();
  matching->on = token_.kind == TokenKind::kOn;
  Advance();
  return Grouping(matching->labels) && GroupModifier(*matching);
}

bool Parser::GroupModifier(VectorMatching& matching) {
  using Cardinality = VectorMatching::Cardinality;
  if (token_.kind == TokenKind::kGroupLeft) {
    matching.cardinality = Cardinality::kManyToOne;
  } else if (token_.kind == TokenKind::kGroupRight) {
    matching.cardinality = Cardinality::kOneToMany;
  } else {
    return !failure_;
  }
  Advance();
  return token_.kind == TokenKind::kLeftParen ? Grouping(matching.include) : !failure_;
}

void Parser::CheckOperation(Binary& binary, std::optional<VectorMatching> matching, Place op,
                            Place all) {
  using Cardinality = VectorMatching::Cardinality;
  const std::string name = Quote(text_.substr(op.begin, op.end - op.begin));
  const ValueType left = binary.left->type;
  const ValueType right = binary.right->type;
  const auto is_value = [](ValueType type) {
    return type == ValueType::kScalar || type == ValueType::kVector;
  };
  if (binary.returns_bool && !IsComparison(binary.op)) {
    WrongType(op, "bool modifier can only be used on comparison operators");
  }
  if (IsComparison(binary.op) && !binary.returns_bool && left == ValueType::kScalar &&
      right == ValueType::kScalar) {
    WrongType(op, "comparisons between scalars must use BOOL modifier");
  }
  if (matching && matching->on) {
    for (const std::string& label : matching->labels) {
      if (std::ranges::find(matching->include, label) == matching->include.end()) continue;
      WrongType(op, "label " + Quote(label) + " must not occur in ON and GROUP clause at once");
    }
  }
  for (const Expr* const side : {binary.left.get(), binary.right.get()}) {
    if (is_value(side->type)) continue;
    WrongType(side->place, "binary expression must contain only scalar and instant vector types");
  }
  if (left != ValueType::kVector || right != ValueType::kVector) {
    if (matching && !matching->labels.empty()) {
      WrongType(all, "vector matching only allowed between instant vectors");
    }
    if (IsSetOperator(binary.op)) {
      WrongType(all, "set operator " + name + " not allowed in binary scalar expression");
    }
    return;
  }
  binary.matching = matching ? std::move(*matching) : VectorMatching();
  if (!IsSetOperator(binary.op)) return;
  if (binary.matching->cardinality != Cardinality::kOneToOne) {
    WrongType(all, "no grouping allowed for " + name + " operation");
  }
  binary.matching->cardinality = Cardinality::kManyToMany;
}

}  // namespace rollcall::promql
