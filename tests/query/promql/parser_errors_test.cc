#include "query/promql/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::promql {
namespace {

// What the text parses to, printed, or why it does not.
std::string Parsed(std::string_view text) {
  const Result<ExprPtr> expr = ParseExpr(text);
  return expr.ok() ? ToString(**expr) : expr.status().message();
}

// An error at a place of the one line.
std::string ErrorAt(int column, const std::string& message) {
  return "1:" + std::to_string(column) + ": parse error: " + message;
}

TEST(ParserErrorsTest, RefusesWhatIsNoNumber) {
  EXPECT_EQ(Parsed("1_"), ErrorAt(1, R"(error parsing number: "1_")"));
  EXPECT_EQ(Parsed("1_0.5"), ErrorAt(1, R"(error parsing number: "1_0.5")"));
  EXPECT_EQ(Parsed("0_9"), ErrorAt(1, R"(error parsing number: "0_9")"));
  EXPECT_EQ(Parsed("2 + 1e999"), ErrorAt(5, R"(error parsing number: "1e999")"));
  EXPECT_EQ(Parsed("0xffffffffffffffff"),
            ErrorAt(1, R"(error parsing number: "0xffffffffffffffff")"));
}

TEST(ParserErrorsTest, RefusesBadSelectors) {
  const std::string twice = "metric name must not be set twice: ";
  const std::string empty = "vector selector must contain at least one non-empty matcher";
  const struct {
    const char* text;
    int column;
    std::string message;
  } kCases[] = {
      {"{}", 1, empty},
      {R"({a=""})", 1, empty},
      {R"(1 + {a=~".*",b!="x"})", 5, empty},
      {R"(foo{__name__="bar"})", 1, twice + R"("foo" or "bar")"},
      {R"(foo{"bar"})", 1, twice + R"("foo" or "bar")"},
      {R"({"foo","bar"})", 1, twice + R"("foo" or "bar")"},
      {R"({""})", 2, R"(invalid metric name: "")"},
      {R"({""="x"})", 2, R"(invalid label name: "")"},
      {R"({"\xff"})", 2, R"(invalid metric name: "\xff")"},
      {"foo{a}", 6, R"(unexpected "}" in label matching, expected label matching operator)"},
      {"foo{a=b}", 7, R"(unexpected identifier "b" in label matching, expected string)"},
      {R"(foo{a="b" c="d"})", 11,
       R"(unexpected identifier "c" in label matching, expected "," or "}")"},
      {"{,}", 2, R"(unexpected "," in label matching, expected identifier or "}")"},
      {R"({a=="b"})", 4, R"(unexpected "=" in label matching, expected string)"},
      {R"(foo{a=~"("})", 5, "error parsing regexp: missing ): ("},
      {R"(foo{a="b"}{c="d"})", 11, R"(unexpected "{")"},
      {"foo bar", 5, R"(unexpected identifier "bar")"},
      {"bool", 1, "unexpected <bool>"},
      {"on + 1", 1, "unexpected <on>"},
      {"atan2", 1, "unexpected <op:atan2>"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Parsed(c.text), ErrorAt(c.column, c.message)) << c.text;
}

TEST(ParserErrorsTest, RefusesBadRangesAndShifts) {
  const std::string shiftable =
      " modifier must be preceded by an instant vector selector or range vector selector or a "
      "subquery";
  const struct {
    const char* text;
    int column;
    std::string message;
  } kCases[] = {
      {"foo[]", 5, R"(unexpected "]" in subquery or range selector, expected number or duration)"},
      {"foo[bar]", 5,
       R"(unexpected identifier "bar" in subquery or range selector, expected number or duration)"},
      {"foo[-5m]", 5,
       R"(unexpected <op:-> in subquery or range selector, expected number or duration)"},
      {"foo[0]", 5, "duration must be greater than 0"},
      {"foo[0s]", 5, "duration must be greater than 0"},
      {"foo[5m:0s]", 8, "duration must be greater than 0"},
      {"foo[NaN]", 5, "duration out of range"},
      {"foo[1e300]", 5, "duration out of range"},
      {"foo[5m", 7, "unclosed left bracket"},
      {"foo[5m 1]", 8, R"(unexpected number "1" in subquery or range, expected ":" or "]")"},
      {"foo[5m:1m 1]", 11, R"(unexpected number "1" in subquery selector, expected "]")"},
      {"foo[5m:x]", 8,
       R"(unexpected identifier "x" in subquery selector, expected number or duration or "]")"},
      {"foo[5m*2]", 7, "duration expression is experimental"},
      {"(foo)[5m]", 6, "ranges only allowed for vector selectors"},
      {"sum(foo)[5m]", 9, "ranges only allowed for vector selectors"},
      {"foo[5m][5m]", 8, "ranges only allowed for vector selectors"},
      {"foo offset 5m[5m]", 14, "no offset modifiers allowed before range"},
      {"foo @ 5 [5m]", 9, "no @ modifiers allowed before range"},
      {"foo[5m][1h:]", 1, "subquery is only allowed on instant vector, got matrix instead"},
      {"1[1h:]", 1, "subquery is only allowed on instant vector, got scalar instead"},
      {"time()[1h:]", 1, "subquery is only allowed on instant vector, got scalar instead"},
      {"foo offset 1m offset 2m", 1, "offset may not be set multiple times"},
      {"foo @ 1 @ 2", 1, "@ <timestamp> may not be set multiple times"},
      {"1 offset 5m", 1, "offset" + shiftable},
      {"sum(foo) offset 5m", 1, "offset" + shiftable},
      {"(foo) @ 5", 1, "@" + shiftable},
      {"foo offset", 11, "unexpected end of input in offset, expected number or duration"},
      {"foo offset bar", 12,
       R"(unexpected identifier "bar" in offset, expected number or duration)"},
      {"foo @ bar", 7, R"(unexpected identifier "bar" in @, expected timestamp)"},
      {"foo @ start", 12, "unexpected end of input in @, expected timestamp"},
      {"foo @ Inf", 7, "timestamp out of bounds for @ modifier"},
      {"foo @ 1e30", 7, "timestamp out of bounds for @ modifier"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Parsed(c.text), ErrorAt(c.column, c.message)) << c.text;
}

