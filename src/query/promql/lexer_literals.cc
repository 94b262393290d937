// The lexer's numbers, durations and strings.
#include <string>

#include "base/text.h"
#include "parse/utf8.h"
#include "query/promql/lexer.h"
#include "query/promql/text.h"

namespace rollcall::promql {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool IsNameCharacter(char c) { return c == '_' || IsAsciiAlphanumeric(c); }

// The value of a digit, or -1.
int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = AsciiLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void AppendUtf8(uint32_t code, std::string& out) {
  const auto byte = [&](uint32_t bits) { out += static_cast<char>(bits); };
  const auto rest = [&](int shift) { byte(0x80 | ((code >> shift) & 0x3f)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | (code >> 6));
    rest(0);
  } else if (code < 0x10000) {
    byte(0xe0 | (code >> 12));
    rest(6);
    rest(0);
  } else {
    byte(0xf0 | (code >> 18));
    rest(12);
    rest(6);
    rest(0);
  }
}

}  // namespace

Token Lexer::Number() {
  if (ScanNumber()) return Make(TokenKind::kNumber);
  if (ScanDuration()) return Make(TokenKind::kDuration);
  return Error("bad number or duration syntax: " + Quote(text_.substr(begin_, at_ - begin_)));
}

// Reads as far as a number may go; whether it is one is for the parser to say. Leaves what follows
// of a duration.
bool Lexer::ScanNumber() {
  if (Peek() == '0' && AsciiLower(Peek(1)) == 'x') {
    at_ += 2;
    const size_t digits = at_;
    while (Accept(kHexDigits) || (Peek() == '_' && Accept("_"))) {
    }
    return at_ > digits && !IsNameCharacter(Peek()) && Peek() != '.';
  }
  bool has_dot = false;
  bool has_exponent = false;
  for (;;) {
    if (Accept(kDigits)) continue;
    if (Peek() == '_' || Peek() == '.') {
      if (Peek() == '.' && (has_dot || has_exponent)) return false;
      has_dot = has_dot || Peek() == '.';
      ++at_;
      if (Peek() == '_' || Peek() == '.') return false;
      continue;
    }
    if (!has_exponent && AsciiLower(Peek()) == 'e') {
      ++at_;
      has_exponent = true;
      Accept("+-");
      if (kDigits.find(Peek()) == std::string_view::npos) return false;
      continue;
    }
    return !IsNameCharacter(Peek());
  }
}

// Reads the rest of `1h30m` from its first unit on. Whether units and their order are right is for
// the parser to say.
bool Lexer::ScanDuration() {
  if (!Accept("smhdwy")) return false;
  Accept("s");
  while (Accept(kDigits)) {
    while (Accept(kDigits)) {
    }
    if (!Accept("smhdw")) return false;
    Accept("s");
  }
  return !IsNameCharacter(Peek());
}

Token Lexer::String() {
  const char quote = text_[at_++];
  std::string value;
  for (;;) {
    if (AtEnd() || text_[at_] == '\n') return Error("unterminated quoted string");
    const char c = text_[at_];
    if (c == '\\') {
      ++at_;
      if (std::string wrong = Escape(quote, value); !wrong.empty()) return Error(std::move(wrong));
      continue;
    }
    size_t length = 1;
    if (static_cast<unsigned char>(c) >= 0x80) {
      const char* const begin = text_.data() + at_;
      const char* const end = SkipUtf8Sequence(begin, text_.data() + text_.size());
      if (end == nullptr) return Error("invalid UTF-8 rune");
      length = static_cast<size_t>(end - begin);
    }
    if (c != quote) value += text_.substr(at_, length);
    at_ += length;
    if (c != quote) continue;
    Token token = Make(TokenKind::kString);
    token.value = std::move(value);
    return token;
  }
}

Token Lexer::RawString() {
  const size_t end = text_.find('`', at_ + 1);
  if (end == std::string_view::npos) return Error("unterminated raw string");
  const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
  if (!IsUtf8(inside)) return Error("invalid UTF-8 rune");
  at_ = end + 1;
  Token token = Make(TokenKind::kString);
  token.value = inside;
  return token;
}

std::string Lexer::Escape(char quote, std::string& value) {
  if (AtEnd()) return "escape sequence not terminated";
  constexpr std::string_view kNames = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  const char c = Peek();
  if (const size_t i = kNames.find(c); i != std::string_view::npos) {
    ++at_;
    value += kMeanings[i];
    return "";
  }
  if (c == quote) {
    ++at_;
    value += c;
    return "";
  }
  int digits = 0;
  uint32_t base = 16;
  uint32_t largest = 255;
  if (c >= '0' && c <= '7') {
    digits = 3;
    base = 8;
  } else if (c == 'x') {
    digits = 2;
  } else if (c == 'u') {
    digits = 4;
    largest = 0x10ffff;
  } else if (c == 'U') {
    digits = 8;
    largest = 0x10ffff;
  } else {
    return "unknown escape sequence " + Character(at_);
  }
  if (base == 16) ++at_;
  uint32_t code = 0;
  for (; digits > 0; --digits, ++at_) {
    const int digit = AtEnd() ? -1 : DigitOf(text_[at_]);
    if (AtEnd()) return "escape sequence not terminated";
    if (digit < 0 || static_cast<uint32_t>(digit) >= base) {
      return "illegal character " + Character(at_) + " in escape sequence";
    }
    code = code * base + static_cast<uint32_t>(digit);
  }
  if (code > largest || (code >= 0xd800 && code < 0xe000)) {
    return "escape sequence is an invalid Unicode code point";
  }
  if (largest == 255) {
    value += static_cast<char>(code);
  } else {
    AppendUtf8(code, value);
  }
  return "";
}

}  // namespace rollcall::promql
