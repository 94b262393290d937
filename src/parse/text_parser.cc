#include "parse/text_parser.h"

#include <array>
#include <cstring>

#include "base/text.h"
#include "parse/number.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

// What a byte may be part of.
enum ByteClass : uint8_t {
  kBlank = 1 << 0,
  kMetricStart = 1 << 1,
  kMetricRest = 1 << 2,
  kLabelStart = 1 << 3,
  kLabelRest = 1 << 4,
  kDigit = 1 << 5,
  kValue = 1 << 6,       // of a number as far as the first scan looks: it may still be none
  kPlainQuoted = 1 << 7  // stands for itself between quotes
};

constexpr std::array<uint8_t, 256> MakeByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (unsigned byte = 1; byte < 256; ++byte) {
    const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
    const bool digit = byte >= '0' && byte <= '9';
    const bool blank = byte == ' ' || byte == '\t';
    unsigned c = 0;
    if (blank) c |= kBlank;
    if (letter) c |= kLabelStart;
    if (letter || byte == ':') c |= kMetricStart;
    if (letter || digit) c |= kLabelRest;
    if (letter || digit || byte == ':') c |= kMetricRest;
    if (digit) c |= kDigit;
    if (!blank && byte != '\n' && byte != '{') c |= kValue;
    if (byte < 0x80 && byte != '"' && byte != '\\' && byte != '\n') c |= kPlainQuoted;
    classes[byte] = static_cast<uint8_t>(c);
  }
  return classes;
}

constexpr std::array<uint8_t, 256> kByteClasses = MakeByteClasses();

bool HasClass(char c, uint8_t byte_class) {
  return (kByteClasses[static_cast<unsigned char>(c)] & byte_class) != 0;
}

const char* FindByte(const char* at, const char* end, char byte) {
  if (at == end) return nullptr;
  return static_cast<const char*>(std::memchr(at, byte, static_cast<size_t>(end - at)));
}

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

constexpr size_t kExpectedLabels = 16;

}  // namespace

TextParser::TextParser(std::string_view body, Timestamps timestamps)
    : timestamps_(timestamps), begin_(body.data()), at_(begin_), end_(begin_ + body.size()) {
  labels_.reserve(kExpectedLabels);
}

TextParser::Event TextParser::Next() {
  if (failed_) {
    failed_ = false;
    cut_short_ = false;
    const char* const line_end = FindByte(entry_, end_, '\n');
    at_ = line_end != nullptr ? line_end : end_;
    at_line_ = entry_line_;
  }
  for (;;) {
    SkipBlanks();
    if (at_ == end_) return Event::kEnd;
    if (*at_ == '\n') {
      ++at_;
      ++at_line_;
      continue;
    }
    entry_ = at_;
    entry_line_ = at_line_;
    spans_lines_ = false;
    if (*at_ != '#') return ReadSample() ? Event::kSample : Event::kError;
    if (!ReadComment()) return Event::kError;
  }
}

bool TextParser::ReadSample() {
  has_metric_ = false;
  has_escapes_ = false;
  labels_.clear();
  if (Is(kMetricStart)) {
    SkipWhile(kMetricRest);
    metric_ = Between(entry_, at_);
    has_metric_ = true;
    SkipBlanks();
  } else if (Peek() != '{') {
    return FailHere("want a metric name, '{' or '#', found ");
  }
  if (Peek() == '{') {
    ++at_;
    if (!ReadLabels()) return false;
  }
  if (!has_metric_) return Fail("metric name is missing", {});
  SkipBlanks();
  if (!ReadValue()) return false;
  SkipBlanks();
  if (!ReadTimestamp()) return false;
  if (has_escapes_) ResolveEscapes();
  return true;
}

