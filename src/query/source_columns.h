// The wanted series of one source as columns, read straight from its chunks: the times of a
// stream's reports are one list (an axis) that its series share, and values are runs over it. So a
// report that says the same again costs one time, whatever the number of series.
//
// Which axis a stream is put on is a matter of cost alone: where a series comes to lie on several,
// they are merged into one of its own. Reports of one second are dated as by ChunkWindow, and of
// samples with the same series and time the one with the largest value stays.
//
// Where only values matter, at given instants, closed days may be taken in as spans of reports
// (storage/day_columns.h) instead of chunks. A span's series then have times at the instants within
// it and at its end, instead of its reports' own.
//
// Reused from source to source. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "base/status.h"
#include "query/label_index.h"
#include "query/promql/budget.h"
#include "query/promql/series_source.h"
#include "query/report_gaps.h"
#include "query/time_list.h"
#include "storage/chunk_codec.h"
#include "storage/chunk_scanner.h"
#include "storage/day_columns.h"

namespace rollcall::query {

class SourceColumns {
 public:
  struct Chunk {
    Day day;
    std::string_view bytes;
  };

  // A closed day of a source.
  struct SpanDay {
    Day day;
    std::span<const storage::ReportSpan> spans;  // of all streams, one stream after the other
    std::span<const uint32_t> stream_ends;       // where each stream's end in there
    std::span<const storage::MetricColumn::Item> items;  // in any order
  };

  // Both must outlive it. `of_windows`: whether the samples of windows are wanted, not the latest:
  // then the budget's samples are charged for the times of reports as well as for runs.
  SourceColumns(const WantedLabelSets& wanted, promql::Budget& budget, bool of_windows)
      : wanted_(wanted), budget_(budget), of_windows_(of_windows) {}
  ~SourceColumns() { budget_.GiveMemory(charged_); }
  SourceColumns(const SourceColumns&) = delete;
  SourceColumns& operator=(const SourceColumns&) = delete;

  // Reads the chunks of one source, which must ascend by day, in the place of what was read before;
  // reports after `to`, Unix milliseconds, are left out. DataLoss: a chunk is damaged.
  // InvalidArgument: over the budget. On failure nothing may be asked of it.
  Status Read(std::span<const Chunk> chunks, int64_t to);

  // The same where only values matter, at `instants`, which must outlive it, and days may come as
  // spans: they are added between these two, ascending; chunks' bytes must stay until the second.
  // Unless windows are wanted, days of spans must not go beyond `to`. Status as of Read. False:
  // what was added cannot be told so, and Read has to be used.
  void BeginDays(int64_t to, std::span<const int64_t> instants);
  // `is_irregular`: reports may be in any order, and several in a second.
  Status Add(const Chunk& chunk, bool is_irregular);
  Status Add(const SpanDay& day);
  Result<bool> EndDays();

