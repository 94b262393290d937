// The distributions of a fleet's figures while a period is scanned: how much of each every counted
// source has, by its peaks and by its latest report. A source's latest report is read from its
// chunks, the newest day first: for most sources that is one chunk. Owned by a scan; one thread.
//
// A source's number by its peak is the most that one report of the period had of the figure. Of a
// figure that counts one label value, no sum within a report is stored: there it is the sum of the
// peaks of the source's series, which is the same where the source has one.
//
// By its latest report it is the sum of the figure's series in the latest report of the period that
// had any series of the metric. Infinite values are left out of everything.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "counts/paged_array.h"
#include "model/distribution.h"
#include "model/fleet.h"
#include "model/report.h"
#include "storage/chunk_codec.h"
#include "storage/period_rows.h"
#include "storage/stores.h"

namespace rollcall::counts {

class FigureScan {
 public:
  // All must outlive it.
  FigureScan(const Fleet& fleet, storage::Stores& stores, const storage::Snapshot& snapshot)
      : fleet_(fleet), stores_(stores), snapshot_(snapshot) {}

  // Must be called first. Fails where the store cannot be read.
  Status Open();

  // Adds a row of the current source's peaks; where it has several, the newest month comes first.
  // The row's active days are those of which reports count. Fails where the row is damaged or the
  // store cannot be read; any failure ends the scan.
  Status AddRow(Month month, std::string_view encoded_peaks);
  // Counts the current source; the next row is another one's. Fails as AddRow does.
  Status CloseSource(SourceRef source);

  // Adds a row for each figure. Must be called once, at the end.
  void AddTo(storage::TallyRows& rows);

 private:
  enum class Match : uint8_t { kUnknown, kNo, kYes };

  // What a report has of a figure.
  struct InReport {
    bool has_metric = false;
    std::optional<double> number;
  };
  struct OfFigure {
    const Figure* figure = nullptr;
    MetricRef metric;
    PagedArray<Match> matches;  // by label set; only of a figure that counts one label value
    DistributionBuilder by_peak;
    DistributionBuilder by_latest;
    // Of the current source:
    std::optional<size_t> newest;         // the first of months_ that has the metric
    double report_max = 0;                // of the metric's sum within one report
    std::map<LabelSetRef, double> peaks;  // of the series that match
    InReport latest;
  };
  struct ActiveMonth {
    Month month;
    uint32_t days = 0;  // bit n: day n + 1
  };

  Result<bool> Matches(OfFigure& of, LabelSetRef label_set);
  Result<InReport> Count(OfFigure& of, const std::vector<SeriesValue>& series);
  // Finds the current source's latest reports. Where one is not stored any more, or damaged, notes
  // so.
  Status ReadLatest(SourceRef source);
  // The same in one month, for the figures `missing`; takes those out of it that it finds.
  Status ReadLatest(SourceRef source, const ActiveMonth& month, std::vector<OfFigure*>& missing);
  Status ReadChunk(Day day, std::string_view chunk, const std::vector<OfFigure*>& missing);

  const Fleet& fleet_;
  storage::Stores& stores_;
  const storage::Snapshot& snapshot_;
  MetricRef counted_metric_;
  std::vector<OfFigure> figures_;  // as in Fleet::figures
  int64_t counted_ = 0;
  bool latest_is_known_ = true;  // of all sources so far

  // Of the current source:
  bool is_counted_ = false;
  std::vector<ActiveMonth> months_;  // the newest first
  // Of a chunk, by stream: what its report at hand has, parallel to the missing figures.
  std::array<std::vector<InReport>, storage::kStreamSlots> streams_;
};

}  // namespace rollcall::counts
