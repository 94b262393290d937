#include "base/text.h"

#include <gtest/gtest.h>

namespace rollcall {
namespace {

std::string PercentEncoded(std::string_view text) {
  std::string out;
  AppendPercentEncoded(text, out);
  return out;
}

TEST(TextTest, OnlyAsciiLettersFold) {
  EXPECT_TRUE(EqualsIgnoringCase("GzIP", "gZip"));
  EXPECT_FALSE(EqualsIgnoringCase("gzip", "gzi"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
  EXPECT_FALSE(EqualsIgnoringCase("\xc3\x84", "\xc3\xa4"));
  EXPECT_EQ(AsciiLower("A.Z-\xc3\x84"), "a.z-\xc3\x84");
}

TEST(TextTest, AllButUnreservedBytesArePercentEncoded) {
  EXPECT_EQ(PercentEncoded("azAZ09-._~"), "azAZ09-._~");
  EXPECT_EQ(PercentEncoded(std::string_view(" /?&=+%\xff\0", 9)), "%20%2F%3F%26%3D%2B%25%FF%00");
}

TEST(TextTest, AQuotedTextIsPrintableOnOneLineAndCut) {
  EXPECT_EQ(QuoteForMessage("a\"b\\c\n\x01"), R"("a\"b\\c\n\x01")");
  EXPECT_EQ(QuoteForMessage(std::string(100, 'x')), "\"" + std::string(58, 'x') + "\"...");
  EXPECT_EQ(QuoteWord("it's\x7f"), R"('it's\x7f')");
  EXPECT_EQ(QuoteWord(std::string(100, 'x')), "'" + std::string(80, 'x') + "'... (100 bytes)");
}

TEST(TextTest, ANumberIsAppendedInDecimalDigits) {
  std::string text = "x";
  AppendDecimal(0, text);
  AppendDecimal(UINT64_MAX, text);
  EXPECT_EQ(text, "x018446744073709551615");
}

}  // namespace
}  // namespace rollcall
