#include "counts/figure_scan.h"

#include <algorithm>
#include <cmath>

#include "model/label_set.h"
#include "storage/keys.h"
#include "storage/row_codec.h"

namespace rollcall::counts {

Status FigureScan::Open() {
  const auto counted = stores_.labels().FindMetric(fleet_.counted_metric, &snapshot_);
  if (!counted.ok()) return counted.status();
  counted_metric_ = *counted;
  figures_.resize(fleet_.figures.size());
  for (size_t i = 0; i < figures_.size(); ++i) {
    figures_[i].figure = &fleet_.figures[i];
    const auto metric = stores_.labels().FindMetric(fleet_.figures[i].metric, &snapshot_);
    if (!metric.ok()) return metric.status();
    figures_[i].metric = *metric;
  }
  return Status::Ok();
}

Result<bool> FigureScan::Matches(OfFigure& of, LabelSetRef label_set) {
  if (of.figure->label.empty()) return true;
  Match& match = of.matches[label_set.value];
  if (match == Match::kUnknown) {
    const auto text = stores_.labels().TextOf(label_set, &snapshot_);
    if (!text.ok()) return text.status();
    const bool is_it = LabelValue(*text, of.figure->label) == of.figure->label_value;
    match = is_it ? Match::kYes : Match::kNo;
  }
  return match == Match::kYes;
}

Status FigureScan::AddRow(Month month, std::string_view encoded_peaks) {
  const size_t row = months_.size();
  ActiveMonth& active = months_.emplace_back();
  active.month = month;
  bool has_labelled = false;  // some figure counts one label value of the metric at hand
  Status status;
  const bool whole = storage::VisitPeaks(
      encoded_peaks, active.days,
      [&](MetricRef metric, double report_sum_peak) {
        is_counted_ |= metric == counted_metric_;
        has_labelled = false;
        for (OfFigure& of : figures_) {
          if (of.metric != metric) continue;
          has_labelled |= !of.figure->label.empty();
          of.report_max = of.newest ? std::max(of.report_max, report_sum_peak) : report_sum_peak;
          if (!of.newest) of.newest = row;
        }
      },
      [&](MetricRef metric, LabelSetRef label_set, double peak, bool) {
        if (!has_labelled) return;
        for (OfFigure& of : figures_) {
          if (of.metric != metric || of.figure->label.empty()) continue;
          const Result<bool> matches = Matches(of, label_set);
          if (!matches.ok()) status = matches.status();
          if (!matches.ok() || !*matches) continue;
          const auto [at, is_new] = of.peaks.emplace(label_set, peak);
          if (!is_new) at->second = std::max(at->second, peak);
        }
      });
  if (!whole) return Status::DataLoss("decode peaks: not a whole row");
  return status;
}

Status FigureScan::CloseSource(SourceRef source) {
  if (is_counted_) {
    ++counted_;
    if (latest_is_known_) ROLLCALL_RETURN_IF_ERROR(ReadLatest(source));
  }
  for (OfFigure& of : figures_) {
    if (is_counted_ && of.newest) {
      ExactSum sum;
      for (const auto& [label_set, peak] : of.peaks) sum += ExactSum::Of(peak);
      if (of.figure->label.empty()) {
        of.by_peak.Add(of.report_max);
      } else if (!of.peaks.empty()) {
        of.by_peak.Add(sum.ToDouble());
      }
      if (of.latest.number) of.by_latest.Add(*of.latest.number);
    }
    of.newest.reset();
    of.peaks.clear();
    of.latest = {};
  }
  is_counted_ = false;
  months_.clear();
  return Status::Ok();
}

Status FigureScan::ReadLatest(SourceRef source) {
  std::vector<OfFigure*> missing;
  for (size_t row = 0; row < months_.size(); ++row) {
    missing.clear();
    for (OfFigure& of : figures_) {
      if (of.newest == row) missing.push_back(&of);
    }
    if (missing.empty()) continue;
    ROLLCALL_RETURN_IF_ERROR(ReadLatest(source, months_[row], missing));
    latest_is_known_ = missing.empty();
    if (!latest_is_known_) break;
  }
  return Status::Ok();
}

Status FigureScan::ReadLatest(SourceRef source, const ActiveMonth& month,
                              std::vector<OfFigure*>& missing) {
  const uint32_t first = month.month.FirstDay().number;
  for (uint32_t day = 32; day-- > 0 && !missing.empty();) {
    if ((month.days >> day & 1) == 0) continue;
    const auto chunk = stores_.store().Get(
        storage::Table::kChunks,
        storage::EncodeKey(storage::ChunkKey{Day{first + day}, fleet_.ref, source}), &snapshot_);
    // Damage in the reports takes nothing from what peaks say.
    if (chunk.status().code() == Code::kDataLoss) break;
    if (!chunk.ok()) return chunk.status();
    if (!chunk->has_value()) continue;
    ROLLCALL_RETURN_IF_ERROR(ReadChunk(Day{first + day}, **chunk, missing));
    std::erase_if(missing, [](const OfFigure* of) { return of->latest.has_metric; });
  }
  return Status::Ok();
}

// Of a damaged chunk only the reports before the damage count.
Status FigureScan::ReadChunk(Day day, std::string_view chunk,
                             const std::vector<OfFigure*>& missing) {
  storage::ChunkReader reader(day, chunk);
  while (reader.Next()) {
    std::vector<InReport>& stream = streams_[reader.slot()];
    if (!reader.repeats()) {
      stream.clear();
      for (OfFigure* const of : missing) {
        const Result<InReport> counted = Count(*of, reader.series());
        if (!counted.ok()) return counted.status();
        stream.push_back(*counted);
      }
    }
    for (size_t i = 0; i < missing.size(); ++i) {
      if (stream[i].has_metric) missing[i]->latest = stream[i];
    }
  }
  return Status::Ok();
}

Result<FigureScan::InReport> FigureScan::Count(OfFigure& of,
                                               const std::vector<SeriesValue>& series) {
  InReport counted;
  ExactSum sum;
  bool has_number = false;
  auto at = std::lower_bound(
      series.begin(), series.end(), of.metric,
      [](const SeriesValue& one, MetricRef metric) { return one.metric < metric; });
  for (; at != series.end() && at->metric == of.metric; ++at) {
    if (!std::isfinite(at->value)) continue;
    counted.has_metric = true;
    const Result<bool> matches = Matches(of, at->label_set);
    if (!matches.ok()) return matches.status();
    if (!*matches) continue;
    has_number = true;
    sum += ExactSum::Of(at->value);
  }
  if (has_number) counted.number = sum.ToDouble();
  return counted;
}

void FigureScan::AddTo(storage::TallyRows& rows) {
  for (OfFigure& of : figures_) {
    FigureDistribution made{counted_, of.by_peak.Finish(), std::nullopt};
    if (latest_is_known_) made.latest = of.by_latest.Finish();
    rows.insert_or_assign(storage::EncodeDistributionKey(*of.figure), storage::EncodeTally(made));
  }
}

}  // namespace rollcall::counts
