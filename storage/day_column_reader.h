// Readers of a closed day's columns (storage/day_columns.h): from source to source, so that nobody
// holds a column as a whole. Bytes that the encoders do not write end the reading with DataLoss,
// which status() has; what was read of that source is then unspecified. One thread each; the bytes
// must outlive them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/ids.h"
#include "storage/coding.h"
#include "storage/day_columns.h"

namespace rollcall::storage {

// The sources of a row, one after the other.
class ColumnSources {
 public:
  explicit ColumnSources(uint32_t block) : block_(block) {}

  // Returns false where no source of the block follows the one before.
  bool Take(Reader& reader);
  SourceRef source() const { return {block_ * kSourcesPerColumn + offset_}; }
  uint32_t block() const { return block_; }

 private:
  uint32_t block_;
  uint32_t offset_ = 0;
  bool is_first_ = true;
};

// The streams of a block's sources.
class StreamsReader {
 public:
  StreamsReader(std::string_view row, uint32_t block);

  // Goes to the next source. Returns false at the end, and where the row is damaged.
  bool Next();

  const Status& status() const { return status_; }
  SourceRef source() const { return sources_.source(); }
  // The spans of all its streams, one stream after the other; none where it is irregular.
  std::span<const ReportSpan> spans() const { return spans_; }
  // Where each stream's spans end in there.
  std::span<const uint32_t> stream_ends() const { return ends_; }
  bool is_irregular() const { return ends_.empty(); }

 private:
  bool TakeStreams();

  std::string_view row_;
  Reader reader_;
  ColumnSources sources_;
  std::vector<ReportSpan> spans_;
  std::vector<uint32_t> ends_;
  Status status_;
};

// What a block's regular sources say of one metric.
class ColumnReader {
 public:
  ColumnReader(std::string_view row, uint32_t block);

  // As StreamsReader::Next.
  bool Next();

  const Status& status() const { return status_; }
  SourceRef source() const { return sources_.source(); }
  // By label set; those of one label set by span.
  std::span<const MetricColumn::Item> items() const { return items_; }

 private:
  bool TakeItems();

  std::string_view row_;
  Reader reader_;
  ColumnSources sources_;
  std::vector<MetricColumn::Item> items_;
  std::optional<MetricColumn::Item> before_;  // the last one of the source before
  Status status_;
};

}  // namespace rollcall::storage
