#include "query/promql/functions.h"

#include <gtest/gtest.h>

namespace rollcall::promql {
namespace {

TEST(FunctionsTest, AreFoundByName) {
  EXPECT_EQ(FindFunction("rate")->id, FunctionId::kRate);
  EXPECT_EQ(FindFunction("abs")->id, FunctionId::kAbs);
  EXPECT_EQ(FindFunction("year")->id, FunctionId::kYear);
  EXPECT_EQ(FindFunction("holt_winters"), FindFunction("double_exponential_smoothing"));
  for (const char* const name : {"", "a", "Rate", "rat", "rates", "zzz", "sum"}) {
    EXPECT_EQ(FindFunction(name), nullptr) << name;
  }
}

TEST(FunctionsTest, AFunctionIsAnsweredOrRefusedButNotBoth) {
  for (const char* const name : {"rate", "pi", "histogram_quantile", "holt_winters", "nosuch"}) {
    EXPECT_EQ(WhyNotAnswered(name), "") << name;
  }
  for (const char* const name : {"info", "mad_over_time", "histogram_sum", "limitk"}) {
    EXPECT_EQ(FindFunction(name), nullptr) << name;
    EXPECT_NE(WhyNotAnswered(name), "") << name;
  }
}

}  // namespace
}  // namespace rollcall::promql
