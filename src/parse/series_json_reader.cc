#include "parse/series_json_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "parse/json_text.h"
#include "parse/number.h"
#include "parse/utf8.h"

namespace rollcall {
namespace {

constexpr unsigned kAllMembers = 7;
// The deepest nesting of brackets in a member that is skipped.
constexpr size_t kMaxDepth = 64;

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '+' || c == '.';
}

}  // namespace

SeriesJsonReader::Event SeriesJsonReader::Next(std::string_view& piece) {
  while (!piece.empty()) {
    if (state_ == State::kBad) {
      const size_t line_end = piece.find('\n');
      if (line_end == std::string_view::npos) {
        piece = {};
        break;
      }
      piece.remove_prefix(line_end + 1);
      state_ = State::kLine;
      continue;
    }
    if (!TakeToken(piece)) break;
    const State before = state_;
    if (token_ == '\n') {
      if (before != State::kLine && before != State::kEnd) {
        Refuse("the line ends within the series");
        state_ = State::kLine;
        return Event::kError;
      }
      state_ = State::kLine;
      if (before == State::kLine) {
        ++line_;
        continue;
      }
      if (std::string wrong = CheckLine(); !wrong.empty()) {
        reason_ = std::move(wrong);
        return Event::kError;
      }
      return Event::kSeries;
    }
    if (before == State::kLine) BeginLine();
    if (std::string wrong = Accept(); !wrong.empty()) return Refuse(std::move(wrong));
  }
  return Event::kMore;
}

SeriesJsonReader::Event SeriesJsonReader::Finish() {
  if (state_ == State::kLine && !in_word_ && !in_string_) return Event::kMore;
  std::string_view end = "\n";
  if (in_string_) {
    in_string_ = false;
    escaping_ = false;
  }
  const Event event = Next(end);
  return event;
}

void SeriesJsonReader::BeginLine() {
  ++line_;
  members_ = 0;
  labels_.clear();
  metric_bytes_ = 0;
  values_.clear();
  timestamps_.clear();
}

SeriesJsonReader::Event SeriesJsonReader::Refuse(std::string reason) {
  reason_ = std::move(reason);
  state_ = State::kBad;
  in_string_ = false;
  in_word_ = false;
  escaping_ = false;
  return Event::kError;
}

bool SeriesJsonReader::TakeToken(std::string_view& piece) {
  if (in_string_) return TakeString(piece);
  if (in_word_) return TakeWord(piece);
  while (!piece.empty() && (piece[0] == ' ' || piece[0] == '\t' || piece[0] == '\r')) {
    piece.remove_prefix(1);
  }
  if (piece.empty()) return false;
  token_ = piece[0];
  partial_.clear();
  if (IsWordByte(token_)) {
    in_word_ = true;
    return TakeWord(piece);
  }
  piece.remove_prefix(1);
  // A line that begins with a quote is refused right away.
  if (token_ != kString || state_ == State::kLine) return true;
  in_string_ = true;
  has_escapes_ = false;
  return TakeString(piece);
}

bool SeriesJsonReader::TakeString(std::string_view& piece) {
  size_t end = 0;
  for (; end < piece.size(); ++end) {
    const char c = piece[end];
    if (c == '\n') break;
    if (escaping_) {
      escaping_ = false;
    } else if (c == '\\') {
      escaping_ = true;
      has_escapes_ = true;
    } else if (c == '"') {
      break;
    }
  }
  if (partial_.size() + end > kMaxMetricBytes) {
    token_ = kTooLong;
    return true;
  }
  if (end == piece.size()) {
    partial_ += piece;
    piece = {};
    return false;
  }
  in_string_ = false;
  escaping_ = false;
  token_ = piece[end];
  text_ = piece.substr(0, end);
  piece.remove_prefix(end + 1);
  if (!partial_.empty()) {
    partial_ += text_;
    text_ = partial_;
  }
  return true;
}

bool SeriesJsonReader::TakeWord(std::string_view& piece) {
  constexpr size_t kMaxWordBytes = 1024;
  size_t end = 0;
  while (end < piece.size() && IsWordByte(piece[end])) ++end;
  if (partial_.size() + end > kMaxWordBytes) {
    token_ = kTooLong;
    return true;
  }
  text_ = piece.substr(0, end);
  if (end == piece.size()) {
    partial_ += text_;
    piece = {};
    return false;
  }
  piece.remove_prefix(end);
  in_word_ = false;
  token_ = kWord;
  if (!partial_.empty()) {
    partial_ += text_;
    text_ = partial_;
  }
  return true;
}

std::string SeriesJsonReader::Accept() {
  if (token_ == kTooLong) return "a text or number is too long";
  switch (state_) {
    case State::kLine:
      if (token_ != '{') return "a line begins with {";
      state_ = State::kFirstKey;
      return {};
    case State::kFirstKey:
    case State::kKey:
      return AcceptKey();
    case State::kColon:
      if (token_ != ':') return "a colon is wanted behind a member's name";
      state_ = State::kMember;
      return {};
    case State::kMember:
    case State::kSkipped:
      return AcceptMember();
    case State::kMemberEnd:
      if (token_ != ',' && token_ != '}') return "a comma or } is wanted behind a member";
      state_ = token_ == ',' ? State::kKey : State::kEnd;
      return {};
    case State::kFirstLabel:
    case State::kLabel:
    case State::kLabelColon:
    case State::kLabelValue:
    case State::kLabelEnd:
      return AcceptLabel();
    case State::kFirstItem:
    case State::kItem:
    case State::kItemEnd:
      return AcceptItem();
    case State::kEnd:
    case State::kBad:
      break;
  }
  return "nothing is wanted behind the series";
}

