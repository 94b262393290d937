// The builder of a period's tallies, from the sources' peaks, one source after another. Owned by a
// scan; one thread.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "counts/paged_array.h"
#include "model/fleet.h"
#include "model/peaks.h"
#include "storage/label_dictionary.h"
#include "storage/period_rows.h"

namespace rollcall::counts {

// The bounds of what is kept of a period; all inclusive. They hold however many label values a
// hostile sender makes up.
struct TallyBounds {
  size_t values = 1'000;     // of a label, and those that figures count; the others are the rest
  size_t value_bytes = 256;  // longer values count with the rest
  size_t total_bytes =
      8 * 1024 * 1024;  // of all rows; metrics with the fewest sources are left out first
};

class TallyBuilder {
 public:
  // `fleet`, `labels` and `snapshot` must outlive it.
  TallyBuilder(const Fleet& fleet, storage::LabelDictionary& labels,
               const storage::Snapshot& snapshot, const TallyBounds& bounds = TallyBounds())
      : fleet_(fleet), labels_(labels), snapshot_(snapshot), bounds_(bounds) {}

  // Must be called first. Fails where the store cannot be read.
  Status Open();

  // Adds a row of the current source; where it has several, the newest month comes first. Fails
  // where the row is damaged or the store cannot be read; any failure ends the scan.
  Status AddRow(std::string_view encoded_peaks);
  // Counts the current source; the next row is another one's.
  void CloseSource(SourceRef source);

  // The sources that reported the fleet's counted metric.
  const SourceSet& sources() const { return sources_; }
  // Returns the rows. Must be called once, at the end.
  storage::TallyRows Finish();

 private:
  struct ValueSlot {
    uint32_t had_by = 0;      // the source counted last for it, by its number
    uint32_t nonzero_by = 0;  // the same
    ValueTally tally;
    ValueTally sizes;  // of its sources; only for labels of the counted metric
  };
  struct LabelSlot {
    MetricRef metric;
    std::string name;
    // From a value to its place in values_. A value that is too long: a zero byte and its hash.
    std::unordered_map<std::string, uint32_t> values;
  };
  struct SeriesSlot {
    uint32_t source = 0;  // that `current` and `max` belong to; void for any other
    bool current = false;
    bool known = false;  // the next two are set
    double max = 0;
    MetricRef metric;
    uint32_t first_value = 0;  // in value_refs_
    uint32_t value_count = 0;
  };
  struct MetricSlot {
    uint32_t source = 0;
    double report_max = 0;
    Totals tally;
    std::unordered_map<std::string, uint32_t> labels;  // → labels_slots_
  };

  Status Resolve(MetricRef metric, LabelSetRef label_set, SeriesSlot& slot);
  // The key of a label's value in LabelSlot::values.
  std::string NameOf(std::string_view value) const;
  bool IsFigure(const LabelSlot& label, const std::string& value) const;
  // The size of the current source; 0 where it did not report it.
  ExactSum Size();
  // Both list the same values, in the same order.
  struct FinishedLabel {
    LabelTally tally;
    LabelTally sizes;
  };
  FinishedLabel FinishLabel(const LabelSlot& label);

  const Fleet& fleet_;
  storage::LabelDictionary& labels_;
  const storage::Snapshot& snapshot_;
  const TallyBounds bounds_;
  MetricRef counted_metric_;
  MetricRef size_metric_;
  std::vector<std::pair<MetricRef, const Figure*>> figures_;  // those that count one label value

  uint32_t source_number_ = 1;
  PagedArray<SeriesSlot> series_;
  PagedArray<MetricSlot> metrics_;
  std::vector<uint32_t> touched_series_;
  std::vector<uint32_t> touched_metrics_;
  std::vector<uint32_t> known_metrics_;
  std::vector<LabelSlot> label_slots_;
  std::vector<ValueSlot> values_;
  std::vector<uint32_t> value_refs_;
  SourceSet sources_;
  Totals sizes_;  // of sources_
};

}  // namespace rollcall::counts
