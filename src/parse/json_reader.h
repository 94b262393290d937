// A JSON reader that returns token by token and checks all of the text: anything that RFC 8259 does
// not allow is an error with its position, wherever it is. simdjson finds where tokens begin, many
// bytes at a time; the grammar is ours, so that nothing is skipped unread and a megabyte of text
// costs a single pass over its bytes.
//
// Memory: up to 4 bytes for each byte of the text, touched only as far as there are tokens. No
// recursion. One thread at a time; reuse a reader to reuse its memory.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall {

class JsonReader {
 public:
  // The deepest nesting of arrays and objects, inclusive. Deeper ones are refused.
  static constexpr size_t kMostLevels = 512;

  enum class Event {
    kBeginObject,
    kEndObject,
    kBeginArray,
    kEndArray,
    kName,  // the name of a member; its value follows
    kText,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kEnd,    // the text was JSON
    kError,  // status() says where and why; every later call returns it again
  };

  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // Starts reading another text, which must outlive what is read from it.
  void Begin(std::string_view text);
  // Reads the next token.
  Event Next();

  // The token of the event, a view into the text, in UTF-8: a name or text without its quotes, with
  // its escapes, which are valid; a number as written, within the range of a double.
  std::string_view token() const { return token_; }
  bool has_escapes() const { return has_escapes_; }
  // The position of the token's first byte; the first byte of the text is 1.
  size_t byte() const { return at_ + 1; }
  // The failure after kError. InvalidArgument: "byte N: reason".
  const Status& status() const { return status_; }

 private:
  enum class Want : uint8_t { kFirstItem, kValue, kFirstName, kName, kColon, kSeparator, kNothing };
  struct Tokens;

  bool InObject() const { return depth_ > 0 && is_object_[depth_ - 1]; }
  Event TakeValue(char first);
  Event TakeText(Event event);
  Event TakeWord();
  Event Open(bool is_object);
  Event Close();
  Event Fail(size_t at, std::string reason);
  void AfterValue() { want_ = depth_ == 0 ? Want::kNothing : Want::kSeparator; }
  // Returns the bytes from the beginning of the token to that of the next one, without
  // trailing blanks.
  std::string_view Span() const;

  const std::unique_ptr<Tokens> tokens_;
  std::string_view text_;
  size_t next_ = 0;  // index of the next token
  size_t count_ = 0;
  size_t at_ = 0;
  Want want_ = Want::kValue;
  size_t depth_ = 0;
  std::bitset<kMostLevels> is_object_;
  std::string_view token_;
  bool has_escapes_ = false;
  Status status_;
};

}  // namespace rollcall
