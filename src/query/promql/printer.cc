// The printer: a tree to PromQL on one line.
#include "query/promql/printer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "query/promql/ast.h"
#include "query/promql/labels.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

std::string WriteNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  std::array<char, 400> buffer;  // no number has more characters in this form
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

std::string Join(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    if (!text.empty()) text += ", ";
    text += WriteLabelName(label);
  }
  return text;
}

// ` @ 1609746000.000 offset 5m`
std::string WriteShift(const TimeShift& shift) {
  std::string text;
  if (shift.at == TimeShift::At::kStart) text = " @ start()";
  if (shift.at == TimeShift::At::kEnd) text = " @ end()";
  if (shift.at == TimeShift::At::kInstant) {
    const auto magnitude = shift.at_ms < 0 ? uint64_t{0} - static_cast<uint64_t>(shift.at_ms)
                                           : static_cast<uint64_t>(shift.at_ms);
    std::string rest = std::to_string(magnitude % 1000);
    rest.insert(0, 3 - rest.size(), '0');
    text = std::string(" @ ") + (shift.at_ms < 0 ? "-" : "") + std::to_string(magnitude / 1000) +
           "." + rest;
  }
  if (shift.offset_ms != 0) text += " offset " + WriteDuration(shift.offset_ms);
  return text;
}

std::string WriteSelector(const VectorSelector& selector) {
  std::vector<std::string> matchers;
  for (const Matcher& matcher : selector.matchers) {
    const bool is_name = matcher.label() == kMetricName && matcher.op() == MatchOp::kEqual &&
                         matcher.value() == selector.name && !selector.name.empty();
    if (!is_name) matchers.push_back(matcher.ToString());
  }
  std::ranges::sort(matchers);
  std::string text = selector.name;
  if (matchers.empty()) return text;
  text += '{';
  for (size_t i = 0; i < matchers.size(); ++i) text += (i > 0 ? "," : "") + matchers[i];
  return text + '}';
}

struct Writer {
  std::string operator()(const NumberLiteral& number) const {
    if (!number.is_duration) return WriteNumber(number.value);
    const auto ms = static_cast<int64_t>(std::round(number.value * 1000));
    return (ms == 0 && std::signbit(number.value) ? "-" : "") + WriteDuration(ms);
  }
  std::string operator()(const StringLiteral& text) const { return Quote(text.value); }
  std::string operator()(const VectorSelector& selector) const {
    return WriteSelector(selector) + WriteShift(selector.shift);
  }
  std::string operator()(const MatrixSelector& matrix) const {
    return WriteSelector(matrix.selector) + '[' + WriteDuration(matrix.range_ms) + ']' +
           WriteShift(matrix.selector.shift);
  }
  std::string operator()(const Subquery& subquery) const {
    return ToString(*subquery.expr) + WriteSuffix(subquery);
  }
  std::string operator()(const Aggregation& aggregation) const {
    std::string text = WriteHead(aggregation) + '(';
    if (aggregation.parameter != nullptr) text += ToString(*aggregation.parameter) + ", ";
    return text + ToString(*aggregation.expr) + ')';
  }
  std::string operator()(const Call& call) const {
    std::string text;
    for (const ExprPtr& argument : call.arguments) {
      if (!text.empty()) text += ", ";
      text += ToString(*argument);
    }
    return std::string(call.function->name) + '(' + text + ')';
  }
  std::string operator()(const Binary& binary) const {
    return ToString(*binary.left) + ' ' + WriteOperator(binary) + ' ' + ToString(*binary.right);
  }
  std::string operator()(const Negation& negation) const { return '-' + ToString(*negation.expr); }
  std::string operator()(const Parentheses& inside) const {
    return '(' + ToString(*inside.expr) + ')';
  }
};

}  // namespace

std::string_view NameOf(AggregateOp op) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"avg", "bottomk", "count", "count_values", "group", "max",
                                       "min", "quantile", "stddev", "stdvar", "sum", "topk"});
  return kNames[static_cast<size_t>(op)];
}

std::string_view NameOf(BinaryOp op) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<",
                                       "<=", ">", ">=", "and", "or", "unless"});
  return kNames[static_cast<size_t>(op)];
}

std::string WriteHead(const Aggregation& aggregation) {
  std::string text(NameOf(aggregation.op));
  if (aggregation.without) return text + " without (" + Join(aggregation.grouping) + ") ";
  if (aggregation.grouping.empty()) return text;
  return text + " by (" + Join(aggregation.grouping) + ") ";
}

std::string WriteOperator(const Binary& binary) {
  using Cardinality = VectorMatching::Cardinality;
  std::string text(NameOf(binary.op));
  if (binary.returns_bool) text += " bool";
  if (!binary.matching) return text;
  const VectorMatching& matching = *binary.matching;
  const bool is_grouped = matching.cardinality == Cardinality::kManyToOne ||
                          matching.cardinality == Cardinality::kOneToMany;
  if (!matching.on && matching.labels.empty() && !is_grouped) return text;
  text += matching.on ? " on (" : " ignoring (";
  text += Join(matching.labels) + ')';
  if (!is_grouped) return text;
  text += matching.cardinality == Cardinality::kManyToOne ? " group_left (" : " group_right (";
  return text + Join(matching.include) + ')';
}

std::string WriteSuffix(const Subquery& subquery) {
  std::string text = '[' + WriteDuration(subquery.range_ms) + ':';
  if (subquery.step_ms) text += WriteDuration(*subquery.step_ms);
  return text + ']' + WriteShift(subquery.shift);
}

std::string ToString(const Expr& expr) { return std::visit(Writer(), expr.node); }

}  // namespace rollcall::promql
