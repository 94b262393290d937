#include "query/promql/parser.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace rollcall::promql {
namespace {

// What the text parses to, printed, or why it does not.
std::string ParsedText(std::string_view text) {
  const Result<ExprPtr> expr = ParseExpr(text);
  return expr.ok() ? ToString(**expr) : expr.status().message();
}

// An error at a place of the one line.
std::string FaultAt(int column, const std::string& message) {
  return "1:" + std::to_string(column) + ": parse error: " + message;
}

// All parentheses that precedence implies.
std::string Grouped(const Expr& expr) {
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    return "(" + Grouped(*binary->left) + "," + Grouped(*binary->right) + ")";
  }
  if (const auto* negation = std::get_if<Negation>(&expr.node)) {
    return "-" + Grouped(*negation->expr);
  }
  return ToString(expr);
}

TEST(ParserTest, ReadsNumbersAsGoWritesThem) {
  const struct {
    const char* text;
    const char* parsed;
  } kCases[] = {
      {"1", "1"},
      {"+1", "1"},
      {"-1", "-1"},
      {"--1", "1"},
      {"- 1", "-1"},
      {"1e3", "1000"},
      {"1E-3", "0.001"},
      {".5", "0.5"},
      {"5.", "5"},
      {"0x1F", "31"},
      {"0X_1f", "31"},
      {"0755", "493"},
      {"0_7", "7"},
      {"08", "8"},
      {"0", "0"},
      {"-0", "-0"},
      {"1_000_000", "1000000"},
      {"9223372036854775807", "9223372036854775808"},
      {"123456789012345678901234567890", "123456789012345677877719597056"},
      {"Inf", "+Inf"},
      {"-iNf", "-Inf"},
      {"nAn", "NaN"},
      {"1e-400", "0"},
      {"0.1", "0.1"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ParsedText(c.text), c.parsed) << c.text;
}

TEST(ParserTest, ADurationIsANumberOfSeconds) {
  const auto value = [](std::string_view text) {
    return std::get<NumberLiteral>((*ParseExpr(text))->node).value;
  };
  EXPECT_EQ(value("5m"), 300);
  EXPECT_EQ(value("1h30m"), 5400);
  EXPECT_EQ(value("-100ms"), -0.1);
  EXPECT_EQ(value("1y1w1d1h1m1s1ms"), 32230861.001);
  EXPECT_EQ(ParsedText("5m * 2"), "5m * 2");
  EXPECT_EQ(ParsedText("1m1h"), FaultAt(1, R"(not a valid duration string: "1m1h")"));
  EXPECT_EQ(ParsedText("1.5h"), FaultAt(1, R"(not a valid duration string: "1.5h")"));
  EXPECT_EQ(ParsedText("300y"), FaultAt(1, R"(not a valid duration string: "300y")"));
}

TEST(ParserTest, OperatorsBindAsInPrometheus) {
  const struct {
    const char* text;
    const char* grouped;
  } kCases[] = {
      {"1 + 2 * 3", "(1,(2,3))"},
      {"1 - 2 - 3", "((1,2),3)"},
      {"1 * 2 / 3 % 4", "(((1,2),3),4)"},
      {"2 ^ 3 ^ 2", "(2,(3,2))"},
      {"-2 ^ 2", "-(2,2)"},
      {"-a ^ 2", "-(a,2)"},
      {"-a * b", "(-a,b)"},
      {"-a + b", "(-a,b)"},
      {"2 ^ -3 ^ 2", "(2,-(3,2))"},
      {"2 ^ -3 * 2", "((2,-3),2)"},
      {"a atan2 b * c", "((a,b),c)"},
      {"a + b == c * d", "((a,b),(c,d))"},
      {"a == b != c", "((a,b),c)"},
      {"a < b + c", "(a,(b,c))"},
      {"a or b and c", "(a,(b,c))"},
      {"a and b or c unless d", "((a,b),(c,d))"},
      {"a and b unless c", "((a,b),c)"},
      {"a == b and c > d", "((a,b),(c,d))"},
      {"a ^ b offset 5m", "(a,b offset 5m)"},
      {"-a offset 5m", "-a offset 5m"},
  };
  for (const auto& c : kCases) {
    const Result<ExprPtr> expr = ParseExpr(c.text);
    ASSERT_TRUE(expr.ok()) << c.text;
    EXPECT_EQ(Grouped(**expr), c.grouped) << c.text;
  }
}

TEST(ParserTest, ReadsSelectors) {
  const struct {
    const char* text;
    const char* parsed;
  } kCases[] = {
      {"foo", "foo"},
      {"foo{}", "foo"},
      {"a:b{x='y'}", R"(a:b{x="y"})"},
      {R"(foo{b!="1",a=~"x.*",c!~"y",d="",})", R"(foo{a=~"x.*",b!="1",c!~"y",d=""})"},
      {R"({a="b"})", R"({a="b"})"},
      {R"({"foo bar"})", R"({__name__="foo bar"})"},
      {R"({'foo', "l.x"="y"})", R"({"l.x"="y",__name__="foo"})"},
      {R"(foo{"a"="b"})", R"(foo{a="b"})"},
      {R"({__name__=~"a.*",__name__!~"ab"})", R"({__name__!~"ab",__name__=~"a.*"})"},
      {"sum", "sum"},
      {"sum + count{a=`b`} / by", R"(sum + count{a="b"} / by)"},
      {"offset offset 5m", "offset offset 5m"},
      {"and and or", "and and or"},
      {"start or end", "start or end"},
      {"limitk", "limitk"},
      {R"({by="a",on="b",sum="c"})", R"({by="a",on="b",sum="c"})"},
      {"foo # comment\n{a='b'}", R"(foo{a="b"})"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ParsedText(c.text), c.parsed) << c.text;
}

TEST(ParserTest, ReadsRangesAndShifts) {
  const struct {
    const char* text;
    const char* parsed;
  } kCases[] = {
      {"foo[5m]", "foo[5m]"},
      {"foo[100]", "foo[1m40s]"},
      {"foo[1.5]", "foo[1s500ms]"},
      {"foo[0x10]", "foo[16s]"},
      {"foo[ 1w ]", "foo[1w]"},
      {"foo offset 50", "foo offset 50s"},
      {"foo offset -5m", "foo offset -5m"},
      {"foo offset 0s", "foo"},
      {"foo @ 1609746000", "foo @ 1609746000.000"},
      {"foo @ -1.5", "foo @ -1.500"},
      {"foo @ +1e9", "foo @ 1000000000.000"},
      {"foo @ 0.0004", "foo @ 0.000"},
      {"foo @ start()", "foo @ start()"},
      {"foo @ END ( )", "foo @ end()"},
      {"foo[5m] offset 1h @ 5", "foo[5m] @ 5.000 offset 1h"},
      {"foo[5m] @ 5 offset 1h", "foo[5m] @ 5.000 offset 1h"},
      {"foo[1h:]", "foo[1h:]"},
      {"foo[1h:5m]", "foo[1h:5m]"},
      {"foo[3600:60]", "foo[1h:1m]"},
      {"(foo + bar)[1h:] offset 1d @ end()", "(foo + bar)[1h:] @ end() offset 1d"},
      {"foo offset 1d[1h:1m] offset 2d", "foo offset 1d[1h:1m] offset 2d"},
      {"sum_over_time(sum_over_time(a[5m])[1h:1m])", "sum_over_time(sum_over_time(a[5m])[1h:1m])"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ParsedText(c.text), c.parsed) << c.text;
}

TEST(ParserTest, ReadsAggregationsAndCalls) {
  const struct {
    const char* text;
    const char* parsed;
  } kCases[] = {
      {"sum(foo)", "sum(foo)"},
      {"SUM BY (a,b,) (foo)", "sum by (a, b) (foo)"},
      {"sum(foo) by (a, a)", "sum by (a) (foo)"},
      {"sum without() (foo)", "sum without () (foo)"},
      {"sum by () (foo)", "sum(foo)"},
      {R"(sum by ("x y", on, offset, and) (foo))", R"(sum by ("x y", on, offset, and) (foo))"},
      {"topk(3, foo)", "topk(3, foo)"},
      {"quantile without (a) (0.5, foo)", "quantile without (a) (0.5, foo)"},
      {"count_values('v', foo) by (a)", R"(count_values by (a) ("v", foo))"},
      {"topk(scalar(foo), bar)", "topk(scalar(foo), bar)"},
      {"rate(foo[5m])", "rate(foo[5m])"},
      {"time()", "time()"},
      {"hour()", "hour()"},
      {"round(foo, 5)", "round(foo, 5)"},
      {"label_join(foo, 'a', 'b')", R"(label_join(foo, "a", "b"))"},
      {"label_join(foo, 'a', 'b', 'c', 'd', 'e')", R"(label_join(foo, "a", "b", "c", "d", "e"))"},
      {"holt_winters(foo[5m], 0.5, 0.1)", "double_exponential_smoothing(foo[5m], 0.5, 0.1)"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ParsedText(c.text), c.parsed) << c.text;
}

TEST(ParserTest, ReadsBinaryOperatorsAndTheirModifiers) {
  const struct {
    const char* text;
    const char* parsed;
  } kCases[] = {
      {"1 == bool 1", "1 == bool 1"},
      {"foo > BOOL 1", "foo > bool 1"},
      {"a + on(x) b", "a + on (x) b"},
      {"a + on() b", "a + on () b"},
      {"a + ignoring() b", "a + b"},
      {"a + ignoring(x,y) b", "a + ignoring (x, y) b"},
      {"a * on(x) group_left b", "a * on (x) group_left () b"},
      {"a * on(x) group_left(y,z) b", "a * on (x) group_left (y, z) b"},
      {"a * ignoring() group_right(x) b", "a * ignoring () group_right (x) b"},
      {"a * ignoring(x) group_left(x) b", "a * ignoring (x) group_left (x) b"},
      {"a <= bool on(x) group_right(y) b", "a <= bool on (x) group_right (y) b"},
      {"a and on(x) b", "a and on (x) b"},
      {"a unless ignoring(x) b", "a unless ignoring (x) b"},
      {"1 + on() 2", "1 + 2"},
      {"1 atan2 2", "1 atan2 2"},
  };
  for (const auto& c : kCases) EXPECT_EQ(ParsedText(c.text), c.parsed) << c.text;
}

TEST(ParserTest, AnExpressionHasItsTypeAndPlace) {
  const Result<ExprPtr> expr = ParseExpr(" 1 + sum by (a) (rate(foo[5m])) ");
  ASSERT_TRUE(expr.ok());
  EXPECT_EQ((*expr)->type, ValueType::kVector);
  EXPECT_EQ((*expr)->place.begin, 1u);
  EXPECT_EQ((*expr)->place.end, 31u);
  const auto& right = *std::get<Binary>((*expr)->node).right;
  EXPECT_EQ(right.place.begin, 5u);
  const auto& call = *std::get<Aggregation>(right.node).expr;
  EXPECT_EQ(call.place.begin, 17u);
  EXPECT_EQ(call.place.end, 30u);
  EXPECT_EQ(std::get<Call>(call.node).arguments[0]->type, ValueType::kMatrix);
  EXPECT_EQ((*expr)->depth, 4);
}

TEST(ParserTest, OnlyScalarsAndInstantVectorsHaveARange) {
  const auto check = [](std::string_view text) {
    return CheckTypeForRange(**ParseExpr(text)).message();
  };
  EXPECT_EQ(check("1"), "");
  EXPECT_EQ(check("foo"), "");
  EXPECT_EQ(check("foo[5m]"),
            "invalid expression type \"range vector\" for range query, must be Scalar or instant "
            "Vector");
  EXPECT_EQ(check("'a'"),
            "invalid expression type \"string\" for range query, must be Scalar or instant Vector");
}

TEST(ParserTest, ASelectorAloneGivesItsMatchers) {
  const auto matchers = [](std::string_view text) {
    const auto parsed = ParseSelector(text);
    if (!parsed.ok()) return parsed.status().message();
    std::string all;
    for (const Matcher& matcher : *parsed) all += matcher.ToString() + ";";
    return all;
  };
  EXPECT_EQ(matchers("up"), R"(__name__="up";)");
  EXPECT_EQ(matchers(R"(sum{a!="b"})"), R"(a!="b";__name__="sum";)");
  EXPECT_EQ(matchers(R"({a=~"b.*"})"), R"(a=~"b.*";)");
  EXPECT_EQ(matchers("{}"),
            FaultAt(1, "vector selector must contain at least one non-empty matcher"));
  EXPECT_EQ(matchers("up[5m]"), FaultAt(3, R"(unexpected "[")"));
  EXPECT_EQ(matchers("up offset 5m"), FaultAt(4, "unexpected <offset>"));
  EXPECT_EQ(matchers("on"), FaultAt(1, "unexpected <on>"));
  EXPECT_EQ(matchers("1"), FaultAt(1, R"(unexpected number "1")"));
  EXPECT_EQ(matchers(""), FaultAt(1, "unexpected end of input"));
  EXPECT_EQ(matchers("up{"), FaultAt(4, "unexpected end of input inside braces"));
}

TEST(ParserTest, LongAndDeepTextsAreRefused) {
  const auto repeated = [](int times, const std::string& text) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
  };
  const std::string too_deep = "more than 200 expressions in each other";
  EXPECT_EQ(ParsedText(repeated(30'000, "(")), FaultAt(201, too_deep));
  EXPECT_EQ(ParsedText(repeated(30'000, "-") + "1"), FaultAt(201, too_deep));
  EXPECT_EQ(ParsedText(repeated(30'000, "a^") + "a"), FaultAt(401, too_deep));
  EXPECT_EQ(ParsedText(repeated(30'000, "a+") + "a"), FaultAt(1, too_deep));
  EXPECT_EQ(ParsedText(repeated(10'000, "abs(")), FaultAt(801, too_deep));
  EXPECT_EQ(ParsedText("a" + repeated(10'000, "[5m:]")), FaultAt(1, too_deep));
  // Chains in the first operands of chains.
  EXPECT_EQ(ParsedText(repeated(150, "(") + "a" + repeated(150, repeated(150, "+a") + ")")),
            FaultAt(150, too_deep));
  EXPECT_EQ(ParsedText(repeated(199, "a+") + "a"), repeated(199, "a + ") + "a");
  EXPECT_EQ(ParsedText(repeated(199, "(") + "a" + repeated(199, ")")),
            repeated(199, "(") + "a" + repeated(199, ")"));
  EXPECT_EQ(ParsedText("{a='b'," + repeated(101, "a!~'b',") + "}"),
            FaultAt(708, "more than 100 regular expressions"));
  EXPECT_EQ(ParsedText("{" + repeated(201, "a='b',") + "}"),
            FaultAt(1202, "more than 200 label matchers"));
  std::string labels;
  for (int i = 100; i < 301; ++i) labels += "a" + std::to_string(i) + ",";
  EXPECT_EQ(ParsedText("sum by (" + labels + ") (x)"), FaultAt(1009, "more than 200 labels"));
  EXPECT_EQ(ParsedText(std::string(kMaxQueryBytes - 1, ' ') + "a"), "a");
  EXPECT_EQ(ParsedText(std::string(kMaxQueryBytes, ' ') + "a"),
            FaultAt(1, "the query has 65537 bytes, at most 65536 may come"));
}

// Random sequences of tokens: there is an answer, an error has a place in the text, and what parses
// is printed as something that parses to the same.
TEST(ParserTest, AnyTokensAreParsedOrRefused) {
  constexpr std::string_view kTokens[] = {"a",
                                          "foo",
                                          "1",
                                          "5m",
                                          "'s'",
                                          "(",
                                          ")",
                                          "(",
                                          ")",
                                          "{",
                                          "}",
                                          "[",
                                          "]",
                                          "[5m]",
                                          "[1h:]",
                                          "{a='b'}",
                                          "{'x y'}",
                                          ",",
                                          "+",
                                          "-",
                                          "^",
                                          "==",
                                          "and",
                                          "or",
                                          "atan2",
                                          "bool",
                                          "on(a)",
                                          "by(a)",
                                          "ignoring(b)",
                                          "group_left",
                                          "group_right(c)",
                                          "without",
                                          "offset",
                                          "offset 5m",
                                          "@",
                                          "@ 5",
                                          "@ end()",
                                          "sum",
                                          "topk",
                                          "sum(a)",
                                          "rate(a[5m])",
                                          "abs",
                                          "rate",
                                          "time()",
                                          "Inf",
                                          "#c\n",
                                          "0x1f",
                                          "label_join",
                                          "smoothed",
                                          ":",
                                          "=",
                                          "$"};
  std::mt19937_64 random(2);
  int parsed = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string text;
    for (auto left = 1 + random() % 9; left > 0; --left) {
      text += kTokens[random() % std::size(kTokens)];
      text += ' ';
    }
    const Result<ExprPtr> expr = ParseExpr(text);
    if (!expr.ok()) {
      ASSERT_NE(expr.status().message().find(": parse error: "), std::string::npos) << text;
      continue;
    }
    ++parsed;
    const std::string printed = ToString(**expr);
    ASSERT_EQ(ParsedText(printed), printed) << text;
  }
  EXPECT_GT(parsed, 3'000);
}

}  // namespace
}  // namespace rollcall::promql
