#include "query/promql/lexer.h"

#include <gtest/gtest.h>

#include <random>

namespace rollcall::promql {
namespace {

// The tokens as messages describe them, in front of each its place.
std::string Tokens(std::string_view text) {
  Lexer lexer(text);
  std::string tokens;
  for (;;) {
    const Token token = lexer.Next();
    if (token.kind == TokenKind::kEnd) return tokens;
    if (!tokens.empty()) tokens += ' ';
    tokens += std::to_string(token.place.begin) + ":";
    if (token.kind == TokenKind::kError) return tokens + "error: " + token.value;
    tokens += token.Description();
  }
}

// What the first token, a string, means.
std::string StringOf(std::string_view text) {
  const Token token = Lexer(text).Next();
  return token.kind == TokenKind::kString ? token.value : "error: " + token.value;
}

TEST(LexerTest, TellsWordsApart) {
  const struct {
    const char* text;
    const char* tokens;
  } kCases[] = {
      {"", ""},
      {" \t\r\n", ""},
      {"foo _x1", R"(0:identifier "foo" 4:identifier "_x1")"},
      {"a:b :c", R"(0:metric identifier "a:b" 4:metric identifier ":c")"},
      {"sum Sum SUM", "0:<aggr:sum> 4:<aggr:Sum> 8:<aggr:SUM>"},
      {"and OR Unless atan2", "0:<op:and> 4:<op:OR> 7:<op:Unless> 14:<op:atan2>"},
      {"by WITHOUT on ignoring", "0:<by> 3:<WITHOUT> 11:<on> 14:<ignoring>"},
      {"group_left group_right bool offset",
       "0:<group_left> 11:<group_right> 23:<bool> 28:<offset>"},
      {"group", "0:<aggr:group>"},
      {"nan INF infinity", R"(0:number "nan" 4:number "INF" 8:identifier "infinity")"},
      {"start end", R"(0:"start" 6:"end")"},
      {"a#b\nc # d", R"(0:identifier "a" 4:identifier "c")"},
      {"# all\n# comment", ""},
      {"{by=\"x\",inf!~'y'}",
       R"(0:"{" 1:identifier "by" 3:"=" 4:string "\"x\"" 7:"," 8:identifier "inf" 11:<op:!~> )"
       R"(13:string "'y'" 16:"}")"},
      {"{#a\n}", R"(0:"{" 4:"}")"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Tokens(c.text), c.tokens) << c.text;
}

TEST(LexerTest, TellsNumbersAndDurationsApart) {
  const struct {
    const char* text;
    const char* tokens;
  } kCases[] = {
      {"1 1.5 .5 5. 1e3 1E-3 1e+3", R"(0:number "1" 2:number "1.5" 6:number ".5" 9:number "5." )"
                                    R"(12:number "1e3" 16:number "1E-3" 21:number "1e+3")"},
      {"0x1F 0XaB 1_000", R"(0:number "0x1F" 5:number "0XaB" 10:number "1_000")"},
      {"5m 1h30m 100ms 1y2w", R"(0:duration "5m" 3:duration "1h30m" 9:duration "100ms" )"
                              R"(15:duration "1y2w")"},
      {"1+2", R"(0:number "1" 1:<op:+> 2:number "2")"},
      {"12345678901", R"(0:number "1234567890"...)"},
      {"1d1", R"(0:error: bad number or duration syntax: "1d1")"},
      {"5x", R"(0:error: bad number or duration syntax: "5")"},
      {"1__0", R"(0:error: bad number or duration syntax: "1_")"},
      {"1.2.3", R"(0:error: bad number or duration syntax: "1.2")"},
      {"0x", R"(0:error: bad number or duration syntax: "0x")"},
      {"0x1.8p1", R"(0:error: bad number or duration syntax: "0x1")"},
      {"1e", R"(0:error: bad number or duration syntax: "1e")"},
      {"5mm", R"(0:error: bad number or duration syntax: "5m")"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Tokens(c.text), c.tokens) << c.text;
}

TEST(LexerTest, ReadsSymbols) {
  EXPECT_EQ(Tokens("+-*/%^"), "0:<op:+> 1:<op:-> 2:<op:*> 3:<op:/> 4:<op:%> 5:<op:^>");
  EXPECT_EQ(Tokens("== != <= < >= >"),
            "0:<op:==> 3:<op:!=> 6:<op:<=> 9:<op:<> 11:<op:>=> 14:<op:>>");
  EXPECT_EQ(Tokens("a[5m:1m]"),
            R"(0:identifier "a" 1:"[" 2:duration "5m" 4:":" 5:duration "1m" 7:"]")");
  EXPECT_EQ(Tokens("(@,=)"), R"x(0:"(" 1:<op:@> 2:"," 3:"=" 4:")")x");
}

TEST(LexerTest, SaysWhatIsWrongWhere) {
  const struct {
    const char* text;
    const char* tokens;
  } kCases[] = {
      {"a $", R"(0:identifier "a" 2:error: unexpected character: '$')"},
      {"é", "0:error: unexpected character: 'é'"},
      {"\xff", R"(0:error: unexpected character: '\xff')"},
      {"!a", "0:error: unexpected character after '!': 'a'"},
      {"!", "0:error: unexpected character after '!': end of input"},
      {"=~", "0:error: unexpected character after '=': '~'"},
      {")", "0:error: unexpected right parenthesis ')'"},
      {"(", R"(0:"(" 1:error: unclosed left parenthesis)"},
      {"[", R"(0:"[" 1:error: unclosed left bracket)"},
      {"]", "0:error: unexpected right bracket ']'"},
      {"[[", R"(0:"[" 1:error: unexpected left bracket '[')"},
      {"{", R"(0:"{" 1:error: unexpected end of input inside braces)"},
      {"{{", R"(0:"{" 1:error: unexpected left brace '{')"},
      {"{1", R"(0:"{" 1:error: unexpected character inside braces: '1')"},
      {"{!a", R"(0:"{" 1:error: unexpected character after '!' inside braces: 'a')"},
      {"'a", "0:error: unterminated quoted string"},
      {"'a\n'", "0:error: unterminated quoted string"},
      {"'\\", "0:error: escape sequence not terminated"},
      {"`a", "0:error: unterminated raw string"},
      {"'\xc3'", "0:error: invalid UTF-8 rune"},
      {"`\xff`", "0:error: invalid UTF-8 rune"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Tokens(c.text), c.tokens) << c.text;
}

TEST(LexerTest, ReadsStringsInThreeKindsOfQuotes) {
  EXPECT_EQ(StringOf(R"("it's")"), "it's");
  EXPECT_EQ(StringOf(R"('a "b"')"), "a \"b\"");
  EXPECT_EQ(StringOf("`a\\n\n\"'`"), "a\\n\n\"'");
  EXPECT_EQ(StringOf(R"("\"")"), "\"");
  EXPECT_EQ(StringOf(R"('\'')"), "'");
  EXPECT_EQ(StringOf(R"("\a\b\f\n\r\t\v\\")"), "\a\b\f\n\r\t\v\\");
  EXPECT_EQ(StringOf(R"("\101\x41\u0041\U00000041")"), "AAAA");
  EXPECT_EQ(StringOf(R"("\u00e9\u20ac\U0001F600")"), "é€😀");
  EXPECT_EQ(StringOf(R"("\xff\377")"), "\xff\xff");
  EXPECT_EQ(StringOf(R"('\"')"), "error: unknown escape sequence '\"'");
  EXPECT_EQ(StringOf(R"("\q")"), "error: unknown escape sequence 'q'");
  EXPECT_EQ(StringOf(R"("\400")"), "error: escape sequence is an invalid Unicode code point");
  EXPECT_EQ(StringOf(R"("\ud800")"), "error: escape sequence is an invalid Unicode code point");
  EXPECT_EQ(StringOf(R"("\U00110000")"), "error: escape sequence is an invalid Unicode code point");
  EXPECT_EQ(StringOf(R"("\x4g")"), "error: illegal character 'g' in escape sequence");
  EXPECT_EQ(StringOf(R"("\08")"), "error: illegal character '8' in escape sequence");
  EXPECT_EQ(StringOf(R"("\u12)"), "error: escape sequence not terminated");
}

TEST(LexerTest, TokensOfRandomBytesFollowEachOtherToTheEnd) {
  std::mt19937_64 random(1);
  constexpr std::string_view kBytes = "ab1_. :,=!~<>()[]{}\"'`\\#\n@+-*x0e5m\xc3\xa9\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 20, ' ');
    for (char& c : text) c = kBytes[random() % kBytes.size()];
    Lexer lexer(text);
    size_t last_end = 0;
    for (;;) {
      const Token token = lexer.Next();
      ASSERT_GE(token.place.begin, last_end) << text;
      ASSERT_LE(token.place.end, text.size()) << text;
      if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kError) break;
      ASSERT_GT(token.place.end, token.place.begin) << text;
      last_end = token.place.end;
    }
  }
}

}  // namespace
}  // namespace rollcall::promql
