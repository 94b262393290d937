// Readers of a closed day's columns (storage/day_columns.h): from source to source, so that nobody
// holds a column as a whole. Bytes that the encoders do not write end the reading, and status()
// says so. One thread each; the bytes must outlive them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/ids.h"
#include "storage/coding.h"
#include "storage/day_columns.h"

namespace rollcall::storage {

// The streams of a block's sources.
class StreamsReader {
 public:
  StreamsReader(std::string_view row, uint32_t block)
      : reader_(row), first_(uint64_t{block} * kSourcesPerColumn) {}

  // Goes to the next source. Returns false at the end, and where the row is damaged.
  bool Next();

  const Status& status() const { return status_; }
  SourceRef source() const { return source_; }
  // The spans of all its streams, one stream after the other; none where it is irregular.
  std::span<const ReportSpan> spans() const { return spans_; }
  // Where each stream's spans end in there.
  std::span<const uint32_t> stream_ends() const { return ends_; }
  bool is_irregular() const { return ends_.empty(); }

 private:
  bool Damaged();

  Reader reader_;
  const uint64_t first_;
  bool is_first_ = true;
  SourceRef source_{};
  std::vector<ReportSpan> spans_;
  std::vector<uint32_t> ends_;
  Status status_;
};

// What a block's regular sources say of one metric.
class ColumnReader {
 public:
  ColumnReader(std::string_view row, uint32_t block)
      : reader_(row), first_(uint64_t{block} * kSourcesPerColumn) {}

  // As StreamsReader::Next.
  bool Next();

  const Status& status() const { return status_; }
  SourceRef source() const { return source_; }
  // By label set; those of one label set by span.
  std::span<const MetricColumn::Item> items() const { return items_; }

 private:
  bool Damaged();

  Reader reader_;
  const uint64_t first_;
  bool is_first_ = true;
  int64_t label_set_ = 0;  // of the item before
  SourceRef source_{};
  std::vector<MetricColumn::Item> items_;
  Status status_;
};

}  // namespace rollcall::storage
