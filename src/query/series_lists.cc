#include "query/series_lists.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/civil_time.h"
#include "query/peaks_walk.h"
#include "storage/peaks_scanner.h"

namespace rollcall::query {
namespace {

constexpr int64_t kLastMs = kLastSecond * 1000;
constexpr uint64_t kSetBytes = 64;  // of an entry of a set, beside its text
constexpr size_t kSeriesPerCharge = 1024;

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

bool ShareIdLabels(std::span<const Fleet* const> fleets) {
  std::set<std::string_view> labels;
  return std::any_of(fleets.begin(), fleets.end(),
                     [&](const Fleet* fleet) { return !labels.insert(fleet->id_label).second; });
}

// Forgets the sources behind the last one that the group has.
void DropUnused(SeriesGroup& group) {
  const auto& sources = group.of->sources;
  const auto end = sources.begin() + static_cast<ptrdiff_t>(group.items.back().source) + 1;
  group.of = std::make_shared<const SeriesChoice>(
      SeriesChoice{group.of->id_label, {sources.begin(), end}, group.of->wanted});
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

Result<Listed<SeriesGroup>> SeriesLists::Series(const SeriesListRequest& request) {
  Listed<SeriesGroup> listed;
  size_t count = 0;
  // What more than one selector, or fleet, may have.
  const bool may_repeat = request.selectors.size() > 1 || ShareIdLabels(fleets_);
  std::unordered_set<std::string> seen;
  const auto collect = [&](const Choice& choice) {
    listed.values.push_back({choice, {}});
    Collector collector;
    collector.take = [&](uint32_t source, uint32_t label_set) -> Result<bool> {
      SeriesGroup& group = listed.values.back();
      if (may_repeat) {
        std::string series = group.of->id_label + '\n' + group.of->sources[source].id + '\n' +
                             std::to_string(group.of->wanted->refs[label_set].value);
        const uint64_t bytes = kSetBytes + series.size();
        if (!seen.insert(std::move(series)).second) return true;
        ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(bytes));
      }
      if (request.limit != 0 && count == request.limit) {
        listed.is_cut = true;
        return false;
      }
      if (++count % kSeriesPerCharge == 0) {
        ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(kSeriesPerCharge));
        ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(kSeriesPerCharge * sizeof(SeriesGroup::Item)));
      }
      group.items.push_back({source, label_set});
      return true;
    };
    return collector;
  };
  ROLLCALL_RETURN_IF_ERROR(Collect(request, collect));
  ROLLCALL_RETURN_IF_ERROR(budget_.TakeSeries(count % kSeriesPerCharge));
  std::erase_if(listed.values, [](const SeriesGroup& group) { return group.items.empty(); });
  if (listed.is_cut && !listed.values.empty()) DropUnused(listed.values.back());
  return listed;
}

Result<Listed<std::string>> SeriesLists::LabelNames(const SeriesListRequest& request) {
  std::set<std::string> all;
  const auto collect = [&](const Choice& choice) {
    Collector collector;
    collector.wants = Collector::Wants::kLabelSets;
    collector.take = [&, choice](uint32_t, uint32_t label_set) -> Result<bool> {
      all.insert(choice->id_label);
      for (const auto& [name, value] : choice->wanted->labels[label_set].all()) {
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
  const auto collect = [&](const Choice& choice) {
    Collector collector;
    const bool is_id = choice->id_label == label;
    collector.wants = is_id ? Collector::Wants::kSources : Collector::Wants::kLabelSets;
    collector.take = [&, choice, is_id](uint32_t source, uint32_t label_set) {
      return add(is_id ? std::string_view(choice->sources[source].id)
                       : choice->wanted->labels[label_set].Get(label));
    };
    return collector;
  };
  ROLLCALL_RETURN_IF_ERROR(Collect(request, collect));
  return Cut(std::move(all), request.limit);
}

Status SeriesLists::Collect(const SeriesListRequest& request,
                            const std::function<Collector(const Choice&)>& which) {
  static const std::vector<std::vector<promql::Matcher>> kAll(1);
  if (request.start > request.end) return Status::Ok();
  for (const auto& matchers : request.selectors.empty() ? kAll : request.selectors) {
    auto sources = MatchSources(store_, snapshot_, fleets_, matchers, budget_);
    if (!sources.ok()) return sources.status();
    for (size_t f = 0; f < fleets_.size(); ++f) {
      if ((*sources)[f].empty()) continue;
      auto wanted = index_.Find(matchers, fleets_[f]->id_label);
      if (!wanted.ok()) return wanted.status();
      const uint64_t bytes = (*wanted)->bytes;
      ROLLCALL_RETURN_IF_ERROR(budget_.TakeMemory(bytes));
      const auto choice = std::make_shared<const SeriesChoice>(
          SeriesChoice{fleets_[f]->id_label, std::move((*sources)[f]), *std::move(wanted)});
      const Result<bool> go_on = CollectOf(*fleets_[f], *choice, request, which(choice));
      if (!go_on.ok()) return go_on.status();
      if (!*go_on) return Status::Ok();
      if (choice.use_count() == 1) budget_.GiveMemory(bytes);  // nobody keeps it
    }
  }
  return Status::Ok();
}

Result<bool> SeriesLists::CollectOf(const Fleet& fleet, const SeriesChoice& choice,
                                    const SeriesListRequest& request, const Collector& collector) {
  const WantedLabelSets& wanted = *choice.wanted;
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
  bool are_wanted = true;  // more
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
    if (wants == Wants::kSources && !found.empty()) found.resize(1);
    const auto place = static_cast<uint32_t>(&source - choice.sources.data());
    for (size_t i = 0; i < found.size() && are_wanted; ++i) {
      const Result<bool> more = collector.take(place, found[i]);
      if (!more.ok()) return more.status();
      are_wanted = *more;
    }
    if (wants == Wants::kEverySeries) {
      for (const uint32_t number : found) is_there[number] = false;
    }
    if (wants == Wants::kLabelSets) left -= found.size();
    found.clear();
    return are_wanted && left != 0;
  };
  ROLLCALL_RETURN_IF_ERROR(
      WalkPeaks(store_, snapshot_, fleet.ref, *months, choice.sources, budget_, on_row, on_source));
  return are_wanted;
}

}  // namespace rollcall::query
