// The rows of one period as of one moment: those of the store, or of a computation that is not in
// it. A plain value that may be copied and read by any thread; it must not outlive the store.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/period_codec.h"
#include "storage/store.h"

namespace rollcall::storage {

// A period's rows but for its head, by EncodeKey(TallyKey).
using TallyRows = std::map<std::string, std::string>;

class PeriodRows {
 public:
  PeriodRows(PeriodHead head, TallyRows rows)
      : head_(std::make_shared<const PeriodHead>(std::move(head))),
        rows_(std::make_shared<const TallyRows>(std::move(rows))) {}

  // The rows of the store; nullopt where it does not have them.
  static Result<std::optional<PeriodRows>> Read(const Store& store, const PeriodKey& key);

  const PeriodHead& head() const { return *head_; }
  // Those of a computation, as they were given.
  const TallyRows& rows() const { return *rows_; }
  // All zeros where the period does not have the metric.
  Result<Totals> Metric(MetricRef metric) const;
  // nullopt: nobody reported the metric with this label.
  Result<std::optional<LabelTally>> Label(MetricRef metric, std::string_view label) const;

  // Of a label of the fleet's counted metric: the values of Label in the same order; `nonzero` and
  // `sum` are of the sizes of their sources. nullopt: as Label, or without HasSizes.
  Result<std::optional<LabelTally>> Sizes(std::string_view label) const {
    return Label(kSourceSizes, label);
  }
  // False where the period was counted when sizes were not counted yet.
  Result<bool> HasSizes() const;

  struct Listed {
    MetricRef metric;
    int64_t sources = 0;
    std::vector<std::string> labels;  // sorted
  };
  // All metrics, by ref.
  Result<std::vector<Listed>> List() const;

 private:
  PeriodRows(const Store& store, Snapshot snapshot, const PeriodKey& key, PeriodHead head)
      : head_(std::make_shared<const PeriodHead>(std::move(head))),
        store_(&store),
        snapshot_(std::move(snapshot)),
        key_(key) {}
  Result<std::optional<std::string>> Row(const TallyKey& key) const;

  std::shared_ptr<const PeriodHead> head_;
  std::shared_ptr<const TallyRows> rows_;  // null: in the store
  const Store* store_ = nullptr;
  Snapshot snapshot_;
  PeriodKey key_{};
};

}  // namespace rollcall::storage