  // Returns the series that the source has, by their numbers in here, which stay from source to
  // source.
  std::span<const uint32_t> series() const { return used_; }
  // Returns which of the wanted label sets a series is.
  uint32_t LabelSetOf(uint32_t series) const { return series_[series].label_set; }
  uint32_t AxisOf(uint32_t series) const { return series_[series].axis; }
  std::span<const int64_t> TimesOf(uint32_t axis) const { return axes_[axis].times; }
  // After EndDays: what the reports' times tell, which TimesOf does not have; where windows are
  // wanted, only longest_of_spans.
  const ReportGaps& GapsOf(uint32_t axis) const { return axes_[axis].gaps; }
  // Returns the series' runs over its times from number `begin` on, which are then counted from 0.
  // Must be called at most once for a series.
  std::span<const promql::Run> RunsFrom(uint32_t series, uint32_t begin);
  uint32_t axes() const { return axis_count_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint64_t kNobody = UINT64_MAX;

  struct Item {
    uint32_t series = 0;
    double value = 0;
  };
  struct Edit {
    Item item;
    bool gone = false;
  };
  struct OpenRun {
    uint32_t series = 0;
    uint32_t begin = 0;
    double value = 0;
  };
  struct Axis {
    TimeList times;
    std::vector<OpenRun> open;  // by series: what the last report on the axis says
    uint64_t owner = kNobody;   // the chunk and slot of that report
    ReportGaps gaps;            // of days that may come as spans
    size_t gaps_end = 0;        // how many of `times` it knows
  };
  struct Series {
    uint32_t label_set = 0;
    uint32_t axis = kNone;  // of `runs`; kNone: the source does not have the series
    std::vector<promql::Run> runs;
    std::vector<std::pair<uint32_t, promql::Run>> elsewhere;  // on other axes
  };
  struct Slot {
    // The latest full entry, of whichever chunk of the source.
    std::string_view full;
    std::vector<Item> full_items;
    uint64_t full_metrics = 0;
    // The latest report: what it says of wanted series, by series, and a bit for each metric.
    std::vector<Item> items;
    uint64_t metrics = 0;
    bool is_full = false;  // it says what the full entry says
    bool is_news = false;  // the axis does not know it yet
    // It was the last to report on its axis: what says the same again only adds its time.
    bool is_steady = false;
    uint32_t axis = kNone;
  };

  void Clear();
  // Ends the series' last runs.
  Status Finish();
  // Tells the budget what memory is held now.
  Status Charge();
  // Sets `layered` where two reports of a second may share a metric, or the clock was set back:
  // then Read begins again.
  Status ReadChunk(const Chunk& chunk, bool& layered);
  template <typename IsAlone>
  void ReadSames(storage::ChunkScanner& scanner, IsAlone is_alone);
  // As ReadChunk, for chunks with such reports.
  Status ReadLayered(const Chunk& chunk);
  // Return false where the entry is damaged.
  bool ReadFull(storage::ChunkScanner& scanner, Slot& slot);
  bool ReadDifference(storage::ChunkScanner& scanner, Slot& slot);
  // Fills span_items_.
  void ItemsBySpan(const SpanDay& day);
  void AppendSpan(unsigned slot_number, const storage::ReportSpan& span, int64_t day_start);
  void BeginChunk();
  void Append(unsigned slot_number, int64_t time);
  // The same with each of these times, which ascend, of one report after another that say the same.
  void AppendAll(unsigned slot_number, std::span<const int64_t> times);
  // Returns whether the stream says nothing that is wanted, and did not either in the chunk before.
  static bool IsSilent(const Slot& slot) { return slot.items.empty() && slot.axis == kNone; }
  uint32_t ChooseAxis(const Slot& slot, uint64_t owner, int64_t time);
  // Makes the items what the next report on the axis says.
  void Change(uint32_t axis_number, const std::vector<Item>& items);
  void Close(uint32_t axis_number, const OpenRun& open, uint32_t end);
  // Gives a series that lies on several axes one of its own.
  void Merge(Series& series);
  // Returns kNone where the label set is not wanted.
  uint32_t SeriesOf(LabelSetRef label_set);
  uint64_t BitOf(MetricRef metric);

  const WantedLabelSets& wanted_;
  promql::Budget& budget_;
  const bool of_windows_;
  int64_t to_ = 0;

  RefNumbers numbers_;  // places in series_, by the label set's number among the wanted ones
  std::vector<Series> series_;
  std::vector<uint32_t> used_;
  RefNumbers metric_bits_;
  uint32_t metrics_seen_ = 0;

  std::array<Slot, storage::kStreamSlots> slots_;
  uint64_t chunk_ = 0;    // how many were begun
  uint64_t runs_ = 0;     // of the source, so far
  uint64_t charged_ = 0;  // bytes; what is held once is kept for the next source
  std::vector<Axis> axes_;
  uint32_t axis_count_ = 0;
  std::vector<OpenRun> next_open_;  // scratch
  std::vector<Edit> edits_;
  std::vector<Item> next_items_;

  std::span<const int64_t> instants_;
  size_t instant_ = 0;  // the first that is in the day, or after it
  bool is_layered_ = false;
  std::vector<std::vector<Item>> span_items_;              // scratch, by span
  std::vector<std::pair<uint32_t, unsigned>> span_order_;  // scratch: spans and their slots
};

}  // namespace rollcall::query