// Reads from after the opening brace to after the closing one.
bool TextParser::ReadLabels() {
  SkipBlanks();
  for (;;) {
    const char* const name_at = at_;
    std::string_view name;
    const bool quoted = Peek() == '"';
    if (quoted) {
      if (!ReadQuoted(name)) return false;
    } else if (Is(kLabelStart)) {
      SkipWhile(kLabelRest);
      name = Between(name_at, at_);
    } else if (Peek() == '}') {
      ++at_;
      return true;
    } else {
      return FailHere("want a label name, found ");
    }
    SkipBlanks();
    // A quoted text without a value is the name of the metric.
    if (quoted && (Peek() == ',' || Peek() == '}')) {
      if (!SetQuotedMetric(name, name_at)) return false;
      const bool last = *at_++ == '}';
      if (last) return true;
      SkipBlanks();
      continue;
    }
    if (name.empty()) return Fail("label name is empty", {});
    if (!ReadLabelValue(name)) return false;
    SkipBlanks();
    if (Peek() == ',') {
      ++at_;
      SkipBlanks();
    }
  }
}

bool TextParser::SetQuotedMetric(std::string_view name, const char* name_at) {
  if (has_metric_) return Fail("metric name is given twice: ", Between(name_at, at_));
  if (name.empty()) return Fail("metric name is empty", {});
  metric_ = name;
  has_metric_ = true;
  return true;
}

bool TextParser::ReadLabelValue(std::string_view name) {
  if (Peek() != '=') return FailHere("want '=' after the label name, found ");
  ++at_;
  SkipBlanks();
  if (Peek() != '"') return FailHere("want a quoted label value, found ");
  std::string_view value;
  if (!ReadQuoted(value)) return false;
  if (name != "__name__") labels_.push_back({name, value});
  return true;
}

// Sets `text` to what is between the quotes, escapes unresolved.
bool TextParser::ReadQuoted(std::string_view& text) {
  const char* const begin = at_ + 1;
  const char* at = begin;
  for (;;) {
    while (at != end_ && HasClass(*at, kPlainQuoted)) ++at;
    if (at == end_) {
      cut_short_ = true;
      return FailHere("no closing quote: ");
    }
    const char c = *at;
    if (c == '"') break;
    if (c == '\n') {
      spans_lines_ = true;
      any_spans_lines_ = true;
      ++at_line_;
      ++at;
    } else if (c == '\\') {
      has_escapes_ = true;
      ++at;
      if (at == end_ || *at == '\n') {
        return Fail("backslash before a line break in quotes: ", Between(at_, at));
      }
      if (*at == '"' || *at == '\\') ++at;
    } else if (c == '\0') {
      return Fail("NUL byte in quotes: ", Between(at_, at + 1));
    } else {
      const char* const after = SkipUtf8Sequence(at, end_);
      if (after == nullptr) return Fail("not UTF-8: ", Between(at, end_).substr(0, 4));
      at = after;
    }
  }
  text = Between(begin, at);
  at_ = at + 1;
  return true;
}

bool TextParser::ReadValue() {
  const char* const begin = at_;
  SkipWhile(kValue);
  const std::string_view text = Between(begin, at_);
  if (text.empty()) return FailHere("want a value after the series, found ");
  switch (ParseValue(text, value_)) {
    case NumberError::kNone:
      return true;
    case NumberError::kNotANumber:
      return Fail("value is not a number: ", text);
    case NumberError::kOutOfRange:
      return Fail("value is out of range: ", text);
  }
  return false;
}

// Ends at the line's end, or at the body's.
bool TextParser::ReadTimestamp() {
  timestamp_ms_.reset();
  if (Peek() == '\n') return true;
  const char* const begin = at_;
  SkipWhile(kDigit);
  if (at_ == begin) return FailHere("want a timestamp or the end of the line, found ");
  if (timestamps_ == Timestamps::kOrSeconds && Peek() == '.') {
    ++at_;
    SkipWhile(kDigit);
  }
  const std::string_view digits = Between(begin, at_);
  int64_t milliseconds = 0;
  if (ParseTimestampOrSeconds(digits, milliseconds) != NumberError::kNone) {
    return Fail("timestamp is out of range: ", digits);
  }
  timestamp_ms_ = milliseconds;
  SkipBlanks();
  if (Peek() == '\n') return true;
  return FailHere("want the end of the line after the timestamp, found ");
}