TEST(ParserErrorsTest, RefusesBadAggregationsAndCalls) {
  const struct {
    const char* text;
    int column;
    std::string message;
  } kCases[] = {
      {"sum()", 1, "no arguments for aggregate expression provided"},
      {"1 + topk(foo)", 5,
       "wrong number of arguments for aggregate expression provided, expected 2, got 1"},
      {"sum(1, foo)", 1,
       "wrong number of arguments for aggregate expression provided, expected 1, got 2"},
      {"sum(1)", 5, "expected type instant vector in aggregation expression, got scalar"},
      {"topk('a', foo)", 6, "expected type scalar in aggregation parameter, got string"},
      {"count_values(5, foo)", 14, "expected type string in aggregation parameter, got scalar"},
      {"sum by a (foo)", 8, R"(unexpected identifier "a" in grouping opts, expected "(")"},
      {"sum by (1) (foo)", 9, R"(unexpected number "1" in grouping opts, expected label)"},
      {"sum by (a b) (foo)", 11,
       R"x(unexpected identifier "b" in grouping opts, expected "," or ")")x"},
      {"sum by (a:b) (foo)", 9, R"(invalid label name for grouping: "a:b")"},
      {R"(sum by ("") (foo))", 9, R"(invalid label name for grouping: "")"},
      {"sum(foo) by (a) by (b)", 17, "unexpected <by>"},
      {"sum foo", 5, R"(unexpected identifier "foo")"},
      {"sum by (a) foo", 12, R"(unexpected identifier "foo" in aggregation)"},
      {"sum(a b)", 7, R"(unexpected identifier "b" in aggregation)"},
      {"nosuch(foo)", 1, R"(unknown function with name "nosuch")"},
      {"ABS(foo)", 1, R"(unknown function with name "ABS")"},
      {"rate(foo)", 6,
       R"(expected type range vector in call to function "rate", got instant vector)"},
      {"abs(foo[5m])", 5,
       R"(expected type instant vector in call to function "abs", got range vector)"},
      {"abs()", 1, R"(expected 1 argument(s) in call to "abs", got 0)"},
      {"abs(foo, foo)", 1, R"(expected 1 argument(s) in call to "abs", got 2)"},
      {"round(foo, 1, 2)", 1, R"(expected at most 2 argument(s) in call to "round", got 3)"},
      {"round()", 1, R"(expected at least 1 argument(s) in call to "round", got 0)"},
      {"label_join(foo, 'a')", 1,
       R"(expected at least 3 argument(s) in call to "label_join", got 2)"},
      {"label_join(foo, 'a', 'b', 5)", 27,
       R"(expected type string in call to function "label_join", got scalar)"},
      {"time(1)", 1, R"(expected 0 argument(s) in call to "time", got 1)"},
      {"abs(foo,)", 8, "trailing commas not allowed in function call args"},
      {"abs(,foo)", 5, R"(unexpected ",")"},
      {"abs(foo bar)", 9, R"(unexpected identifier "bar")"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Parsed(c.text), ErrorAt(c.column, c.message)) << c.text;
}

TEST(ParserErrorsTest, RefusesBadBinaryOperators) {
  const struct {
    const char* text;
    int column;
    std::string message;
  } kCases[] = {
      {"1 == 1", 3, "comparisons between scalars must use BOOL modifier"},
      {"1 + bool 1", 3, "bool modifier can only be used on comparison operators"},
      {"1 and 1", 1, R"(set operator "and" not allowed in binary scalar expression)"},
      {"a or 1", 1, R"(set operator "or" not allowed in binary scalar expression)"},
      {"a and on(x) group_left b", 1, R"(no grouping allowed for "and" operation)"},
      {"a + on(x) group_left(x) b", 3,
       R"(label "x" must not occur in ON and GROUP clause at once)"},
      {"a + on(x) 1", 1, "vector matching only allowed between instant vectors"},
      {"a + group_left b", 5, "unexpected <group_left>"},
      {"a - on(b) ignoring(c) d", 11, "unexpected <ignoring>"},
      {"a + on b", 8, R"(unexpected identifier "b" in grouping opts, expected "(")"},
      {"a[5m] + b", 1, "binary expression must contain only scalar and instant vector types"},
      {"1 + 'a'", 5, "binary expression must contain only scalar and instant vector types"},
      {"-'a'", 1,
       R"(unary expression only allowed on expressions of type scalar or instant vector, got "string")"},
      {"+a[5m]", 1,
       R"(unary expression only allowed on expressions of type scalar or instant vector, got "range vector")"},
      {"1 /", 4, "unexpected end of input"},
      {"* 1", 1, "unexpected <op:*>"},
      {"1 = 1", 3, R"(unexpected "=")"},
      {"a =~ b", 3, "unexpected character after '=': '~'"},
      {"()", 2, R"x(unexpected ")")x"},
      {"(1", 3, "unclosed left parenthesis"},
      {"1)", 2, "unexpected right parenthesis ')'"},
      {"", 1, "no expression found in input"},
      {" # nothing", 1, "no expression found in input"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Parsed(c.text), ErrorAt(c.column, c.message)) << c.text;
}

TEST(ParserErrorsTest, AMistakeIsFoundInItsLineAndItsByte) {
  EXPECT_EQ(Parsed("a +\n\n  é"), "3:3: parse error: unexpected character: 'é'");
  EXPECT_EQ(Parsed("'é' b"), R"(1:6: parse error: unexpected identifier "b")");
}

TEST(ParserErrorsTest, AMistakeOfTypesIsToldWhereNoOtherIs) {
  EXPECT_EQ(Parsed("rate(foo) + nosuch(1)"), ErrorAt(13, R"(unknown function with name "nosuch")"));
}

TEST(ParserErrorsTest, WhatIsNotAnsweredIsNamed) {
  for (const char* const name :
       {"mad_over_time", "sort_by_label", "sort_by_label_desc", "info", "first_over_time",
        "ts_of_min_over_time", "ts_of_max_over_time", "ts_of_last_over_time", "start", "step"}) {
    EXPECT_EQ(Parsed(name + std::string("(x)")),
              ErrorAt(1, std::string("function \"") + name + "\" is experimental"));
  }
  for (const char* const name : {"histogram_avg", "histogram_count", "histogram_sum",
                                 "histogram_fraction", "histogram_stddev", "histogram_stdvar"}) {
    EXPECT_EQ(Parsed(name + std::string("(x)")),
              ErrorAt(1, std::string("function \"") + name +
                             "\" is of native histograms, which are not stored"));
  }
  EXPECT_EQ(Parsed("limitk(1, a)"), ErrorAt(1, R"(aggregation "limitk" is experimental)"));
  EXPECT_EQ(Parsed("limit_ratio by (b) (1, a)"),
            ErrorAt(1, R"(aggregation "limit_ratio" is experimental)"));
  EXPECT_EQ(Parsed("a[5m] anchored"), ErrorAt(7, R"(modifier "anchored" is experimental)"));
  EXPECT_EQ(Parsed("a smoothed"), ErrorAt(3, R"(modifier "smoothed" is experimental)"));
  EXPECT_EQ(Parsed("{{schema:0}}"), ErrorAt(2, "unexpected left brace '{'"));
}

}  // namespace
}  // namespace rollcall::promql
