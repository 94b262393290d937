// The reader of series as JSON lines, in the form of VictoriaMetrics' /api/v1/export:
// {"metric":{"__name__":"m","a":"b"},"values":[1,null],"timestamps":[1700000000000,…]}. A pull
// parser over pieces of any size: the text of a line may be larger than memory. The members may
// come in any order; others are skipped.
//
// Owned by whoever reads the stream; one thread. Memory: 16 bytes for each value of a line, and the
// texts of its metric; both bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall {

class SeriesJsonReader {
 public:
  // Bounds on one line, both inclusive. A line over a bound is refused.
  static constexpr size_t kMaxValues = 4 * 1024 * 1024;
  static constexpr size_t kMaxMetricBytes = 1024 * 1024;  // names and values of all labels

  enum class Event {
    kMore,    // the piece is used up
    kSeries,  // a line is complete
    kError,   // a line is refused: reason() says why; the rest of it is skipped
  };

  // Reads from the front of `piece`, removes what it read, and returns the next event.
  Event Next(std::string_view& piece);
  // Ends the input: call it after the last piece, until it returns kMore. The last line needs
  // no newline.
  Event Finish();

  // The series of kSeries; valid until the next call.

  // As sent, including `__name__`; names and values are UTF-8 without NUL. Never empty.
  const std::vector<std::pair<std::string, std::string>>& labels() const { return labels_; }
  // As many as there are timestamps; null is NaN.
  const std::vector<double>& values() const { return values_; }
  const std::vector<int64_t>& timestamps_ms() const { return timestamps_; }

  // The line of the series or the error; the first line is 1.
  uint64_t line() const { return line_; }
  // The number of lines that have ended or were refused.
  uint64_t lines() const { return line_; }
  // Why the line was refused: a phrase in printable ASCII.
  const std::string& reason() const { return reason_; }

 private:
  enum class State : uint8_t {
    kLine,  // before the opening brace of a line
    kFirstKey,
    kKey,
    kColon,
    kMember,
    kMemberEnd,
    kFirstLabel,
    kLabel,
    kLabelColon,
    kLabelValue,
    kLabelEnd,
    kFirstItem,
    kItem,
    kItemEnd,
    kSkipped,  // within a member that is skipped
    kEnd,      // after the closing brace
    kBad,      // in the rest of a refused line
  };
  enum class Member : uint8_t { kMetric, kValues, kTimestamps, kOther };
  // A token is represented by its own character, except for these.
  static constexpr char kString = '"';
  static constexpr char kWord = 'w';  // a number, true, false, null
  static constexpr char kTooLong = 'l';

  // Takes the next token; false: the piece ends before the token does.
  bool TakeToken(std::string_view& piece);
  bool TakeString(std::string_view& piece);
  bool TakeWord(std::string_view& piece);
  // Checks the token against the grammar; returns what is wrong, or an empty text.
  std::string Accept();
  std::string AcceptKey();
  std::string AcceptMember();
  std::string AcceptLabel();
  std::string AcceptItem();
  std::string CheckLine() const;
  std::string TakeText(std::string& out);
  void BeginLine();
  Event Refuse(std::string reason);

  State state_ = State::kLine;
  Member member_ = Member::kOther;
  size_t depth_ = 0;      // of brackets, in a member that is skipped
  unsigned members_ = 0;  // a bit for each of the three members seen
  uint64_t line_ = 0;
  std::string reason_;

  char token_ = 0;
  std::string_view text_;  // of the token; a view into the piece or partial_
  std::string partial_;    // the beginning of a token
  bool in_string_ = false;
  bool in_word_ = false;
  bool escaping_ = false;  // the previous byte was an unescaped backslash
  bool has_escapes_ = false;

  std::vector<std::pair<std::string, std::string>> labels_;
  size_t metric_bytes_ = 0;
  std::vector<double> values_;
  std::vector<int64_t> timestamps_;
};

}  // namespace rollcall