// Ends at the line's end, or at the body's.
bool TextParser::ReadComment() {
  ++at_;
  if (Is(kBlank)) {
    SkipBlanks();
    const std::string_view word = Between(at_, end_).substr(0, 5);
    if (word.size() == 5 && HasClass(word[4], kBlank)) {
      const bool is_type = word.starts_with("TYPE");
      if (is_type || word.starts_with("HELP")) return ReadMetadata(is_type);
    }
  }
  const char* const line_end = FindByte(at_, end_, '\n');
  at_ = line_end != nullptr ? line_end : end_;
  return true;
}

// From the words HELP or TYPE to the line's end.
bool TextParser::ReadMetadata(bool is_type) {
  at_ += 4;
  SkipBlanks();
  if (Peek() == '"') {
    std::string_view name;
    if (!ReadQuoted(name)) return false;
  } else if (Is(kMetricStart)) {
    SkipWhile(kMetricRest);
  } else {
    return FailHere(is_type ? "want a metric name after TYPE, found "
                            : "want a metric name after HELP, found ");
  }
  std::string_view text = RestOfLine();
  at_ += text.size();
  if (text.find('\0') != std::string_view::npos) return Fail("NUL byte in metadata: ", text);
  // One byte separates the name from the text, whatever it is: that is how Prometheus reads it.
  if (!text.empty()) text.remove_prefix(1);
  if (!is_type) return IsUtf8(text) || Fail("HELP text is not UTF-8: ", text);
  return text == "counter" || text == "gauge" || text == "histogram" || text == "summary" ||
         text == "untyped" ||
         Fail("want counter, gauge, histogram, summary or untyped after the name, found ", text);
}

void TextParser::ResolveEscapes() {
  // Reserved in one go, so that the views into it stay valid. Resolving only ever shortens a text.
  size_t bytes = metric_.size();
  for (const Label& label : labels_) bytes += label.name.size() + label.value.size();
  unescaped_.clear();
  unescaped_.reserve(bytes);
  metric_ = Unescape(metric_);
  for (Label& label : labels_) {
    label.name = Unescape(label.name);
    label.value = Unescape(label.value);
  }
}

std::string_view TextParser::Unescape(std::string_view text) {
  if (text.find('\\') == std::string_view::npos) return text;
  const size_t begin = unescaped_.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] != '\\' || (next != '\\' && next != '"' && next != 'n')) {
      unescaped_ += text[i];
      continue;
    }
    unescaped_ += next == 'n' ? '\n' : next;
    ++i;
  }
  return std::string_view(unescaped_).substr(begin);
}

bool TextParser::Is(uint8_t byte_class) const { return at_ != end_ && HasClass(*at_, byte_class); }

void TextParser::SkipWhile(uint8_t byte_class) {
  const char* at = at_;
  while (at != end_ && HasClass(*at, byte_class)) ++at;
  at_ = at;
}

void TextParser::SkipBlanks() { SkipWhile(kBlank); }

std::string_view TextParser::RestOfLine() const {
  const char* const line_end = FindByte(at_, end_, '\n');
  return Between(at_, line_end != nullptr ? line_end : end_);
}

bool TextParser::Fail(const char* reason, std::string_view found) {
  failed_ = true;
  reason_ = reason;
  found_ = found;
  return false;
}

bool TextParser::FailHere(const char* reason) { return Fail(reason, RestOfLine()); }

std::string TextParser::reason() const {
  std::string text = reason_;
  if (found_.data() == nullptr) return text;
  return text + (found_.empty() ? "the end of the line" : QuoteForMessage(found_));
}

}  // namespace rollcall
