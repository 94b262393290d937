#include "query/promql/part_visit.h"

#include <algorithm>
#include <string>

#include "query/promql/run_in_order.h"
#include "query/promql/vectors.h"

namespace rollcall::promql {
namespace {

bool IsNameOfCounter(std::string_view name) {
  return name.ends_with("_total") || name.ends_with("_sum") || name.ends_with("_count") ||
         name.ends_with("_bucket");
}

}  // namespace

SeriesWork::SeriesWork(Evaluator& evaluator, const PartWork& work)
    : evaluator_(evaluator),
      work_(work),
      pace_(evaluator.budget()),
      values_(work.ends.size(), kAbsent),
      samples_(work.ends.size()) {}

Status SeriesWork::Take(const SeriesView& series, ElementConsumer& consumer) {
  if (series.runs.empty()) {
    return Status::Ok();
  }
  if (series.axis == 0 || series.axis != axis_) {
    FindPositions(series.times, work_.ends, to_);
    if (!work_.starts.empty()) {
      FindPositions(series.times, work_.starts, from_);
    }
    axis_ = series.axis;
  }
  FindBounds(series);
  if (begin_ >= end_) {
    return Status::Ok();
  }
  ROLLCALL_RETURN_IF_ERROR(evaluator_.budget().TakeSamples(end_ - begin_));
  if (work_.starts.empty()) {
    SelectInstants(series);
  } else {
    ROLLCALL_RETURN_IF_ERROR(ComputeRange(series));
  }
  for (const Transform& transform : work_.transforms) {
    transform(values_, begin_, end_);
  }
  while (begin_ < end_ && IsAbsent(values_[begin_])) ++begin_;
  while (begin_ < end_ && IsAbsent(values_[end_ - 1])) --end_;
  if (begin_ < end_) {
    NoteName(series.labels);
    ROLLCALL_RETURN_IF_ERROR(consumer.Take({series.labels, values_, begin_, end_}));
    std::fill(values_.begin() + begin_, values_.begin() + end_, kAbsent);
  }
  return Status::Ok();
}

void SeriesWork::FindBounds(const SeriesView& series) {
  const uint32_t first = series.runs.front().begin;
  const uint32_t last = series.runs.back().end - 1;
  begin_ = static_cast<size_t>(std::upper_bound(to_.begin(), to_.end(), first) - to_.begin());
  if (work_.starts.empty()) {
    const int64_t end = Minus(series.times[last], -series.lookback_ms);
    end_ = static_cast<size_t>(std::lower_bound(work_.ends.begin(), work_.ends.end(), end) -
                               work_.ends.begin());
  } else {
    end_ = static_cast<size_t>(std::upper_bound(from_.begin(), from_.end(), last) - from_.begin());
  }
}

void SeriesWork::SelectInstants(const SeriesView& series) {
  const std::span<const Run> runs = series.runs;
  size_t run = 0;
  for (size_t i = begin_; i < end_; ++i) {
    const uint32_t to = to_[i];  // at least one sample is before
    while (run + 1 < runs.size() && runs[run + 1].begin < to) {
      ++run;
    }
    const int64_t time = series.times[std::min(to, runs[run].end) - 1];
    if (Minus(work_.ends[i], time) < series.lookback_ms) {
      values_[i] = work_.wants_times ? static_cast<double>(time) / 1000 : runs[run].value;
      ++samples_[i];
    }
  }
}

Status SeriesWork::ComputeRange(const SeriesView& series) {
  const Windows windows{series.times, series.runs, work_.starts, work_.ends, from_, to_};
  return work_.function({.windows = windows,
                         .begin = begin_,
                         .end = end_,
                         .instants = work_.instants,
                         .parameters = work_.parameters,
                         .place = work_.parameter_place,
                         .out = values_,
                         .samples = samples_,
                         .pace = pace_,
                         .notes = evaluator_.notes()});
}

void SeriesWork::NoteName(const Labels& labels) {
  if (work_.function == nullptr ||
      (work_.function_id != FunctionId::kRate && work_.function_id != FunctionId::kIncrease)) {
    return;
  }
  const std::string_view name = labels.Get(kMetricName);
  if (!name.empty() && name != noted_name_ && !IsNameOfCounter(name)) {
    noted_name_ = name;
    evaluator_.notes().Info(
        "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"" +
            noted_name_ + "\"",
        work_.range_place);
  }
}

Status VisitParts(Evaluator& evaluator, std::span<const std::unique_ptr<SeriesPart>> parts,
                  const PartWork& work, Scope& scope,
                  const std::function<std::unique_ptr<ElementConsumer>()>& make,
                  const std::function<Status(ElementConsumer&)>& merge) {
  struct Done {
    std::unique_ptr<ElementConsumer> consumer;
    std::vector<uint64_t> samples;
  };
  std::vector<Done> done(parts.size());
  return RunInOrder(
      parts.size(), evaluator.threads(),
      [&](size_t i) {
        SeriesWork series_work(evaluator, work);
        done[i].consumer = make();
        ROLLCALL_RETURN_IF_ERROR(parts[i]->Visit(
            [&](const SeriesView& series) { return series_work.Take(series, *done[i].consumer); }));
        done[i].samples = series_work.samples();
        return Status::Ok();
      },
      [&](size_t i) {
        for (size_t step = 0; step < scope.samples.size(); ++step) {
          scope.samples[step] += done[i].samples[step];
        }
        const Status status = merge(*done[i].consumer);
        done[i] = {};
        return status;
      });
}

}  // namespace rollcall::promql
