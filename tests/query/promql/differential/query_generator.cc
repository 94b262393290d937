#include "tests/query/promql/differential/query_generator.h"

#include "tests/query/promql/differential/history.h"

namespace rollcall::promql::test {

std::string QueryGenerator::Pick(std::initializer_list<std::string_view> choices) {
  return std::string(choices.begin()[Below(choices.size())]);
}

std::string QueryGenerator::Number() {
  return Pick({"0", "1", "2", "0.5", "-3", "10", "100", "7.25", "1000"});
}

std::string QueryGenerator::Matchers(std::string_view metric) {
  std::string text;
  const auto add = [&](const std::string& matcher) {
    text += (text.empty() ? "{" : ",") + matcher;
  };
  if (OneIn(3)) add(Pick({"job=\"api\"", "job!=\"web\"", "job=~\"api|db\"", "job!~\"d.*\""}));
  if (OneIn(4)) {
    add(Pick({"instance=\"a\"", "instance=~\"a|b\"", "instance!=\"c\"", "instance!=\"\"",
              "instance=~\".*\""}));
  }
  if (metric == "requests_total" && OneIn(2)) add("code=\"200\"");
  if (OneIn(30)) add("nosuch=\"x\"");
  return text.empty() ? text : text + "}";
}

std::string QueryGenerator::Shift() {
  std::string text;
  const auto at = [&] {
    if (!OneIn(12)) return;
    if (OneIn(2)) {
      text += Pick({" @ start()", " @ end()"});
    } else {
      const int64_t hours = (History::kEndMs - History::kStartMs) / 1000;
      const auto second = static_cast<int64_t>(Below(static_cast<uint64_t>(hours))) / 5 * 5;
      text += " @ " + std::to_string(History::kStartMs / 1000 + second);
    }
  };
  const bool at_first = OneIn(2);
  if (at_first) at();
  if (OneIn(8)) text += " offset " + Pick({"10s", "5m", "-2m", "30m", "1h", "95s"});
  if (!at_first) at();
  return text;
}

std::string QueryGenerator::Selector() {
  const std::string metric = Pick({"temperature", "temperature", "size", "requests_total",
                                   "errors_total", "rare", "info", "latency_bucket", "nosuch"});
  return metric + Matchers(metric) + Shift();
}

std::string QueryGenerator::SubqueryBrackets() {
  return "[" + Pick({"2m3s", "5m3s", "13m8s", "33s", "48m3s"}) + ":" +
         Pick({"10s", "15s", "30s", "1m", "2m", "5m", ""}) + "]";
}

std::string QueryGenerator::Range(int depth) {
  if (depth > 0 && OneIn(3)) {
    std::string inner = Vector(depth - 1);
    if (inner.find('(') != std::string::npos || inner.find(' ') != std::string::npos) {
      inner = "(" + inner + ")";
    }
    return inner + SubqueryBrackets() + Shift();
  }
  const std::string metric =
      Pick({"temperature", "size", "requests_total", "errors_total", "rare", "info", "nosuch"});
  return metric + Matchers(metric) + "[" +
         Pick({"1m", "45s", "5m", "7m", "10m", "30m", "1h", "100s"}) + "]" + Shift();
}

std::string QueryGenerator::CounterRange() {
  const std::string metric = Pick({"requests_total", "requests_total", "errors_total"});
  return metric + Matchers(metric) + "[" + Pick({"1m", "2m", "5m", "10m", "30m", "1h", "95s"}) +
         "]" + Shift();
}

std::string QueryGenerator::Scalar(int depth) {
  if (depth <= 0 || OneIn(2)) return Number();
  switch (Below(5)) {
    case 0:
      return "time()";
    case 1:
      return "scalar(" + Vector(depth - 1) + ")";
    case 2:
      return "(" + Scalar(depth - 1) + " " + Pick({"+", "-", "*", "/", "%", "^", "atan2"}) + " " +
             Scalar(depth - 1) + ")";
    case 3:
      return "(" + Scalar(depth - 1) + " " + Pick({"==", "<", ">=", "!="}) + " bool " +
             Scalar(depth - 1) + ")";
    default:
      return "pi()";
  }
}

std::string QueryGenerator::Aggregation(int depth) {
  const std::string grouping =
      Pick({"", "", " by (job)", " by (job, instance)", " without (instance)", " by (nosuch)",
            " without (code, le, version, unit)", " by (code)", " without ()", " by (__name__)"});
  if (OneIn(4)) {
    const std::string op = Pick({"topk", "bottomk"});
    return op + grouping + " (" + Pick({"1", "2", "3", "0", "50"}) + ", " + Vector(depth - 1) + ")";
  }
  if (OneIn(6)) {
    return "quantile" + grouping + " (" + Pick({"0.5", "0", "1", "0.9", "0.25", "-1", "2"}) + ", " +
           Vector(depth - 1) + ")";
  }
  if (OneIn(8)) return "count_values" + grouping + " (\"v\", " + Selector() + ")";
  return Pick({"sum", "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"}) +
         grouping + " (" + Vector(depth - 1) + ")";
}

std::string QueryGenerator::OverTime(int depth) {
  const std::string range = Range(depth);
  switch (Below(6)) {
    case 0:
      return "quantile_over_time(" + Pick({"0.5", "0.9", "0", "1"}) + ", " + range + ")";
    case 1:
      return "predict_linear(" + range + ", " + Pick({"60", "-600", "3600"}) + ")";
    case 2:
      return Pick({"deriv", "changes", "resets", "idelta", "irate", "delta"}) + "(" + range + ")";
    case 3:
      return "holt_winters(" + range + ", 0.5, " + Pick({"0.1", "0.75"}) + ")";
    default:
      return Pick({"avg", "min", "max", "sum", "count", "last", "present", "stddev", "stdvar",
                   "absent"}) +
             "_over_time(" + range + ")";
  }
}

std::string QueryGenerator::Rate() {
  return Pick({"rate", "rate", "increase", "irate", "delta", "idelta"}) + "(" + CounterRange() +
         ")";
}

std::string QueryGenerator::Math(int depth) {
  const std::string vector = Vector(depth - 1);
  switch (Below(5)) {
    case 0:
      return "clamp(" + vector + ", " + Number() + ", " + Number() + ")";
    case 1:
      return Pick({"clamp_min", "clamp_max"}) + "(" + vector + ", " + Scalar(depth - 1) + ")";
    case 2:
      return "-(" + vector + ")";
    default:
      return Pick({"abs",  "ceil",  "floor", "exp",   "sqrt",  "ln",   "log2", "log10",
                   "sgn",  "round", "deg",   "rad",   "sin",   "cos",  "tan",  "atan",
                   "sinh", "cosh",  "tanh",  "asinh", "acosh", "asin", "acos", "atanh"}) +
             "(" + vector + ")";
  }
}

std::string QueryGenerator::OfLabels(int depth) {
  const std::string vector = Vector(depth - 1);
  switch (Below(5)) {
    case 0:
      return "label_replace(" + vector + ", \"" + Pick({"x", "job", "instance"}) +
             "\", \"$1-y\", \"" + Pick({"job", "instance", "x"}) + "\", \"(.).*\")";
    case 1:
      return "label_join(" + vector + ", \"x\", \"/\", \"job\", \"instance\")";
    case 2:
      return "absent(" + vector + ")";
    case 3:
      return Pick({"sort", "sort_desc"}) + "(" + vector + ")";
    default:
      return "vector(" + Scalar(depth - 1) + ")";
  }
}

// Prometheus 2 leaves the metric's name with atan2 alone.
std::string QueryGenerator::WithoutName(const std::string& op, const std::string& operation) {
  return op == "atan2" ? "(" + operation + ") * 1" : operation;
}

std::string QueryGenerator::WithScalar(int depth) {
  std::string op = Pick({"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">", "<=", ">="});
  const bool is_comparison = std::string_view("=!<>").find(op[0]) != std::string_view::npos;
  if (is_comparison && OneIn(3)) op += " bool";
  const std::string vector = "(" + Vector(depth - 1) + ")";
  const std::string scalar = Scalar(depth - 1);
  return WithoutName(
      op, OneIn(3) ? scalar + " " + op + " " + vector : vector + " " + op + " " + scalar);
}

std::string QueryGenerator::BetweenVectors(int depth) {
  std::string op = Pick({"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", ">", "<=", ">="});
  const bool is_comparison = std::string_view("=!<>").find(op[0]) != std::string_view::npos;
  if (is_comparison && OneIn(3)) op += " bool";
  const std::string left = "(" + Vector(depth - 1) + ")";
  const std::string right = "(" + Vector(depth - 1) + ")";
  return WithoutName(op, Matched(left, op, right));
}

std::string QueryGenerator::Matched(const std::string& left, const std::string& op,
                                    const std::string& right) {
  switch (Below(6)) {
    case 0:
      return left + " " + op + " " + right;
    case 1:
      return "sum by (job) " + left + " " + op + " on (job) max by (job) " + right;
    case 2:
      return left + " " + op + " on (job) group_left " + Pick({"", "()", "(x)"}) +
             " avg by (job) " + right;
    case 3:
      return "min by (job, instance) " + left + " " + op +
             " on (job, instance) group_right (nosuch) " + right;
    case 4:
      return left + " " + op + " on (job, instance) group_left (version) info";
    default:
      return left + " " + op + " " +
             Pick({"on (job, instance)", "ignoring (code, version, unit)"}) + " " + right;
  }
}

std::string QueryGenerator::SetOperation(int depth) {
  return "(" + Vector(depth - 1) + ") " + Pick({"and", "or", "unless"}) + " " +
         Pick({"", "on (job) ", "ignoring (instance) ", "on () ", "on (job, instance) "}) + "(" +
         Vector(depth - 1) + ")";
}

std::string QueryGenerator::Histogram() {
  const std::string bucket = "latency_bucket" + Matchers("latency_bucket");
  const std::string rate =
      Pick({"rate", "increase"}) + "(" + bucket + "[" + Pick({"5m", "10m", "30m"}) + "])";
  const std::string vector = Pick({"", "sum by (le) ", "sum by (le, job) ", "sum without (job) "});
  return "histogram_quantile(" + Pick({"0.5", "0.9", "0.99", "0", "1", "-1", "2"}) + ", " + vector +
         "(" + (OneIn(3) ? bucket : rate) + "))";
}

std::string QueryGenerator::OfTime(int depth) {
  if (OneIn(2)) return "timestamp(" + Vector(depth - 1) + ")";
  return Pick({"minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month",
               "month", "year"}) +
         Pick({"()", "(timestamp(temperature))", "(vector(time()))"});
}

std::string QueryGenerator::Vector(int depth) {
  if (depth <= 0) return Selector();
  switch (Below(14)) {
    case 0:
      return Selector();
    case 1:
    case 2:
      return Aggregation(depth);
    case 3:
    case 4:
      return OverTime(depth);
    case 5:
    case 6:
      return Rate();
    case 7:
      return Math(depth);
    case 8:
      return OfLabels(depth);
    case 9:
      return WithScalar(depth);
    case 10:
      return BetweenVectors(depth);
    case 11:
      return SetOperation(depth);
    case 12:
      return Histogram();
    default:
      return OfTime(depth);
  }
}

std::string QueryGenerator::Query() {
  const int depth = 1 + static_cast<int>(Below(7));
  return OneIn(20) ? Scalar(depth) : Vector(depth);
}

}  // namespace rollcall::promql::test
