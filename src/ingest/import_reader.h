// Reads an import: lines of Prometheus' text format with a label that names the source and a timestamp
// in milliseconds, in pieces of any size. A bad line is told and passed over.
//
// Owned by the importer; one thread. Memory: an entry that is cut off by the end of a piece, at most
// kMaxEntryBytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "parse/text_parser.h"

namespace rollcall::ingest {

struct ImportedSample {
  std::string_view source_id;  // as sent, not checked
  std::string_view label_set;  // canonical, without the source's label
  UnixSeconds time;            // the timestamp, cut to the second
  double value;                // finite or infinite
};

class ImportReader {
 public:
  // A line, or several where label values hold raw newlines; inclusive.
  static constexpr size_t kMaxEntryBytes = 10 * 1024 * 1024;

  // `take` returns what is wrong with the sample's content, or nothing; its views live as long as the
  // call. `refuse` is told each bad line's number (from 1) and reason.
  using Take = std::function<std::string(const ImportedSample&)>;
  using Refuse = std::function<void(uint64_t line, const std::string& reason)>;

  // `latest`: later timestamps are refused.
  ImportReader(std::string source_label, UnixSeconds latest, Take take, Refuse refuse)
      : source_label_(std::move(source_label)), latest_(latest), take_(std::move(take)),
        refuse_(std::move(refuse)) {}

  void Read(std::string_view piece);
  // The last line needs no newline.
  void Finish();

  uint64_t lines() const { return lines_; }
  uint64_t samples() const { return samples_; }
  uint64_t not_numbers() const { return not_numbers_; }  // NaN: dropped, not refused

 private:
  // Reads `block`, which ends with a line's end unless it is the last; returns how much of it is done.
  size_t ReadBlock(std::string_view block, bool is_last);
  // What is wrong with the sample, or nothing.
  std::string ReadSample(TextParser& parser);

  const std::string source_label_;
  const UnixSeconds latest_;
  const Take take_;
  const Refuse refuse_;
  std::string held_;       // the start of an entry whose end has not come
  std::string label_set_;  // scratch
  uint64_t lines_ = 0;     // whole lines before held_
  uint64_t samples_ = 0;
  uint64_t not_numbers_ = 0;
};

}  // namespace rollcall::ingest
