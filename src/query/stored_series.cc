#include "query/stored_series.h"

#include <algorithm>
#include <map>

#include "base/run_on_threads.h"
#include "query/known_peaks.h"
#include "query/matched_sources.h"
#include "query/stored_part.h"

namespace rollcall::query {
namespace {

using promql::SelectRequest;
using promql::SeriesPart;

// A part has at most so many sources, and a selection at least so many parts where it has as many
// sources: threads take the next one when they are done.
constexpr size_t kMostSourcesOfPart = 96;
constexpr size_t kParts = 16;

// Columns are of use where at most so many instants are asked for of a day, and few metrics.
constexpr int64_t kMostInstantsOfDay = 48;
constexpr size_t kMostColumns = 16;
// Parts of one block each read its columns. So a block is one part, but for the last blocks, one
// and a half for each thread, which are two each, for threads to end together.
size_t SourcesOfHalves() { return size_t{ThreadsForWork()} * storage::kSourcesPerColumn * 3 / 2; }

// Whether days may be read from their columns.
bool WantsColumns(const SelectRequest& request, const WantedLabelSets& wanted, size_t days) {
  if (request.instants.empty() || wanted.metric_refs.size() > kMostColumns) return false;
  // Spans tell an interval only where it is shorter than the step: of an instant query, and of one
  // with short steps, all sources would be read a second time.
  const bool is_auto = request.latest && !request.lookback_ms;
  return is_auto ? request.step_ms * kMostInstantsOfDay >= kMsPerDay
                 : request.instants.size() <= days * kMostInstantsOfDay;
}

// Returns where the part that begins with source number `begin` ends.
size_t EndOfPart(std::span<const MatchedSource> sources, size_t begin, size_t most,
                 bool is_of_one_block) {
  if (!is_of_one_block) return std::min(begin + most, sources.size());
  const bool is_half = sources.size() - begin <= SourcesOfHalves();
  const size_t last =
      std::min(begin + (is_half ? storage::kSourcesPerColumn / 2 : storage::kSourcesPerColumn),
               sources.size());
  const uint32_t block = storage::ColumnBlockOf(sources[begin].ref);
  size_t end = begin + 1;
  while (end < last && storage::ColumnBlockOf(sources[end].ref) == block) ++end;
  return end;
}

int64_t DayNumberOf(int64_t ms) { return ms >= 0 ? ms / kMsPerDay : 0; }

// Returns the days from `first` to `last`, both inclusive, on which the fleet has chunks.
Result<std::vector<Day>> DaysWithChunks(const storage::Store& store,
                                        const storage::Snapshot& snapshot, FleetRef fleet,
                                        Day first, Day last) {
  std::vector<Day> days;
  storage::Scan scan =
      store.NewScan(storage::Table::kChunks, storage::EncodePrefix(first.number, fleet),
                    storage::EncodePrefix(last.number + 1), &snapshot);
  Day day = first;
  while (scan.Valid() && day <= last) {
    const auto key = storage::DecodeChunkKey(scan.key());
    if (!key) return Status::DataLoss("read chunks: a key is damaged");
    if (key->day > day) {
      day = key->day;
    } else {
      if (key->fleet == fleet) days.push_back(day);
      ++day.number;
    }
    scan.Seek(storage::EncodePrefix(day.number, fleet));
  }
  ROLLCALL_RETURN_IF_ERROR(scan.status());
  return days;
}

}  // namespace

std::unique_ptr<StoredView> StoredSeries::Now() {
  return std::make_unique<StoredView>(*this, stores_.store().TakeSnapshot(), fleets_());
}

Result<std::vector<std::unique_ptr<SeriesPart>>> StoredView::Select(const SelectRequest& request,
                                                                    promql::Budget& budget) {
  std::vector<std::unique_ptr<SeriesPart>> parts;
  if (request.to < 0 || request.to <= request.after - kIntervalDays * kMsPerDay) return parts;
  // The days that are always read, and those before.
  int64_t back = 0;
  if (request.latest) back = request.lookback_ms.value_or(std::max(request.step_ms, int64_t{0}));
  const bool is_auto = request.latest && !request.lookback_ms;
  const int64_t first =
      std::max(DayNumberOf(request.after - back + 1) - (is_auto ? 1 : 0), int64_t{0});
  const int64_t earliest =
      is_auto ? std::min(std::max(DayNumberOf(request.after) - kIntervalDays, int64_t{0}), first)
              : first;
  const int64_t last = std::min(DayNumberOf(request.to), int64_t{UINT32_MAX} - 1);

  auto sources = MatchSources(store(), snapshot_, fleets_, request.matchers, budget);
  if (!sources.ok()) return sources.status();
  std::map<std::string, std::shared_ptr<const WantedLabelSets>> wanted_by_label;
  for (size_t f = 0; f < fleets_.size(); ++f) {
    const Fleet& fleet = *fleets_[f];
    if ((*sources)[f].empty()) continue;
    auto& wanted = wanted_by_label[fleet.id_label];
    if (!wanted) {
      auto found = series_.index_.Find(request.matchers, fleet.id_label);
      if (!found.ok()) return found.status();
      wanted = std::move(*found);
      ROLLCALL_RETURN_IF_ERROR(budget.TakeMemory(wanted->bytes));
    }
    if (wanted->refs.empty()) continue;
    auto days = DaysWithChunks(store(), snapshot_, fleet.ref, Day{static_cast<uint32_t>(earliest)},
                               Day{static_cast<uint32_t>(last)});
    if (!days.ok()) return days.status();
    const auto split =
        std::lower_bound(days->begin(), days->end(), Day{static_cast<uint32_t>(first)});
    const auto selection = std::make_shared<Selection>(
        Selection{store(), snapshot_, request, fleet.ref, fleet.id_label, wanted,
                  std::move((*sources)[f]), std::vector<Day>(split, days->end()),
                  std::vector<Day>(days->begin(), split), first * kMsPerDay,
                  WantsColumns(request, *wanted, static_cast<size_t>(days->end() - split))});
    const size_t count = selection->sources.size();
    const size_t most = std::clamp(count / kParts, size_t{1}, kMostSourcesOfPart);
    for (size_t begin = 0; begin < count;) {
      const size_t end = EndOfPart(selection->sources, begin, most, selection->by_columns);
      parts.push_back(std::make_unique<StoredPart>(selection, begin, end, budget));
      begin = end;
    }
  }
  return parts;
}

Result<std::optional<promql::Vector>> StoredView::Known(const promql::Expr& expr,
                                                        const promql::Steps& steps,
                                                        promql::Budget& budget) {
  if (steps.count() != 1) return std::optional<promql::Vector>();
  return KnownPeaks(store(), snapshot_, series_.index_, fleets_, series_.totals_,
                    series_.clock_.Now(), budget)
      .Find(expr, steps.start);
}

SeriesLists StoredView::Lists(promql::Budget& budget) const {
  return {store(), snapshot_, series_.index_, fleets_, budget};
}

Result<std::vector<std::string>> StoredView::MetricNames() const {
  const auto metrics = series_.index_.Metrics();
  if (!metrics.ok()) return metrics.status();
  std::vector<std::string> names;
  for (const auto& [name, ref] : *metrics) names.push_back(name);
  return names;
}

}  // namespace rollcall::query
