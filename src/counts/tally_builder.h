// Builds the tallies of a period from the sources' peaks, one source after another. Owned by a
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

// What is kept of a period at most. Whoever sends label values without end makes them no larger.
struct TallyBounds {
  size_t values = 1'000;     // of a label; the rest in one
  size_t value_bytes = 256;  // longer values are of the rest
  size_t total_bytes =
      8 * 1024 * 1024;  // of all rows; metrics of the fewest sources are left out first
};

class TallyBuilder {
 public:
  // `labels` and `snapshot` outlive it.
  TallyBuilder(const Fleet& fleet, storage::LabelDictionary& labels,
               const storage::Snapshot& snapshot, const TallyBounds& bounds = TallyBounds())
      : fleet_(fleet), labels_(labels), snapshot_(snapshot), bounds_(bounds) {}

  // Before the rest. Fails where the store cannot be read.
  Status Open();

  // A row of the source at hand; of several the newest first. Any failure ends the scan.
  Status AddRow(std::string_view encoded_peaks);
  void CloseSource(SourceRef source);

  // Who reported the fleet's counted metric.
  const SourceSet& sources() const { return sources_; }
  // To be called once, at the end.
  storage::TallyRows Finish();

 private:
  struct ValueSlot {
    uint32_t had_by = 0;      // the source that was counted last
    uint32_t nonzero_by = 0;  // the same
    ValueTally tally;
    ValueTally sizes;  // of its sources; only of labels of the counted metric
  };
  struct LabelSlot {
    MetricRef metric;
    std::string name;
    // → values_; of texts that are too long to be kept by their hash, behind a zero byte.
    std::unordered_map<std::string, uint32_t> values;
  };
  struct SeriesSlot {
    uint32_t source = 0;  // whose the rest is; others' is void
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
  // By which a label's value is told from others.
  std::string NameOf(std::string_view value) const;
  bool IsFigure(const LabelSlot& label, const std::string& value) const;
  // Of the source at hand; 0 where it did not say.
  ExactSum Size();
  // Both with the same values.
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
  std::vector<std::pair<MetricRef, const Figure*>> figures_;  // those of one label value

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
