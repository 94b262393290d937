// The columns of a closed day: what its chunks say, by metric instead of by source, for those who
// ask for few metrics of many sources and for values rather than for the times of reports. They
// are rows of the day's tallies (storage/FORMAT.md, "periods"), written and dropped with these;
// unlike tallies they go when the day's chunks do.
//
// A stream's reports are told as spans: reports one after another that say the same, with no gap
// among them that is much longer than the stream's others. A source whose day cannot be told so is
// irregular: its chunk has to be read. So is a damaged chunk's source.
//
// Sources are in blocks of kSourcesPerColumn refs, so that a row stays small.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "model/ids.h"
#include "storage/period_rows.h"

namespace rollcall::storage {

inline constexpr uint32_t kSourcesPerColumn = 256;
// A source with more of one of these on a day is irregular: what hardly ever stays the same is
// better read from the chunk. Both inclusive.
inline constexpr uint32_t kMostSpansOfSource = 64;
inline constexpr uint32_t kMostItemsOfSource = 4'096;
constexpr uint32_t ColumnBlockOf(SourceRef source) { return source.value / kSourcesPerColumn; }

// Reports of one stream. Seconds are those of the day.
struct ReportSpan {
  uint32_t first = 0;
  uint32_t last = 0;
  uint32_t longest_gap = 0;  // seconds between two of them; 0 where there is one
  uint32_t reports = 1;

  bool operator==(const ReportSpan&) const = default;
};

// The streams of a block's sources on one day. `sources` are those with a chunk, ascending.
struct StreamsColumn {
  struct Source {
    SourceRef source;
    // Into `streams`, from the end of the source before; none: irregular.
    uint32_t streams_end = 0;

    bool operator==(const Source&) const = default;
  };
  std::vector<Source> sources;
  std::vector<uint32_t> streams;  // where each one's spans end in `spans`
  std::vector<ReportSpan> spans;  // of a stream: ascending and disjoint
};

// What a block's regular sources say of one metric on one day, by source, label set and first span.
struct MetricColumn {
  struct Item {
    SourceRef source;
    LabelSetRef label_set;
    // The spans, counted over all of the source's streams, in which it had the value. All are of
    // one stream.
    uint32_t first_span = 0;
    uint32_t end_span = 0;  // exclusive
    double value = 0;       // never NaN

    bool operator==(const Item&) const = default;
  };
  std::vector<Item> items;
};

// The rest of a row's key, after the prefix of the day's period.
std::string EncodeStreamsColumnKey(uint32_t block);
std::string EncodeColumnKey(MetricRef metric, uint32_t block);
struct ColumnKey {
  MetricRef metric;  // 0: the streams
  uint32_t block = 0;

  bool operator==(const ColumnKey&) const = default;
};
// nullopt where the bytes are no such key.
std::optional<ColumnKey> DecodeColumnKey(std::string_view bytes);
// Returns where the columns begin among the rows of a period; they are its last rows.
std::string FirstColumnKey();
// Returns the range of the columns of a day.
KeyRange ColumnsOf(const PeriodKey& day);

std::string EncodeColumn(const StreamsColumn& column, uint32_t block);
std::string EncodeColumn(const MetricColumn& column, uint32_t block);
// DataLoss where the bytes are not what the encoders write; the result is then unspecified.
// Replace what `column` held, and keep its memory.
Status DecodeColumn(std::string_view bytes, uint32_t block, StreamsColumn& column);
Status DecodeColumn(std::string_view bytes, uint32_t block, MetricColumn& column);

// Makes the columns of a fleet's day from its chunks. One thread.
//
// A source is irregular where
// * its chunk is damaged, or has no report;
// * a report's time is before that of the report before it, or outside of the day;
// * two reports of one second share a metric or are of one stream;
// * two of its streams have a label set in turn: one has it between the first and the last of
//   reports in a row of the other that have it;
// * it has more spans or items than above, or the columns of those before it have
//   `most_bytes` already.
class DayColumnsBuilder {
 public:
  // What all rows of a day may take, about: a source is not begun with once they have as much.
  // Ordinary sources have some 300 bytes each; without a bound hostile ones could fill the memory.
  static constexpr size_t kMostBytes = size_t{128} << 20;

  // `rows` must outlive it.
  DayColumnsBuilder(Day day, TallyRows& rows, size_t most_bytes = kMostBytes);
  ~DayColumnsBuilder();

  // Takes in the chunk of a source. Sources must ascend. A block's rows are added to the rows given
  // to the constructor once the next block begins.
  void Add(SourceRef source, std::string_view chunk);
  // Adds the rows of the last block. Must be called once, last.
  void Finish();

 private:
  class ToldChunk;  // what one chunk says, as spans and items

  const Day day_;
  TallyRows& rows_;
  const size_t most_bytes_;
  size_t bytes_ = 0;  // of the rows added
  uint32_t block_ = 0;
  StreamsColumn streams_;                      // of the block
  std::map<MetricRef, MetricColumn> metrics_;  // of the block
  const std::unique_ptr<ToldChunk> told_;      // of one source after another
};

}  // namespace rollcall::storage
