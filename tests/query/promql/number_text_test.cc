#include "query/promql/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace rollcall::promql {
namespace {

std::string Digits(std::string text) {
  text = text.substr(0, text.find('e'));
  std::erase(text, '.');
  std::erase(text, '-');
  const size_t first = text.find_first_not_of('0');
  const size_t last = text.find_last_not_of('0');
  return first == std::string::npos ? "" : text.substr(first, last + 1 - first);
}

// Returns the fewest digits, as printf writes them, that strtod reads as the same number.
std::string FewestDigits(double value) {
  char text[64];
  for (int digits = 0; digits < 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*e", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  return Digits(text);
}

void ExpectPlain(double value) {
  const std::string text = PlainText(value);
  EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
  EXPECT_EQ(text.find_first_not_of("-.0123456789"), std::string::npos) << text;
  EXPECT_EQ(std::signbit(value), text[0] == '-') << text;
  EXPECT_EQ(Digits(text).size(), FewestDigits(value).size()) << text;
  EXPECT_NE(text.back(), '.') << text;
  const std::string bare = text.substr(text[0] == '-' ? 1 : 0);
  EXPECT_TRUE(bare[0] != '0' || bare.size() == 1 || bare[1] == '.') << text;
  EXPECT_TRUE(bare.find('.') == std::string::npos || bare.back() != '0') << text;
}

TEST(NumberTextTest, PlainTextIsAsPrometheusWritesIt) {
  EXPECT_EQ(PlainText(0), "0");
  EXPECT_EQ(PlainText(-0.0), "-0");
  EXPECT_EQ(PlainText(12), "12");
  EXPECT_EQ(PlainText(-12), "-12");
  EXPECT_EQ(PlainText(0.1), "0.1");
  EXPECT_EQ(PlainText(-123.456), "-123.456");
  EXPECT_EQ(PlainText(1e21), "1000000000000000000000");
  EXPECT_EQ(PlainText(1e23), "100000000000000000000000");
  EXPECT_EQ(PlainText(1.5e-7), "0.00000015");
  EXPECT_EQ(PlainText(9'007'199'254'740'991), "9007199254740991");
  EXPECT_EQ(PlainText(9'007'199'254'740'992), "9007199254740992");
  EXPECT_EQ(PlainText(std::nan("")), "NaN");
  EXPECT_EQ(PlainText(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(PlainText(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(NumberTextTest, PlainTextHasTheFewestDigitsThatAreReadAsTheSameNumber) {
  std::mt19937_64 random(20'261'127);
  for (int i = 0; i < 20'000; ++i) {
    const auto any = std::bit_cast<double>(random());
    if (std::isfinite(any)) ExpectPlain(any);
    ExpectPlain(static_cast<double>(random() >> (random() % 64)));
    ExpectPlain(static_cast<double>(random() % 1'000'000) / 1000);
  }
  ExpectPlain(std::numeric_limits<double>::max());
  ExpectPlain(std::numeric_limits<double>::denorm_min());
}

TEST(NumberTextTest, PlainTextIsAppendedBehindWhatIsThere) {
  std::string text = "[";
  AppendPlainText(7, text);
  AppendPlainText(-0.25, text);
  AppendPlainText(std::nan(""), text);
  EXPECT_EQ(text, "[7-0.25NaN");
}

}  // namespace
}  // namespace rollcall::promql
