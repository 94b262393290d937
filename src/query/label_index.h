// The index of stored label sets by metric, and the label sets that a query's matchers choose. In
// memory are the metrics' names and four bytes for each label set; texts are read as they are
// needed. Label sets are never changed nor removed, so the index only grows: each look takes in
// what is new. Owned by StoredSeries. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "model/ids.h"
#include "query/promql/labels.h"
#include "query/promql/matcher.h"
#include "query/ref_numbers.h"
#include "storage/stores.h"

namespace rollcall::query {

// The label sets that a query wants. Immutable; any number of threads may read it.
struct WantedLabelSets {
  std::vector<LabelSetRef> refs;       // ascending
  std::vector<promql::Labels> labels;  // parallel, with the metric's name
  RefNumbers numbers;                  // from a ref to its place in both
  RefNumbers metrics;                  // those with a wanted label set, numbered from 0
  std::vector<MetricRef> metric_refs;  // by that number
  uint64_t bytes = 0;                  // of memory, about
};

class LabelIndex {
 public:
  // `stores` must outlive the index.
  explicit LabelIndex(storage::Stores& stores) : stores_(stores) {}

  // Returns the label sets that all matchers accept, but for those of the label `left_out`, which
  // names the source. Fails where the store cannot be read.
  Result<std::shared_ptr<const WantedLabelSets>> Find(std::span<const promql::Matcher> matchers,
                                                      std::string_view left_out) EXCLUDES(mutex_);

  // Returns the ref of a metric; 0 where no report ever had it.
  Result<MetricRef> MetricNamed(std::string_view name) EXCLUDES(mutex_);
  // Returns the names of all metrics and their refs.
  Result<std::map<std::string, MetricRef>> Metrics() EXCLUDES(mutex_);

 private:
  struct OfMetric {
    MetricRef metric;
    std::vector<LabelSetRef> label_sets;  // ascending
  };

  // Takes in what was stored since the last time.
  Status Update() REQUIRES(mutex_);
  // Those of the metrics whose names the matchers accept, ascending.
  struct Candidates {
    std::vector<LabelSetRef> label_sets;
    RefNumbers metrics;  // by label set: its metric's ref
  };
  Result<Candidates> FindCandidates(std::span<const promql::Matcher> matchers) EXCLUDES(mutex_);

  storage::Stores& stores_;
  Mutex mutex_;
  uint32_t last_ GUARDED_BY(mutex_) = 0;  // the last ref that is in the index
  std::map<std::string, OfMetric, std::less<>> metrics_ GUARDED_BY(mutex_);
  std::map<MetricRef, OfMetric*> by_ref_ GUARDED_BY(mutex_);
};

}  // namespace rollcall::query