std::string SeriesJsonReader::AcceptKey() {
  if (token_ == '}' && state_ == State::kFirstKey) {
    state_ = State::kEnd;
    return {};
  }
  if (token_ != kString) return "a member's name in quotes is wanted";
  std::string key;
  if (std::string wrong = TakeText(key); !wrong.empty()) return wrong;
  member_ = key == "metric"       ? Member::kMetric
            : key == "values"     ? Member::kValues
            : key == "timestamps" ? Member::kTimestamps
                                  : Member::kOther;
  if (member_ != Member::kOther) {
    const unsigned bit = 1U << static_cast<unsigned>(member_);
    if ((members_ & bit) != 0) return "two members " + key;
    members_ |= bit;
  }
  state_ = State::kColon;
  return {};
}

std::string SeriesJsonReader::AcceptMember() {
  if (state_ == State::kMember && member_ == Member::kMetric) {
    if (token_ != '{') return "metric is not an object";
    state_ = State::kFirstLabel;
    return {};
  }
  if (state_ == State::kMember && member_ != Member::kOther) {
    if (token_ != '[') return "values and timestamps are not both lists";
    state_ = State::kFirstItem;
    return {};
  }
  // In a member that is skipped, only the brackets are counted.
  if (state_ == State::kMember) depth_ = 0;
  state_ = State::kSkipped;
  if (token_ == '{' || token_ == '[') {
    if (++depth_ > kMaxDepth) return "nested too deeply";
  } else if (token_ == '}' || token_ == ']') {
    if (depth_ == 0) return "a value is wanted behind a colon";
    --depth_;
  } else if (depth_ == 0 && token_ != kString && token_ != kWord) {
    return "a value is wanted behind a colon";
  }
  if (depth_ == 0) state_ = State::kMemberEnd;
  return {};
}

std::string SeriesJsonReader::AcceptLabel() {
  switch (state_) {
    case State::kFirstLabel:
    case State::kLabel:
      if (token_ == '}' && state_ == State::kFirstLabel) {
        state_ = State::kMemberEnd;
        return {};
      }
      if (token_ != kString) return "a label's name in quotes is wanted";
      labels_.emplace_back();
      state_ = State::kLabelColon;
      return TakeText(labels_.back().first);
    case State::kLabelColon:
      if (token_ != ':') return "a colon is wanted behind a label's name";
      state_ = State::kLabelValue;
      return {};
    case State::kLabelValue:
      if (token_ != kString) return "a label's value in quotes is wanted";
      state_ = State::kLabelEnd;
      return TakeText(labels_.back().second);
    default:
      if (token_ != ',' && token_ != '}') return "a comma or } is wanted behind a label";
      state_ = token_ == ',' ? State::kLabel : State::kMemberEnd;
      return {};
  }
}

std::string SeriesJsonReader::AcceptItem() {
  if (state_ == State::kItemEnd || (state_ == State::kFirstItem && token_ == ']')) {
    if (token_ != ',' && token_ != ']') return "a comma or ] is wanted in a list";
    state_ = token_ == ',' ? State::kItem : State::kMemberEnd;
    return {};
  }
  state_ = State::kItemEnd;
  if (token_ != kWord && token_ != kString) return "a number is wanted in a list";
  if (member_ == Member::kTimestamps) {
    int64_t milliseconds = 0;
    if (token_ != kWord || ParseTimestamp(text_, milliseconds) != NumberError::kNone) {
      return "not a timestamp in milliseconds: " + QuoteForMessage(text_);
    }
    if (timestamps_.size() == kMaxValues) {
      return "more than " + std::to_string(kMaxValues) + " timestamps";
    }
    timestamps_.push_back(milliseconds);
    return {};
  }
  double value = std::numeric_limits<double>::quiet_NaN();
  // Quotes hold values that JSON has no number for; a quoted number is accepted too.
  const bool is_null = token_ == kWord && text_ == "null";
  if (!is_null && ParseValue(text_, value) != NumberError::kNone) {
    return "not a value: " + QuoteForMessage(text_);
  }
  if (values_.size() == kMaxValues) return "more than " + std::to_string(kMaxValues) + " values";
  values_.push_back(value);
  return {};
}

std::string SeriesJsonReader::TakeText(std::string& out) {
  metric_bytes_ += text_.size();
  if (metric_bytes_ > kMaxMetricBytes) return "the metric is too long";
  if (!has_escapes_) {
    out = text_;
  } else if (!UnescapeJson(text_, out)) {
    return "a bad escape in " + QuoteForMessage(text_);
  }
  if (out.find('\0') != std::string::npos) return "a NUL byte in " + QuoteForMessage(out);
  return IsUtf8(out) ? std::string() : "not UTF-8: " + QuoteForMessage(out);
}

std::string SeriesJsonReader::CheckLine() const {
  if (members_ != kAllMembers) return "one of metric, values and timestamps is missing";
  if (labels_.empty()) return "a metric without labels";
  if (values_.size() != timestamps_.size()) {
    return std::to_string(values_.size()) + " values, but " + std::to_string(timestamps_.size()) +
           " timestamps";
  }
  return {};
}

}  // namespace rollcall
