// The rows of one period as of one moment: read from the store, or those of a computation that is
// not stored. A plain value, to be copied and read on any thread; it must not outlive the store.
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

// A period's rows without its head, by EncodeKey(TallyKey): its tallies, or the columns of a day.
using TallyRows = std::map<std::string, std::string>;

class PeriodRows {
 public:
  PeriodRows(PeriodHead head, TallyRows rows)
      : head_(std::make_shared<const PeriodHead>(std::move(head))),
        rows_(std::make_shared<const TallyRows>(std::move(rows))) {}

  // Returns a stored period's rows, as of now; nullopt where the period is not stored.
  static Result<std::optional<PeriodRows>> Read(const Store& store, const PeriodKey& key);

  const PeriodHead& head() const { return *head_; }
  // The rows given to the constructor. Must not be called on rows read from the store.
  const TallyRows& rows() const { return *rows_; }
  // Returns a metric's totals; zeros where the period does not have the metric.
  Result<Totals> Metric(MetricRef metric) const;
  // Returns the tally of a metric's label; nullopt where nobody reported the metric with it.
  Result<std::optional<LabelTally>> Label(MetricRef metric, std::string_view label) const;

  // Returns the sizes by a label of the fleet's counted metric: the values of Label in the same
  // order, with `nonzero` and `sum` over the sizes of their sources. nullopt as for Label, or
  // without HasSizes.
  Result<std::optional<LabelTally>> Sizes(std::string_view label) const {
    return Label(kSourceSizes, label);
  }
  // Returns the distribution of a figure; nullopt where there is none: the period is a day or a
  // window cut short, or it was counted by a version without distributions, or before the fleet had
  // the figure.
  Result<std::optional<FigureDistribution>> DistributionOf(const Figure& figure) const;
  // Returns false where the fleet has no sizes, or the period was counted by a version without
  // them.
  Result<bool> HasSizes() const;

  struct Listed {
    MetricRef metric;
    int64_t sources = 0;
    std::vector<std::string> labels;  // sorted
  };
  // Returns all metrics, sorted by ref.
  Result<std::vector<Listed>> List() const;
  // Returns whether the period has rows of columns (storage/day_columns.h). Must be called on rows
  // read from the store.
  Result<bool> HasColumns() const;

 private:
  PeriodRows(const Store& store, Snapshot snapshot, const PeriodKey& key, PeriodHead head)
      : head_(std::make_shared<const PeriodHead>(std::move(head))),
        store_(&store),
        snapshot_(std::move(snapshot)),
        key_(key) {}
  // `suffix` is the encoded rest of the row's key.
  Result<std::optional<std::string>> Row(const std::string& suffix) const;

  std::shared_ptr<const PeriodHead> head_;
  std::shared_ptr<const TallyRows> rows_;  // null: they are in the store
  const Store* store_ = nullptr;
  Snapshot snapshot_;
  PeriodKey key_{};
};

}  // namespace rollcall::storage
