#include "parse/json_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "parse/json_text.h"
#include "parse/number.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

// The memory kept for the next text; a larger text gets memory of its own.
constexpr size_t kUsualBytes = 256 * 1024;

// Returns the end of the digits from `at` on.
size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsAsciiDigit(text[at])) ++at;
  return at;
}

// Returns whether the whole text is a number in JSON's form.
bool IsJsonNumber(std::string_view text) {
  size_t at = text.starts_with('-') ? 1 : 0;
  const size_t whole = at;
  at = SkipDigits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = at + 1;
    at = SkipDigits(text, fraction);
    if (at == fraction) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const size_t exponent = at;
    at = SkipDigits(text, exponent);
    if (at == exponent) return false;
  }
  return at == text.size();
}

// With at most this many characters and no exponent, a number is within the range of a double.
constexpr size_t kSurelyFinite = 300;

bool IsTooLarge(std::string_view number) {
  if (number.size() <= kSurelyFinite && number.find_first_of("eE") == std::string_view::npos) {
    return false;
  }
  double value = 0;
  return ParseValue(number, value) != NumberError::kNone;
}

struct Fault {
  size_t at;
  const char* reason;
};

// Returns the first fault in a text in which no tokens could be found.
Fault FindFault(std::string_view text) {
  bool in_quotes = false;
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {
      const char* const end = SkipUtf8Sequence(text.data() + at, text.data() + text.size());
      if (end == nullptr) return {at, "not UTF-8"};
      at = static_cast<size_t>(end - text.data());
      continue;
    }
    if (in_quotes && static_cast<unsigned char>(c) < ' ') {
      return {at, "a control character within quotes"};
    }
    if (in_quotes && c == '\\') {
      at += 2;
      continue;
    }
    if (c == '"') in_quotes = !in_quotes;
    ++at;
  }
  return {text.size(), in_quotes ? "the body ends within quotes" : "the body ends before its JSON"};
}

}  // namespace

struct JsonReader::Tokens {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;

  // The places where tokens begin; false: there are none, or the text is not UTF-8 or has a quote
  // that is not closed.
  bool Find(std::string_view text) {
    const size_t bytes = std::max(text.size(), kUsualBytes);
    if (stage == nullptr || stage->capacity() < bytes || stage->capacity() > 2 * bytes) {
      stage.reset();
      const auto made =
          simdjson::get_active_implementation()->create_dom_parser_implementation(bytes, 1, stage);
      if (made != simdjson::SUCCESS) throw std::bad_alloc();
    }
    return stage->stage1(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                         simdjson::stage1_mode::regular) == simdjson::SUCCESS;
  }
};

JsonReader::JsonReader() : tokens_(std::make_unique<Tokens>()) {}
JsonReader::~JsonReader() = default;

void JsonReader::Begin(std::string_view text) {
  text_ = text;
  next_ = 0;
  count_ = 0;
  at_ = 0;
  want_ = Want::kValue;
  depth_ = 0;
  token_ = {};
  has_escapes_ = false;
  status_ = Status::Ok();
  if (tokens_->Find(text)) {
    count_ = tokens_->stage->n_structural_indexes;
    return;
  }
  const Fault fault = FindFault(text);
  Fail(fault.at, fault.reason);
}

JsonReader::Event JsonReader::Fail(size_t at, std::string reason) {
  at_ = at;
  status_ = Status::InvalidArgument("byte " + std::to_string(at + 1) + ": " + std::move(reason));
  return Event::kError;
}

std::string_view JsonReader::Span() const {
  const size_t end = next_ < count_ ? tokens_->stage->structural_indexes[next_] : text_.size();
  const std::string_view span = text_.substr(at_, end - at_);
  return span.substr(0, span.find_last_not_of(" \t\r\n") + 1);
}

JsonReader::Event JsonReader::Next() {
  if (!status_.ok()) return Event::kError;
  for (;;) {
    if (next_ == count_) {
      if (want_ == Want::kNothing) return Event::kEnd;
      return Fail(text_.size(), "the body ends before its JSON");
    }
    at_ = tokens_->stage->structural_indexes[next_++];
    const char first = text_[at_];
    switch (want_) {
      case Want::kFirstItem:
        if (first == ']') return Close();
        return TakeValue(first);
      case Want::kValue:
        return TakeValue(first);
      case Want::kFirstName:
        if (first == '}') return Close();
        [[fallthrough]];
      case Want::kName:
        if (first != '"') return Fail(at_, "a name in quotes is wanted");
        return TakeText(Event::kName);
      case Want::kColon:
        if (first != ':') return Fail(at_, "a colon is wanted");
        want_ = Want::kValue;
        break;
      case Want::kSeparator:
        if (first == (InObject() ? '}' : ']')) return Close();
        if (first != ',')
          return Fail(at_, InObject() ? "a comma or } is wanted" : "a comma or ] is wanted");
        want_ = InObject() ? Want::kName : Want::kValue;
        break;
      case Want::kNothing:
        return Fail(at_, "something stands behind the JSON");
    }
  }
}

JsonReader::Event JsonReader::TakeValue(char first) {
  if (first == '{' || first == '[') return Open(first == '{');
  return first == '"' ? TakeText(Event::kText) : TakeWord();
}

JsonReader::Event JsonReader::Open(bool is_object) {
  if (depth_ == kMostLevels) {
    return Fail(at_, "nested deeper than " + std::to_string(kMostLevels) + " levels");
  }
  is_object_[depth_++] = is_object;
  want_ = is_object ? Want::kFirstName : Want::kFirstItem;
  return is_object ? Event::kBeginObject : Event::kBeginArray;
}

JsonReader::Event JsonReader::Close() {
  const bool was_object = InObject();
  --depth_;
  AfterValue();
  return was_object ? Event::kEndObject : Event::kEndArray;
}

JsonReader::Event JsonReader::TakeText(Event event) {
  const std::string_view span = Span();
  if (span.size() < 2 || span.back() != '"') return Fail(at_, "a text whose quote is not closed");
  token_ = span.substr(1, span.size() - 2);
  has_escapes_ = token_.find('\\') != std::string_view::npos;
  if (has_escapes_) {
    const size_t bad = FindBadJsonEscape(token_);
    if (bad != std::string_view::npos) return Fail(at_ + 1 + bad, "an escape that is none");
  }
  if (event == Event::kName) {
    want_ = Want::kColon;
  } else {
    AfterValue();
  }
  return event;
}

JsonReader::Event JsonReader::TakeWord() {
  token_ = Span();
  has_escapes_ = false;
  Event event = Event::kNumber;
  if (token_ == "true") {
    event = Event::kTrue;
  } else if (token_ == "false") {
    event = Event::kFalse;
  } else if (token_ == "null") {
    event = Event::kNull;
  } else if (!IsJsonNumber(token_)) {
    return Fail(at_, "a value is wanted");
  } else if (IsTooLarge(token_)) {
    return Fail(at_, "a number that is too large");
  }
  AfterValue();
  return event;
}

}  // namespace rollcall
