#include "api/promql_tree_json.h"

#include <string_view>
#include <variant>
#include <vector>

#include "api/json_text.h"
#include "api/promql_json.h"
#include "query/promql/functions.h"
#include "query/promql/number_text.h"
#include "query/promql/printer.h"

namespace rollcall::api {
namespace {

std::string_view WordFor(promql::VectorMatching::Cardinality cardinality) {
  switch (cardinality) {
    case promql::VectorMatching::Cardinality::kOneToOne:
      return "one-to-one";
    case promql::VectorMatching::Cardinality::kManyToOne:
      return "many-to-one";
    case promql::VectorMatching::Cardinality::kOneToMany:
      return "one-to-many";
    case promql::VectorMatching::Cardinality::kManyToMany:
      break;
  }
  return "many-to-many";
}

// -1: any number of arguments, from one less than there are types on; else how many are optional.
int VariadicOf(const promql::Function& function) {
  return function.repeats_last ? -1
                               : static_cast<int>(function.arguments.size() - function.required);
}

class TreeWriter {
 public:
  explicit TreeWriter(std::string& out) : out_(out) {}

  void Write(const promql::Expr& expr) {
    out_ += "{\"type\":";
    std::visit(*this, expr.node);
    out_ += '}';
  }

  void operator()(const promql::NumberLiteral& number) {
    out_ += "\"numberLiteral\"";
    Text("val", promql::PlainText(number.value));
  }
  void operator()(const promql::StringLiteral& text) {
    out_ += "\"stringLiteral\"";
    Text("val", text.value);
  }
  void operator()(const promql::VectorSelector& selector) {
    out_ += "\"vectorSelector\"";
    Selector(selector);
  }
  void operator()(const promql::MatrixSelector& matrix) {
    out_ += "\"matrixSelector\"";
    Selector(matrix.selector);
    Number("range", matrix.range_ms);
  }
  void operator()(const promql::Subquery& subquery) {
    out_ += "\"subquery\"";
    Child("expr", subquery.expr);
    Number("range", subquery.range_ms);
    Number("step", subquery.step_ms.value_or(0));
    Shift(subquery.shift);
  }
  void operator()(const promql::Aggregation& aggregation) {
    out_ += "\"aggregation\"";
    Text("op", promql::NameOf(aggregation.op));
    Child("expr", aggregation.expr);
    Child("param", aggregation.parameter);
    Texts("grouping", aggregation.grouping);
    Flag("without", aggregation.without);
  }
  void operator()(const promql::Call& call) {
    const promql::Function& function = *call.function;
    out_ += "\"call\",\"func\":{\"name\":";
    AppendJsonString(function.name, out_);
    Key("argTypes");
    List(function.arguments,
         [this](promql::ValueType type) { AppendJsonString(promql::ShortNameOf(type), out_); });
    Number("variadic", VariadicOf(function));
    Text("returnType", promql::ShortNameOf(function.returns));
    out_ += '}';
    Key("args");
    List(call.arguments, [this](const promql::ExprPtr& argument) { Write(*argument); });
  }
  void operator()(const promql::Binary& binary) {
    out_ += "\"binaryExpr\"";
    Text("op", promql::NameOf(binary.op));
    Child("lhs", binary.left);
    Child("rhs", binary.right);
    Key("matching");
    if (binary.matching) {
      out_ += "{\"card\":";
      AppendJsonString(WordFor(binary.matching->cardinality), out_);
      Texts("labels", binary.matching->labels);
      Flag("on", binary.matching->on);
      Texts("include", binary.matching->include);
      out_ += '}';
    } else {
      out_ += "null";
    }
    Flag("bool", binary.returns_bool);
  }
  void operator()(const promql::Negation& negation) {
    out_ += "\"unaryExpr\"";
    Text("op", "-");
    Child("expr", negation.expr);
  }
  void operator()(const promql::Parentheses& inside) {
    out_ += "\"parenExpr\"";
    Child("expr", inside.expr);
  }

 private:
  // None of these is the first of its object.
  void Key(std::string_view key) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":";
  }
  void Text(std::string_view key, std::string_view text) {
    Key(key);
    AppendJsonString(text, out_);
  }
  void Number(std::string_view key, int64_t number) {
    Key(key);
    out_ += std::to_string(number);
  }
  void Flag(std::string_view key, bool flag) {
    Key(key);
    out_ += flag ? "true" : "false";
  }
  void Child(std::string_view key, const promql::ExprPtr& expr) {
    Key(key);
    if (expr == nullptr) {
      out_ += "null";
    } else {
      Write(*expr);
    }
  }
  template <typename Items, typename Each>
  void List(const Items& items, Each each) {
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      each(item);
    }
    out_ += ']';
  }
  void Texts(std::string_view key, const std::vector<std::string>& texts) {
    Key(key);
    List(texts, [this](const std::string& text) { AppendJsonString(text, out_); });
  }

  void Selector(const promql::VectorSelector& selector) {
    Text("name", selector.name);
    Key("matchers");
    List(selector.matchers, [this](const promql::Matcher& matcher) {
      out_ += "{\"name\":";
      AppendJsonString(matcher.label(), out_);
      Text("value", matcher.value());
      Text("type", promql::NameOf(matcher.op()));
      out_ += '}';
    });
    Shift(selector.shift);
  }
  void Shift(const promql::TimeShift& shift) {
    using At = promql::TimeShift::At;
    Number("offset", shift.offset_ms);
    Key("timestamp");
    out_ += shift.at == At::kInstant ? std::to_string(shift.at_ms) : "null";
    Key("startOrEnd");
    out_ += shift.at == At::kStart ? "\"start\"" : shift.at == At::kEnd ? "\"end\"" : "null";
  }

  std::string& out_;
};

}  // namespace

void AppendTree(const promql::Expr& expr, std::string& out) { TreeWriter(out).Write(expr); }

}  // namespace rollcall::api
