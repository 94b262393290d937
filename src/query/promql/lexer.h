// The lexer of PromQL: text to tokens. Owned by one parser; single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "query/promql/ast.h"

namespace rollcall::promql {

enum class TokenKind : uint8_t {
  kEnd,
  kError,
  // With a text of their own.
  kIdentifier,
  kMetricIdentifier,  // has a colon in it
  kString,
  kNumber,
  kDuration,
  // Punctuation.
  kComma,
  kColon,
  kEqual,  // =
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
  kLeftBracket,
  kRightBracket,
  // Operators that are no binary ones.
  kAt,
  kEqualRegex,  // =~
  kNotRegex,    // !~
  // Binary operators.
  kOperator,
  // Words, in any case of their letters.
  kAggregator,
  kBool,
  kBy,
  kEndWord,  // end
  kGroupLeft,
  kGroupRight,
  kIgnoring,
  kOffset,
  kOn,
  kStart,
  kWithout,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Place place;
  std::string_view text;      // as it stands in the query, which it borrows
  std::string value;          // of a string: what it means; of an error: what is wrong
  BinaryOp binary{};          // of an operator
  AggregateOp aggregate{};    // of an aggregator
  bool experimental = false;  // an aggregator that is not answered

  bool IsOperator(BinaryOp op) const { return kind == TokenKind::kOperator && binary == op; }
  // Whether it is made of letters, so that it may be a label's name.
  bool IsWord() const;
  // Whether it may be a metric's name.
  bool IsMetricName() const;
  // For messages, in Prometheus' words: `number "1"`, `<op:+>`, `end of input`.
  std::string Description() const;
};

class Lexer {
 public:
  // Borrows `text`.
  explicit Lexer(std::string_view text) : text_(text) {}

  // Returns the next token. After the end or an error the next is not defined.
  Token Next();

 private:
  Token NextInBraces();
  Token Word();
  Token Number();
  Token String();
  Token RawString();
  // Appends what the escape sequence after a backslash means; returns "" or what is wrong.
  std::string Escape(char quote, std::string& value);
  bool ScanNumber();
  bool ScanDuration();
  Token Parenthesis(char c);
  Token Bracket(char c);
  Token Symbol(char c);
  void SkipBlanksAndComments();

  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool AtEnd() const { return at_ >= text_.size(); }
  bool Accept(std::string_view set);
  // The character at `at`, in single quotes as messages have it.
  std::string Character(size_t at) const;
  Token Make(TokenKind kind) const;
  Token MakeOperator(BinaryOp op) const;
  Token Error(std::string message) const;

  const std::string_view text_;
  size_t begin_ = 0;  // of the token that is being read
  size_t at_ = 0;
  int open_parentheses_ = 0;
  bool in_braces_ = false;
  bool in_brackets_ = false;
};

}  // namespace rollcall::promql
