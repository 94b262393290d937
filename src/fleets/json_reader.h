// Reads JSON token by token, all of it checked: what RFC 8259 does not allow is an error with its
// byte, wherever it stands. simdjson finds where tokens begin, many bytes at a time; the grammar is
// ours, so that nothing is passed over unread and a megabyte of text costs one look at its bytes.
//
// Memory: up to 4 bytes for each of the text, touched as far as there are tokens. No recursion. One
// thread at a time; reuse it, since its memory is.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace rollcall::fleets {

class JsonReader {
 public:
  // Of arrays and objects within one another, inclusive. Deeper ones are refused.
  static constexpr size_t kMostLevels = 512;

  enum class Event {
    kBeginObject,
    kEndObject,
    kBeginArray,
    kEndArray,
    kName,  // of a member; its value follows
    kText,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kEnd,    // the text was JSON
    kError,  // status() says where and why; stays so
  };

  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // From the beginning of another text, which outlives what is read of it.
  void Begin(std::string_view text);
  Event Next();

  // Of the event: a name or text without its quotes, with its escapes, which are good; a number as
  // it is written, within what a double holds. UTF-8; a view into the text.
  std::string_view token() const { return token_; }
  bool has_escapes() const { return has_escapes_; }
  // Where the event's token begins; the first byte is 1.
  size_t byte() const { return at_ + 1; }
  // InvalidArgument: "byte N: reason".
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
  // The bytes from the token's beginning to the next one's, without blanks at the end.
  std::string_view Span() const;

  const std::unique_ptr<Tokens> tokens_;
  std::string_view text_;
  size_t next_ = 0;  // of the tokens
  size_t count_ = 0;
  size_t at_ = 0;
  Want want_ = Want::kValue;
  size_t depth_ = 0;
  std::bitset<kMostLevels> is_object_;
  std::string_view token_;
  bool has_escapes_ = false;
  Status status_;
};

}  // namespace rollcall::fleets
