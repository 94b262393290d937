// The reader of an import in Prometheus' text format: lines with a label that names the source and
// a timestamp in milliseconds, in pieces of any size. A bad line is reported and skipped. The
// result depends on the bytes alone, not on where the pieces end.
//
// A line of a known series is not parsed: the bytes before its value are looked up.
//
// Owned by the importer; one thread. Memory: an entry that the end of a piece cuts off, at most
// kMaxEntryBytes, and the cache of series.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/import_sample.h"
#include "ingest/import_series.h"
#include "ingest/series_cache.h"
#include "parse/text_parser.h"

namespace rollcall::ingest {

class ImportReader {
 public:
  // The largest entry, inclusive: one line, or several if label values hold raw newlines.
  static constexpr size_t kMaxEntryBytes = 10 * 1024 * 1024;

  ImportReader(ImportReaderOptions options, ResolveSeries resolve, RefuseLine refuse)
      : options_(std::move(options)), resolve_(std::move(resolve)), refuse_(std::move(refuse)) {}

  // Reads a piece and appends its samples to `out`.
  void Read(std::string_view piece, std::vector<ImportSample>& out);
  // Reads what is left after the last piece. The last line needs no newline.
  void Finish(std::vector<ImportSample>& out);

  uint64_t lines() const { return lines_; }
  uint64_t not_numbers() const { return not_numbers_; }  // NaN: dropped, not refused

 private:
  // The size of a block. A block begins where the last one ended and is larger only if an entry
  // needs it, so that the result never depends on the pieces.
  static constexpr size_t kBlockBytes = 256 * 1024;
  // The most lines whose series are looked up together, so that the processor fetches them
  // in parallel.
  static constexpr size_t kMostLinesAhead = 16;

  void ReadHeld(bool is_last, std::vector<ImportSample>& out);
  // Reads `block` up to its last complete line; returns the number of bytes read.
  size_t ReadBlock(std::string_view block, bool is_last, std::vector<ImportSample>& out);
  // Handles a block of which nothing could be read: makes the next one larger, or refuses the line.
  // Returns the number of bytes to skip.
  size_t WaitForMore(std::string_view block);
  // Reads lines of known series from the front of `lines`, up to the first of another kind; returns
  // their bytes.
  size_t ReadKnownLines(std::string_view lines, std::vector<ImportSample>& out);
  struct Line;
  bool ReadKnown(const Line& line, std::vector<ImportSample>& out);
  // Reads the entry at the front of `rest`; returns its bytes, or 0 if its end is missing.
  size_t ParseEntry(std::string_view rest, bool is_last, std::vector<ImportSample>& out);
  // Takes the sample; returns what is wrong with it, or an empty text.
  std::string TakeSample(TextParser& parser, std::string_view line, std::vector<ImportSample>& out);
  void Take(uint32_t series, int64_t milliseconds, double value, std::vector<ImportSample>& out);
  void Refused(uint64_t line, const std::string& reason);

  const ImportReaderOptions options_;
  const ResolveSeries resolve_;
  const RefuseLine refuse_;
  SeriesCache cache_;
  std::string held_;  // the start of a block whose end is still to come
  size_t block_bytes_ = kBlockBytes;
  size_t lines_ahead_ = 1;  // few while new series are frequent
  bool skipping_ = false;   // in the rest of a line that was too long
  bool ended_ = false;
  std::string label_set_;  // scratch
  uint64_t lines_ = 0;     // whole lines before held_
  uint64_t not_numbers_ = 0;
};

}  // namespace rollcall::ingest
