#include <gtest/gtest.h>

#include <string>

#include "query/promql/parser.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

std::string Printed(std::string_view text) {
  const Result<ExprPtr> expr = ParseExpr(text);
  return expr.ok() ? ToString(**expr) : expr.status().message();
}

std::string Pretty(std::string_view text) {
  const Result<ExprPtr> expr = ParseExpr(text);
  return expr.ok() ? PrettyPrint(**expr) : expr.status().message();
}

TEST(PrinterTest, PrintsStringsThatMeanTheSame) {
  for (const char* const text : {R"("")", R"("a'b")", R"("\"\\")", R"("\n\r\t")",
                                 R"("\x00\x7f\xff")", R"("é€😀")", R"("\xc2\x80")"}) {
    EXPECT_EQ(Printed(text), text);
  }
  EXPECT_EQ(Printed(R"('\u00e9\a')"), R"("é\x07")");
  EXPECT_EQ(Printed(R"("\xc3\xa9")"), R"("é")");
}

TEST(PrinterTest, PrintsNumbersInFull) {
  EXPECT_EQ(Printed("1e21"), "1" + std::string(21, '0'));
  EXPECT_EQ(Printed("1e-7"), "0.0000001");
  EXPECT_EQ(Printed("0.1 + 0.30000000000000004"), "0.1 + 0.30000000000000004");
  EXPECT_EQ(Printed("5e-324"), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(Printed("-1e23"), "-99999999999999991611392");
}

TEST(PrinterTest, PrintsDurationsInTheirShortestUsualForm) {
  EXPECT_EQ(Printed("a[60s]"), "a[1m]");
  EXPECT_EQ(Printed("a[90m]"), "a[1h30m]");
  EXPECT_EQ(Printed("a[14d]"), "a[2w]");
  EXPECT_EQ(Printed("a[15d]"), "a[15d]");
  EXPECT_EQ(Printed("a[365d]"), "a[1y]");
  EXPECT_EQ(Printed("a[1y1d]"), "a[366d]");
  EXPECT_EQ(Printed("a[1y7d]"), "a[372d]");
  EXPECT_EQ(Printed("a[1h1ms]"), "a[1h1ms]");
  EXPECT_EQ(Printed("-60s"), "-1m");
  EXPECT_EQ(Printed("-0s"), "-0s");
  EXPECT_EQ(WriteDuration(INT64_MIN), "-" + WriteDuration(INT64_MAX));
}

TEST(PrinterTest, AnExpressionOfUpToAHundredBytesStaysOnItsLine) {
  const std::string a(45, 'a');
  const std::string b(52, 'b');
  EXPECT_EQ(Pretty(a + "+" + b), a + " + " + b);
  EXPECT_EQ(Pretty(a + "+b" + b), "  " + a + "\n+\n  b" + b);
}

TEST(PrinterTest, LongExpressionsStandOnSeveralLines) {
  EXPECT_EQ(
      Pretty(
          "topk(1+2, sum by (cluster_id, kubernetes_version) (rate("
          "some_long_metric_name{cluster_id=~\"x.*|abcdefgh\"}[5m])) / on (cluster_id) group_left "
          "(size) "
          "-max_over_time((another_long_metric_name + some_long_metric_name)[1h:5m] offset 1w))"),
      R"(topk(
  1 + 2,
    sum by (cluster_id, kubernetes_version) (
      rate(some_long_metric_name{cluster_id=~"x.*|abcdefgh"}[5m])
    )
  / on (cluster_id) group_left (size)
    -max_over_time((another_long_metric_name + some_long_metric_name)[1h:5m] offset 1w)
))");
  const std::string name(101, 'x');
  EXPECT_EQ(Pretty(name), name);
  EXPECT_EQ(Pretty("(" + name + ")"), "(\n  " + name + "\n)");
  EXPECT_EQ(Pretty("sum(" + name + ") + 1"), "  sum(\n    " + name + "\n  )\n+\n  1");
  EXPECT_EQ(Pretty("-(" + name + ")"), "-(\n  " + name + "\n)");
  EXPECT_EQ(Pretty("clamp_min(" + name + ", 5)"), "clamp_min(\n  " + name + ",\n  5\n)");
  EXPECT_EQ(Pretty("rate((" + name + ")[5m:])"), "rate(\n  (\n    " + name + "\n  )[5m:]\n)");
}

TEST(PrinterTest, WhatIsPrettyParsesToTheSame) {
  const std::string long_label = R"({label=")" + std::string(80, 'v') + R"("})";
  for (const std::string& text :
       {"a" + long_label + " + b" + long_label + " * c" + long_label,
        "-sum without (x) (rate(a" + long_label + "[5m] @ 5 offset 1h)) or on () vector(1)",
        "quantile(0.5, abs(-(a" + long_label + ")))"}) {
    EXPECT_EQ(Printed(Pretty(text)), Printed(text)) << text;
  }
}

}  // namespace
}  // namespace rollcall::promql
