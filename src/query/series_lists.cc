#include "query/series_lists.h"

#include <algorithm>

#include "base/civil_time.h"
#include "query/peaks_walk.h"
#include "storage/peaks_scanner.h"

namespace rollcall::query {
namespace {

using promql::Labels;

constexpr int64_t kLastMs = kLastSecond * 1000;
constexpr uint64_t kSetBytes = 64;  // of an entry of a set, beside its text

Day DayOf(int64_t ms) {
  return {static_cast<uint32_t>(std::clamp(ms, int64_t{0}, kLastMs) / kMsPerDay)};
}

// The bits of a month's active days that a range of days touches.
uint32_t DaysIn(Month month, Day first, Day last) {
  const Day begin = month.FirstDay();
  const Day end = month.LastDay();
  if (last < begin || first > end) return 0;
  const uint32_t from = first > begin ? first.number - begin.number : 0;
  const uint32_t to = std::min(last, end).number - begin.number;
  return static_cast<uint32_t>(((uint64_t{1} << (to + 1)) - 1) & ~((uint64_t{1} << from) - 1));
}

template <typename T>
Listed<T> Cut(std::set<T> all, size_t limit) {
  Listed<T> listed;
  for (auto at = all.begin(); at != all.end();) {
    if (limit != 0 && listed.values.size() == limit) {
      listed.is_cut = true;
      break;
    }
    listed.values.push_back(std::move(all.extract(at++).value()));
  }
  return listed;
}

}  // namespace

Result<Listed<Labels>> SeriesLists::Series(const SeriesListRequest& request) {
  std::set<Labels> all;
  const auto collect = [&](const Fleet&) {
    Collector collector;
    collector.take = [&](const Fleet& of, const MatchedSource* source,
                         const WantedLabelSets& wanted, uint32_t label_set) -> Result<bool> {
      Labels labels = wanted.labels[label_set];
      labels.Set(of.id_label, source->id);
      if (!all.insert(std::move(labels)).second) return true;
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(1));
      ROLLCALL_RETURN_IF_ERROR(
          budget_.TakeMemory(kSetBytes * (wanted.labels[label_set].all().size() + 2)));
      return true;
    };
    return collector;
  };
  ROLLCALL_RETURN_IF_ERROR(Collect(request, collect));
  return Cut(std::move(all), request.limit);
}

Result<Listed<std::string>> SeriesLists::LabelNames(const SeriesListRequest& request) {
  std::set<std::string> all;
  const auto collect = [&](const Fleet&) {
    Collector collector;
    collector.wants = Collector::Wants::kLabelSets;
    collector.take = [&](const Fleet& of, const MatchedSource*, const WantedLabelSets& wanted,
                         uint32_t label_set) -> Result<bool> {
      all.insert(of.id_label);
      for (const auto& [name, value] : wanted.labels[label_set].all()) {
        if (!all.insert(name).second) continue;
        ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(kSetBytes + name.size()));
      }
      return true;
    };
    return collector;
  };
  ROLLCALL_RETURN_IF_ERROR(Collect(request, collect));
  return Cut(std::move(all), request.limit);
}

Result<Listed<std::string>> SeriesLists::LabelValues(const std::string& label,
                                                     const SeriesListRequest& request) {
  std::set<std::string> all;
  const auto add = [&](std::string_view value) -> Result<bool> {
    if (value.empty() || !all.emplace(value).second) return true;
    ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(kSetBytes + value.size()));
    return true;
  };
  const auto collect = [&](const Fleet& fleet) {
    Collector collector;
    const bool is_id = fleet.id_label == label;
    collector.wants = is_id ? Collector::Wants::kSources : Collector::Wants::kLabelSets;
    collector.take = [&, is_id](const Fleet&, const MatchedSource* source,
                                const WantedLabelSets& wanted, uint32_t label_set) {
      return add(is_id ? std::string_view(source->id) : wanted.labels[label_set].Get(label));
    };
    return collector;
  };
  ROLLCALL_RETURN_IF_ERROR(Collect(request, collect));
  return Cut(std::move(all), request.limit);
}

Status SeriesLists::Collect(const SeriesListRequest& request,
                            const std::function<Collector(const Fleet&)>& which) {
  static const std::vector<std::vector<promql::Matcher>> kAll(1);
  if (request.start > request.end) return Status::Ok();
  for (const auto& matchers : request.selectors.empty() ? kAll : request.selectors) {
    const auto sources = MatchSources(store_, snapshot_, fleets_, matchers, budget_);
    if (!sources.ok()) return sources.status();
    for (size_t f = 0; f < fleets_.size(); ++f) {
      if ((*sources)[f].empty()) continue;
      const auto wanted = index_.Find(matchers, fleets_[f]->id_label);
      if (!wanted.ok()) return wanted.status();
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory((*wanted)->bytes));
      ROLLCALL_RETURN_IF_ERROR(
          CollectOf(*fleets_[f], (*sources)[f], **wanted, request, which(*fleets_[f])));
      budget_.GiveMemory((*wanted)->bytes);
    }
  }
  return Status::Ok();
}

Status SeriesLists::CollectOf(const Fleet& fleet, std::span<const MatchedSource> sources,
                              const WantedLabelSets& wanted, const SeriesListRequest& request,
                              const Collector& collector) {
  const Day first = DayOf(request.start);
  const Day last = DayOf(request.end);
  const auto months =
      MonthsWithPeaks(store_, snapshot_, fleet.ref, Month::Of(first), Month::Of(last));
  if (!months.ok()) return months.status();

  using Wants = Collector::Wants;
  const Wants wants = collector.wants;
  std::vector<bool> is_there(wanted.refs.size());  // in the source or, of kLabelSets, in any
  std::vector<uint32_t> found;                     // those of the source that were not there
  size_t left = wanted.refs.size();
  const auto on_row = [&](const MatchedSource&, Month month, std::string_view row) {
    if (wants == Wants::kSources && !found.empty()) return Status::Ok();
    const uint32_t days = DaysIn(month, first, last);
    const bool whole = storage::ScanPeaks(
        row, [&](uint32_t active_days) { return (active_days & days) != 0; },
        [&](MetricRef metric) { return wanted.metrics.Find(metric.value) != RefNumbers::kNone; },
        [&](LabelSetRef label_set, double) {
          const uint32_t number = wanted.numbers.Find(label_set.value);
          if (number == RefNumbers::kNone || is_there[number]) return true;
          found.push_back(number);
          is_there[number] = wants != Wants::kSources;
          return wants != Wants::kSources;
        });
    return whole ? Status::Ok() : Status::DataLoss("not a whole row");
  };
  const auto on_source = [&](const MatchedSource& source) -> Result<bool> {
    bool go_on = true;
    if (wants == Wants::kSources && !found.empty()) found.resize(1);
    for (size_t i = 0; i < found.size() && go_on; ++i) {
      const Result<bool> more =
          collector.take(fleet, wants == Wants::kLabelSets ? nullptr : &source, wanted, found[i]);
      if (!more.ok()) return more.status();
      go_on = *more;
    }
    if (wants == Wants::kEverySeries) {
      for (const uint32_t number : found) is_there[number] = false;
    }
    if (wants == Wants::kLabelSets) left -= found.size();
    found.clear();
    return go_on && left != 0;
  };
  return WalkPeaks(store_, snapshot_, fleet.ref, *months, sources, budget_, on_row, on_source);
}

}  // namespace rollcall::query
