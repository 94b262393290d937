// The printer of long expressions: an expression that does not fit a line has its parts on lines of
// their own.
#include "query/promql/ast.h"
#include "query/promql/printer.h"

namespace rollcall::promql {
namespace {

constexpr size_t kMaxLine = 100;

std::string Indent(int level) { return std::string(static_cast<size_t>(level) * 2, ' '); }

std::string Pretty(const Expr& expr, int level);

// Writes an expression that is too long for a line. At level 0 nothing stands in front of it.
struct Splitter {
  int level;

  std::string operator()(const Aggregation& aggregation) const {
    std::string text = Indent(level) + WriteHead(aggregation) + "(\n";
    if (aggregation.parameter != nullptr) text += Pretty(*aggregation.parameter, level + 1) + ",\n";
    return text + Pretty(*aggregation.expr, level + 1) + '\n' + Indent(level) + ')';
  }
  std::string operator()(const Binary& binary) const {
    return Pretty(*binary.left, level + 1) + '\n' + Indent(level) + WriteOperator(binary) + '\n' +
           Pretty(*binary.right, level + 1);
  }
  std::string operator()(const Call& call) const {
    std::string text = Indent(level) + std::string(call.function->name) + "(\n";
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      text += (i > 0 ? ",\n" : "") + Pretty(*call.arguments[i], level + 1);
    }
    return text + '\n' + Indent(level) + ')';
  }
  std::string operator()(const Parentheses& inside) const {
    return Indent(level) + "(\n" + Pretty(*inside.expr, level + 1) + '\n' + Indent(level) + ')';
  }
  std::string operator()(const Subquery& subquery) const {
    return Pretty(*subquery.expr, level) + WriteSuffix(subquery);
  }
  std::string operator()(const Negation& negation) const {
    std::string operand = Pretty(*negation.expr, level);
    operand.erase(0, operand.find_first_not_of(' '));
    return Indent(level) + '-' + operand;
  }
  // Selectors and literals have no parts.
  std::string operator()(const auto&) const { return ""; }
};

std::string Pretty(const Expr& expr, int level) {
  std::string line = ToString(expr);
  if (line.size() > kMaxLine) {
    std::string lines = std::visit(Splitter{level}, expr.node);
    if (!lines.empty()) return lines;
  }
  return Indent(level) + line;
}

}  // namespace

std::string PrettyPrint(const Expr& expr) { return Pretty(expr, 0); }

}  // namespace rollcall::promql
