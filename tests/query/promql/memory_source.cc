#include "tests/query/promql/memory_source.h"

#include <algorithm>
#include <bit>

namespace rollcall::promql::test {
namespace {

constexpr size_t kSeriesInPart = 3;

class MemoryPart : public SeriesPart {
 public:
  MemoryPart(const SelectRequest& request, Budget& budget) : request_(request), budget_(budget) {}

  void Add(const MemorySource::Series& series) { series_.push_back(&series); }
  bool full() const { return series_.size() == kSeriesInPart; }

  Status Visit(const std::function<Status(const SeriesView&)>& visit) override {
    const int64_t lookback = request_.lookback_ms.value_or(MemorySource::kLookbackMs);
    const int64_t after = request_.latest ? request_.after - lookback : request_.after;
    for (const MemorySource::Series* const series : series_) {
      const auto begin = std::ranges::upper_bound(series->times, after);
      const auto end = std::ranges::upper_bound(series->times, request_.to);
      const auto first = static_cast<uint32_t>(begin - series->times.begin());
      const auto last = static_cast<uint32_t>(std::max(begin, end) - series->times.begin());
      if (first == last) continue;
      std::vector<Run> runs;
      for (Run run : series->runs) {
        run.begin = std::max(run.begin, first) - first;
        run.end = std::clamp(run.end, first, last) - first;
        if (run.begin < run.end) runs.push_back(run);
      }
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(1));
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeSamples(last - first));
      const std::span<const int64_t> times(series->times);
      ROLLCALL_RETURN_IF_ERROR(
          visit({series->labels, times.subspan(first, last - first), runs, lookback}));
    }
    return Status::Ok();
  }

 private:
  const SelectRequest request_;
  Budget& budget_;
  std::vector<const MemorySource::Series*> series_;
};

}  // namespace

void MemorySource::Add(const Labels& labels, const std::vector<Point>& points) {
  auto at = std::ranges::lower_bound(series_, labels, {}, &Series::labels);
  if (at == series_.end() || at->labels != labels) at = series_.insert(at, {labels, {}, {}});
  for (const Point& point : points) {
    const auto index = static_cast<uint32_t>(at->times.size());
    at->times.push_back(point.time);
    const bool is_same = !at->runs.empty() && std::bit_cast<uint64_t>(at->runs.back().value) ==
                                                  std::bit_cast<uint64_t>(point.value);
    if (!is_same) at->runs.push_back({index, index, point.value});
    at->runs.back().end = index + 1;
  }
}

Result<std::vector<std::unique_ptr<SeriesPart>>> MemorySource::Select(const SelectRequest& request,
                                                                      Budget& budget) {
  std::vector<std::unique_ptr<SeriesPart>> parts;
  MemoryPart* part = nullptr;
  for (const Series& series : series_) {
    const bool matches = std::ranges::all_of(request.matchers, [&](const Matcher& matcher) {
      return matcher.Matches(series.labels.Get(matcher.label()));
    });
    if (!matches) continue;
    if (part == nullptr || part->full()) {
      auto made = std::make_unique<MemoryPart>(request, budget);
      part = made.get();
      parts.push_back(std::move(made));
    }
    part->Add(series);
  }
  return parts;
}

}  // namespace rollcall::promql::test
