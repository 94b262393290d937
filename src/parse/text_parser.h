// A parser of Prometheus' text exposition format that behaves like Prometheus' own (0.301), for a
// body that is complete in memory. A pull parser: each call of Next() advances to the next sample,
// error or the end.
//
// It differs from Prometheus' parser on purpose: it refuses empty names, names that are not UTF-8,
// and a NUL byte anywhere but in a comment; and blanks before a name are not part of it.
//
// The body belongs to the caller and must outlive the parser. Memory beyond the body: 32 bytes for
// each label of the longest sample and that sample's escaped texts, nothing per line. One thread at
// a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/label_set.h"

namespace rollcall {

class TextParser {
 public:
  enum class Event {
    kSample,
    kError,  // line() and reason() say where and why
    kEnd,    // every later call returns it again
  };

  // kOrSeconds also accepts seconds with a fraction, which history may have and a report may not.
  enum class Timestamps { kMilliseconds, kOrSeconds };

  explicit TextParser(std::string_view body, Timestamps timestamps = Timestamps::kMilliseconds);
  TextParser(const TextParser&) = delete;
  TextParser& operator=(const TextParser&) = delete;

  // Advances to the next event. After kError the next call continues with the line after line(), so
  // that a caller may count the bad lines and take the rest. Takes time linear in the size of the
  // body either way.
  Event Next();

  // The sample of kSample. Valid until the next call of Next().

  std::string_view metric() const { return metric_; }
  // As sent: in that order, including repeated names and empty values; only `__name__` is left out,
  // since metric() has it. The caller may reorder and change them.
  std::vector<Label>& labels() { return labels_; }
  double value() const { return value_; }
  std::optional<int64_t> timestamp_ms() const { return timestamp_ms_; }
  // Whether a quoted text of the sample holds a raw line break, so that the sample spans
  // several lines.
  bool spans_lines() const { return spans_lines_; }

  // The line where the sample or the bad entry begins; the first line is 1.
  size_t line() const { return entry_line_; }

  // Returns what is wrong, after kError: one line of printable ASCII, at most 200 bytes.
  std::string reason() const;

  // After kError: whether a quoted text is still open where the body ends; with more of the body it
  // might be closed.
  bool cut_short() const { return cut_short_; }
  // The position where the sample or the bad entry begins, in bytes from the start of the body.
  size_t entry_offset() const { return static_cast<size_t>(entry_ - begin_); }
  // The position where the sample ends: at the end of its last line, or of the body.
  size_t end_offset() const { return static_cast<size_t>(at_ - begin_); }

  // Whether any entry so far (HELP and TYPE included) spans lines, so that the lines of the body
  // cannot be compared one by one.
  bool any_spans_lines() const { return any_spans_lines_; }

 private:
  char Peek() const { return at_ != end_ ? *at_ : '\n'; }
  bool Is(uint8_t byte_class) const;
  void SkipBlanks();
  void SkipWhile(uint8_t byte_class);
  std::string_view RestOfLine() const;

  bool ReadSample();
  bool ReadLabels();
  bool ReadLabelValue(std::string_view name);
  bool SetQuotedMetric(std::string_view name, const char* name_at);
  bool ReadValue();
  bool ReadTimestamp();
  bool ReadQuoted(std::string_view& text);
  bool ReadComment();
  bool ReadMetadata(bool is_type);
  void ResolveEscapes();
  std::string_view Unescape(std::string_view text);

  // Both set the error and return false. `found` is the text that the error quotes; it quotes
  // nothing if `found` has no data.
  bool Fail(const char* reason, std::string_view found);
  bool FailHere(const char* reason);

  const Timestamps timestamps_;
  const char* const begin_;
  const char* at_;
  const char* const end_;
  size_t at_line_ = 1;

  const char* entry_ = nullptr;
  size_t entry_line_ = 1;
  bool failed_ = false;
  bool cut_short_ = false;
  const char* reason_ = "";
  std::string_view found_;

  bool has_metric_ = false;
  bool has_escapes_ = false;
  bool spans_lines_ = false;
  bool any_spans_lines_ = false;
  std::string_view metric_;
  std::vector<Label> labels_;
  double value_ = 0;
  std::optional<int64_t> timestamp_ms_;
  std::string unescaped_;  // metric_ and labels_ point into it where an escape was resolved
};

}  // namespace rollcall
