// Which series, label names and label values there are in a time range. They come from the peaks
// that are stored of each month, without a look at any report. So their precision is that of the
// calendar: a series is there if it was in any finite report of a month that the range touches, and
// its source reported on any day of that month that the range touches. Where retention has dropped
// a month's peaks, nothing of it is listed.
//
// One query; one thread. Owned by whoever asks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "model/fleet.h"
#include "query/label_index.h"
#include "query/matched_sources.h"
#include "query/promql/budget.h"
#include "query/promql/matcher.h"

namespace rollcall::query {

struct SeriesListRequest {
  // A series is listed if all matchers of one of them accept it; none at all: every series is.
  std::vector<std::vector<promql::Matcher>> selectors;
  // Unix milliseconds, both inclusive.
  int64_t start = 0;
  int64_t end = INT64_MAX;
  size_t limit = 0;  // how many are listed at most; 0: no bound but the budget's
};

template <typename T>
struct Listed {
  std::vector<T> values;  // ascending, each once
  bool is_cut = false;    // there are more
};

// What a selector chooses of a fleet. Immutable.
struct SeriesChoice {
  std::string id_label;                // of the fleet
  std::vector<MatchedSource> sources;  // by ref
  std::shared_ptr<const WantedLabelSets> wanted;
};

// Series, each of which is a label set with the id of a source.
struct SeriesGroup {
  struct Item {
    uint32_t source;     // its place in of->sources
    uint32_t label_set;  // its place in of->wanted->labels
  };
  std::shared_ptr<const SeriesChoice> of;
  std::vector<Item> items;  // by source
};

class SeriesLists {
 public:
  // All must outlive it. A view gives these: StoredView::Lists.
  SeriesLists(const storage::Store& store, const storage::Snapshot& snapshot, LabelIndex& index,
              std::span<const Fleet* const> fleets, promql::Budget& budget)
      : store_(store), snapshot_(snapshot), index_(index), fleets_(fleets), budget_(budget) {}

  // Fail as the store, and as the budget. Series stand in no order; each is in one group only.
  Result<Listed<SeriesGroup>> Series(const SeriesListRequest& request);
  Result<Listed<std::string>> LabelNames(const SeriesListRequest& request);
  Result<Listed<std::string>> LabelValues(const std::string& label,
                                          const SeriesListRequest& request);

 private:
  // What to do with the sources and label sets that are there.
  struct Collector {
    // Whether it is enough to know that a source has any of the label sets, or that any source has
    // a label set.
    enum class Wants { kEverySeries, kSources, kLabelSets } wants = Wants::kEverySeries;
    // Called for each series, with the places of its source and label set in the choice; of
    // kSources once for each source, with any of its label sets; of kLabelSets once for each label
    // set, with any source. Returns false where no more are wanted.
    std::function<Result<bool>(uint32_t source, uint32_t label_set)> take;
  };
  using Choice = std::shared_ptr<const SeriesChoice>;

  // Goes through the series of the request; `which` says what of a choice is to be collected.
  Status Collect(const SeriesListRequest& request,
                 const std::function<Collector(const Choice&)>& which);
  // Returns false where no more are wanted.
  Result<bool> CollectOf(const Fleet& fleet, const SeriesChoice& choice,
                         const SeriesListRequest& request, const Collector& collector);

  const storage::Store& store_;
  const storage::Snapshot& snapshot_;
  LabelIndex& index_;
  const std::span<const Fleet* const> fleets_;
  promql::Budget& budget_;
};

}  // namespace rollcall::query
