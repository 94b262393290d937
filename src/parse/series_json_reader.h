// Reads series as JSON lines, as VictoriaMetrics' /api/v1/export writes them:
// {"metric":{"__name__":"m","a":"b"},"values":[1,null],"timestamps":[1700000000000,…]}. A pull
// parser over pieces of any size: a line may be longer than memory has room for its text. The
// members may come in any order, and others beside them, which are passed over.
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
  // Of one line, inclusive. What is over them is refused.
  static constexpr size_t kMaxValues = 4 * 1024 * 1024;
  static constexpr size_t kMaxMetricBytes = 1024 * 1024;  // names and values of all its labels

  enum class Event {
    kMore,    // the piece is used up
    kSeries,  // a line is whole
    kError,   // reason() says why a line is refused; the rest of it is passed over
  };

  // Takes bytes off the front of `piece`.
  Event Next(std::string_view& piece);
  // After the last piece, until kMore: the last line needs no newline.
  Event Finish();

  // Of the series; valid until the next call.

  // As sent, `__name__` among them; names and values are UTF-8 without NUL. Never empty.
  const std::vector<std::pair<std::string, std::string>>& labels() const { return labels_; }
  // As many as timestamps; null is NaN.
  const std::vector<double>& values() const { return values_; }
  const std::vector<int64_t>& timestamps_ms() const { return timestamps_; }

  // Of the series or the error; the first line is 1.
  uint64_t line() const { return line_; }
  // How many lines have ended, or were refused.
  uint64_t lines() const { return line_; }
  // A phrase in printable ASCII.
  const std::string& reason() const { return reason_; }

 private:
  enum class State : uint8_t {
    kLine,  // before a line's brace
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
    kSkipped,  // within a member that nobody wants
    kEnd,      // behind the brace
    kBad,      // in the rest of a refused line
  };
  enum class Member : uint8_t { kMetric, kValues, kTimestamps, kOther };
  // A token is its own character, but for these.
  static constexpr char kString = '"';
  static constexpr char kWord = 'w';  // a number, true, false, null
  static constexpr char kTooLong = 'l';

  // The next token; false: the piece ends before it does.
  bool TakeToken(std::string_view& piece);
  bool TakeString(std::string_view& piece);
  bool TakeWord(std::string_view& piece);
  // What the grammar says to the token: empty, or what is wrong.
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
  size_t depth_ = 0;      // of brackets in a member that is passed over
  unsigned members_ = 0;  // a bit for each wanted one that was there
  uint64_t line_ = 0;
  std::string reason_;

  char token_ = 0;
  std::string_view text_;  // of the token; into the piece or partial_
  std::string partial_;    // a token's beginning
  bool in_string_ = false;
  bool in_word_ = false;
  bool escaping_ = false;  // the byte before was a backslash that counts
  bool has_escapes_ = false;

  std::vector<std::pair<std::string, std::string>> labels_;
  size_t metric_bytes_ = 0;
  std::vector<double> values_;
  std::vector<int64_t> timestamps_;
};

}  // namespace rollcall
